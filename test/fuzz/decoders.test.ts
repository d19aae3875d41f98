/** 10,000 mutated inputs a decoder; `node test/fuzz/run.mjs` does a million. */
import { createTargets, type Target } from './targets';

const RUNS = 10_000;

let targets: Target[];
beforeAll(async () => {
  targets = await createTargets();
});

// Named here, so that each is a test of its own before the targets exist; the last test keeps the list complete.
const NAMES = [
  'client frame',
  'relay frame', 'poll request', 'poll answer', 'offer', 'byte strings',
  'entry',
  'entry body',
  'sealed entry',
  'sealed presence',
  'file chunk',
  'padding',
  'found request',
  'join request',
  'session request',
  'accepted answer',
  'session answer',
  'error answer',
  'link',
  'relay address',
];

test.each(NAMES)('[P3] [P21] %s: 10,000 mutated inputs are taken or refused, never more', async (name) => {
  const found = targets.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no such decoder: ${name}`);
  const taken = await found.run(RUNS, 20_261_122);
  expect(taken).toBeLessThan(RUNS);
});

test('every decoder is among them', () => {
  expect(targets.map((target) => target.name)).toEqual(NAMES);
});
