import { DEFAULT_ATTRIBUTES, DocumentError, LiveDocument, ROOT, textAt, VersionLog } from './index';
import type { Edit } from './index';

const by = (device: string, time: number) => ({ device, time });
const create = (id: string, text: string): Edit => ({ type: 'create', id, text, attributes: DEFAULT_ATTRIBUTES, to: { parent: ROOT, after: null } });

test('each version can be read again, with who and when', () => {
  const document = LiveDocument.create(1);
  const log = new VersionLog();
  const edit = (device: string, time: number, ...edits: Edit[]) => log.note(by(device, time), document.apply(edits, by(device, time)).change);
  edit('A', 10, create('a', 'first'));
  edit('B', 20, { type: 'text', id: 'a', changes: [{ from: 0, to: 0, insert: 'very ' }] });
  const first = log.cut(document);
  expect(first).toMatchObject({ time: 20, devices: ['A', 'B'], texts: 1, places: 1, trashed: 0 });
  expect(log.cut(document)).toBeNull();
  edit('A', 30, create('b', 'second'), { type: 'trash', id: 'a' });
  log.cut(document);
  const stored = VersionLog.decode(log.encode());
  const [one, two] = stored.versions;
  if (!one || !two) throw new Error('two versions were cut');
  expect(textAt(document, one)).toBe('-\n\t- very first\n');
  expect(textAt(document, two)).toBe('-\n\t- second\n');
  const reloaded = LiveDocument.load(2, document.encode(), []);
  expect(textAt(reloaded, one)).toBe('-\n\t- very first\n');
  expect(two).toMatchObject({ trashed: 1, places: 1 });
});

test('bytes that are none get a typed error', () => {
  const log = new VersionLog();
  const document = LiveDocument.create(1);
  log.note(by('A', 1), document.apply([create('a', 'x')], by('A', 1)).change);
  log.cut(document);
  const bytes = log.encode();
  for (let end = 0; end < bytes.length; end++) expect(() => VersionLog.decode(bytes.slice(0, end))).toThrow(DocumentError);
  expect(() => document.at(Uint8Array.of(255, 255, 255))).toThrow(DocumentError);
});

test('versions are fewer the older they are, and none loses who wrote it', () => {
  const document = LiveDocument.create(1);
  const log = new VersionLog();
  const [minute, day] = [60_000, 24 * 60 * 60_000];
  const now = 400 * day;
  const times = [...[1, 2].map((n) => now - 100 * day + n), ...[1, 2, 3].map((n) => now - 10 * day + n * minute), ...[1, 2].map((n) => now - 5 * minute + n * 1000)];
  times.forEach((time, i) => {
    log.note(by(`D${i}`, time), document.apply([create(`b${i}`, 'x')], by('A', time)).change);
    log.cut(document);
  });
  log.thin(now);
  expect(log.versions.map(({ devices }) => devices)).toEqual([['D0', 'D1'], ['D2', 'D3', 'D4'], ['D5'], ['D6']]);
  expect(log.versions.map(({ texts }) => texts)).toEqual([2, 3, 1, 1]);
  expect(log.versions.map(({ time }) => time)).toEqual([times[1], times[4], times[5], times[6]]);
});

test('two versions never have one time, and their number is bounded', () => {
  const document = LiveDocument.create(1);
  const log = new VersionLog();
  for (let i = 0; i < 230; i++) {
    log.note(by('A', 5), document.apply([create(`b${i}`, 'x')], by('A', 5)).change);
    log.cut(document);
  }
  expect(log.versions).toHaveLength(200);
  expect(new Set(log.versions.map(({ time }) => time)).size).toBe(200);
});

test('together they take at most 512 kB, the oldest going first; one that takes more is kept alone', () => {
  const CAP = 512 * 1024;
  const document = LiveDocument.create(1);
  const log = new VersionLog();
  // Each deleted letter is a range of its own in every later snapshot.
  const cutAfter = (time: number, letters: number): number => {
    const id = `b${time}`;
    const edits: Edit[] = [create(id, 'ab'.repeat(letters)), { type: 'text', id, changes: Array.from({ length: letters }, (_, i) => ({ from: 2 * i, to: 2 * i + 1, insert: '' })) }];
    log.note(by('A', time), document.apply(edits, by('A', time)).change);
    return log.cut(document)?.snapshot.length ?? 0;
  };
  const sizes = Array.from({ length: 20 }, (_, i) => cutAfter(i + 1, 1_500));
  const kept = log.versions.map(({ snapshot }) => snapshot.length);
  const sum = kept.reduce((all, size) => all + size, 0);
  expect(kept).toEqual(sizes.slice(-kept.length));
  expect(sum).toBeLessThanOrEqual(CAP);
  expect(sum + (sizes.at(-kept.length - 1) ?? 0)).toBeGreaterThan(CAP);
  expect(VersionLog.decode(log.encode()).versions).toHaveLength(kept.length);
});
