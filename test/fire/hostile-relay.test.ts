/** A relay that lies to a device of real keys, cipher, engine and documents: nothing that it made up is taken, and it is noticed or contradicts nothing. */
import { readEntryHeader, type StoredEntry } from '../../src/protocol';
import { Harness } from '../../src/relay/testing/harness';
import type { CipherError } from '../../src/sync';
import { LyingRelay, type Lie } from './lying-relay';
import { until } from './patience';
import { FireSpace } from './space';
import type { Writer } from './writer';

const harness = new Harness();
const [PLAN, OTHER] = ['plan', 'other'];
let space: FireSpace;
let author: Writer;
let relay: LyingRelay | null;

/** A device that this relay lies to. @param end of the log, as it is told from the start */
async function reader(end = Infinity): Promise<{ reader: Writer; relay: LyingRelay }> {
  relay = null;
  const writer = await space.writer(null, { between: (transport) => (relay = new LyingRelay(transport, end)) });
  if (relay === null) throw new Error('It took another transport.');
  return { reader: writer, relay };
}

afterEach(() => space.stop());
beforeEach(async () => {
  const running = await harness.start();
  space = await FireSpace.found((await running.relay.setupLink(running.url)) ?? '', 3, [PLAN, OTHER]);
  author = await space.writer(null);
});

async function write(document: string, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    author.write(document);
    await until('it is acknowledged', () => author.isSettled);
  }
}

/** Changes one byte of an entry. @param at from its end where negative */
function flipped(entry: StoredEntry, at: number): StoredEntry {
  const bytes = Uint8Array.from(entry.bytes);
  const place = at < 0 ? bytes.length + at : at;
  bytes[place] = (bytes[place] ?? 0) ^ 1;
  return { ...entry, bytes };
}

/** Once, at the first entry that comes; the numbers of all later ones move by `shift`. */
function once(change: (entry: StoredEntry) => readonly StoredEntry[], shift = 0): Lie {
  let isDone = false;
  return (entries) => {
    const moved = isDone ? entries.map((entry) => ({ ...entry, sequence: entry.sequence + shift })) : entries;
    const [first, ...rest] = moved;
    if (isDone || first === undefined) return moved;
    isDone = true;
    return [...change(first), ...rest.map((entry) => ({ ...entry, sequence: entry.sequence + shift }))];
  };
}

/** Entries in pairs, the second before the first. */
function reordered(): Lie {
  let held: StoredEntry | null = null;
  return (entries) =>
    entries.flatMap((entry) => {
      if (held === null) {
        held = entry;
        return [];
      }
      const pair = [{ ...entry, sequence: held.sequence }, { ...held, sequence: entry.sequence }];
      held = null;
      return pair;
    });
}

type Row = readonly [lie: string, noticed: CipherError['reason'] | 'contradicts nothing', Lie];

test.each<Row>([
  ['a body that it changed', 'forged', once((entry) => [flipped(entry, 130)])],
  ['a signature that it made', 'forged', once((entry) => [flipped(entry, -1)])],
  ['an entry of one document under the name of another', 'forged', once((entry) => [flipped(entry, 35)])],
  ['an entry in the name of another device', 'unknown-device', once((entry) => [flipped(entry, 19)])],
  ['an entry under another counter', 'forged', once((entry) => [flipped(entry, 78)])],
  ['an entry under another epoch', 'unknown-epoch', once((entry) => [flipped(entry, 70)])],
  ['an entry of another space', 'other-space', once((entry) => [flipped(entry, 3)])],
  ['an entry that is cut off', 'forged', once((entry) => [{ ...entry, bytes: entry.bytes.slice(0, -10) }])],
  ['an entry that is withheld', 'withheld', once(() => [])],
  ['an entry that is replayed', 'contradicts nothing', once((entry) => [entry, { ...entry, sequence: entry.sequence + 1 }], 1)],
  ['entries that are reordered', 'contradicts nothing', reordered()],
])('%s: %s', async (_, noticed, lie) => {
  const lied = await reader();
  await write(PLAN, 3);
  await until('the truth is there', () => lied.reader.digest(PLAN) === author.digest(PLAN));
  lied.relay.lie = lie;
  await write(PLAN, 2);
  await write(OTHER, 2);
  if (noticed === 'contradicts nothing') {
    await until('all is there', () => [PLAN, OTHER].every((name) => lied.reader.digest(name) === author.digest(name)));
    expect(space.faults()).toEqual([]);
    expect(lied.reader.refused.filter(({ reason }) => reason !== 'withheld')).toEqual([]);
    return;
  }
  // What it did not lie about is taken, what it lied about is not, and the devices' digests tell them apart.
  await until('other documents go on', () => lied.reader.digest(OTHER) === author.digest(OTHER));
  await until('it is noticed', () => lied.reader.refused.some(({ reason }) => reason === noticed));
  expect(lied.reader.reads(PLAN)).toEqual(author.wrote(PLAN).slice(0, 3));
  expect(lied.reader.digest(PLAN)).not.toBe(author.digest(PLAN));
}, 40_000);

test('a log that is truncated: a new device has what was told, and notices with the next entry', async () => {
  const seen: number[] = [];
  const honest = await reader();
  honest.relay.lie = (entries) => {
    seen.push(...entries.map(({ sequence }) => sequence));
    return entries;
  };
  await write(PLAN, 5);
  await until('all is there', () => seen.length === 5);
  const lied = await reader(seen[2] ?? 0);
  await until('it has read what it is told', () => lied.reader.isLive);
  expect(lied.reader.reads(PLAN)).toEqual(author.wrote(PLAN).slice(0, 3));
  expect(lied.reader.refused).toEqual([]);
  lied.relay.end = Infinity;
  await write(OTHER, 1);
  await until('the next entry is there', () => lied.reader.digest(OTHER) === author.digest(OTHER));
  await until('it is noticed', () => lied.reader.refused.some(({ reason }) => reason === 'withheld'));
}, 40_000);

test('a log that is rolled back: who had more keeps it, and nobody has it twice', async () => {
  const lied = await reader();
  const sequences: number[] = [];
  lied.relay.lie = (entries) => {
    sequences.push(...entries.map(({ sequence }) => sequence));
    return entries;
  };
  await write(PLAN, 6);
  await until('all is there', () => lied.reader.digest(PLAN) === author.digest(PLAN));
  lied.relay.end = sequences[1] ?? 0;
  lied.relay.hangUp();
  await until('it has connected again', () => lied.reader.witness.counts.connections > 1 && lied.reader.isLive);
  expect(lied.reader.reads(PLAN)).toEqual(author.wrote(PLAN));
  lied.relay.end = Infinity;
  await write(PLAN, 1);
  await until('all is there', () => lied.reader.digest(PLAN) === author.digest(PLAN));
  expect(space.faults()).toEqual([]);
}, 40_000);

test('the places that are flipped are those fields of the header', async () => {
  const { reader: witness, relay: honest } = await reader();
  const fields: string[] = [];
  honest.lie = (entries) => {
    for (const entry of entries.filter(({ bytes }) => readEntryHeader(bytes).counter === 2)) {
      const whole: Record<string, unknown> = { ...readEntryHeader(entry.bytes) };
      for (const at of [35, 19, 78, 70, 3]) {
        const changed: Record<string, unknown> = { ...readEntryHeader(flipped(entry, at).bytes) };
        fields.push(Object.keys(whole).filter((name) => whole[name] !== changed[name]).join());
      }
    }
    return entries;
  };
  await write(PLAN, 2);
  await until('it is there', () => witness.digest(PLAN) === author.digest(PLAN));
  expect(fields).toEqual(['alias', 'device', 'counter', 'epoch', 'space']);
});
