import { AppendGathering } from './append-gathering';
import type { NewEntry } from './log';

type Header = NewEntry['header'];

function entry(counter: number, more: Partial<Header> = {}): NewEntry {
  return { header: { kind: 'update', lane: 'live', counter, ...more } as Header, bytes: new Uint8Array([counter]) };
}

/** Counters of each append that comes of these frames; `flush` is what another frame between them does. */
async function appendsOf(...frames: (readonly NewEntry[] | 'flush')[]): Promise<number[][]> {
  const appends: number[][] = [];
  const gathering = new AppendGathering((entries) => appends.push(entries.map(({ header }) => header.counter)));
  for (const frame of frames) {
    if (frame === 'flush') gathering.flush();
    else gathering.take(frame);
  }
  await new Promise<void>((resolve) => process.nextTick(resolve));
  return appends;
}

test('[P62] entries that follow one another in their lane are one append', async () => {
  expect(await appendsOf([entry(1)], [entry(2)], [entry(3)])).toEqual([[1, 2, 3]]);
});

test('what was taken is appended before what comes after it is asked', async () => {
  expect(await appendsOf([entry(1)], 'flush', [entry(2)], 'flush')).toEqual([[1], [2]]);
});

test('[P71] a snapshot goes apart from the updates before it, which a full space refuses', async () => {
  expect(await appendsOf([entry(1, { lane: 'bulk' })], [entry(2, { lane: 'bulk', kind: 'snapshot' })])).toEqual([[1], [2]]);
});

test('[P64] what is sent again, or leaves a gap, goes apart', async () => {
  expect(await appendsOf([entry(1)], [entry(2)], [entry(1)], [entry(2)], [entry(9)])).toEqual([[1, 2], [1, 2], [9]]);
});

test('lanes go apart, and so does a frame of several', async () => {
  expect(await appendsOf([entry(1)], [entry(2, { lane: 'bulk' })], [entry(2), entry(3)], [entry(4)])).toEqual([[1], [2], [2, 3], [4]]);
});
