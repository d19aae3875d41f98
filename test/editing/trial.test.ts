/** A slice of the trial (`run.mjs` runs it long): whole peers, CodeMirror's states, history and commands, two people in one live block. */
import { scriptOf } from './script';
import { stateStage } from './state-stage';
import { Trial } from './trial';

test.each([4, 10, 28, 37, 47, 61, 68, 116, 151, 155])('what failed once does so no more (seed %i)', async (seed) => {
  expect((await new Trial(scriptOf(seed, 150), stateStage).run()).complaints).toEqual([]);
});

test.each([2, 3, 5])('two people edit one block; nothing is lost, no cursor moves in its text, undo takes back one’s own (seed %i)', async (seed) => {
  const { complaints, done, watched, takenBack } = await new Trial(scriptOf(seed, 60), stateStage).run();
  expect(complaints).toEqual([]);
  expect(done).toBeGreaterThan(30);
  expect(watched).toBeGreaterThan(10);
  expect(takenBack).toBeGreaterThan(0);
});
