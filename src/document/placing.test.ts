/** Of what was put in two places: whether who did it last knew of the other. */
import { DEFAULT_ATTRIBUTES, LiveDocument, ROOT, seed } from './index';
import type { BulletId, PlainBullet } from './index';

const by = (device: string) => ({ device, time: 1_700_000_000_000 });
const plain = (text: string, ...children: PlainBullet[]): PlainBullet => ({ text, attributes: DEFAULT_ATTRIBUTES, children });
const { update } = seed('bw-1', plain('root', plain('a'), plain('b')), () => {
  throw new Error('no random was needed');
});
const top = { parent: ROOT, after: null };
const idOf = (document: LiveDocument, text: string): BulletId => {
  const id = document.get(ROOT)?.children.find((child) => document.get(child)?.text === text);
  if (id === undefined) throw new Error(`no bullet ${text}`);
  return id;
};
const copy = (document: LiveDocument, client: number) => LiveDocument.load(client, document.encode(), []);

test.each([[1, 2], [2, 1]])('whoever of two that put it somewhere at once counts, it is told (%i, %i)', (first, second) => {
  const [here, there] = [LiveDocument.load(first, update, []), LiveDocument.load(second, update, [])];
  const b = idOf(here, 'b');
  expect(here.placing(b)).toBeNull();
  here.apply([{ type: 'trash', id: b }], by('H'));
  const gone = here.placing(b) ?? [0, 0];
  there.apply([{ type: 'move', id: b, to: { parent: idOf(there, 'a'), after: null } }], by('T'));
  here.merge([there.encode()]);
  there.merge([here.encode()]);
  expect(here.isPlacedAfter(b, gone)).toBe(here.get(b) === undefined);
  there.apply([{ type: 'restore', id: b, to: top }], by('T'));
  here.merge([there.encode()]);
  expect(here.isPlacedAfter(b, gone)).toBe(first > second);
});

test('it is told of values that one device set in a row, of which another saw but some', () => {
  const here = LiveDocument.load(1, update, []);
  const b = idOf(here, 'b');
  here.apply([{ type: 'move', id: b, to: top }], by('H'));
  const early = copy(here, 3);
  here.apply([{ type: 'trash', id: b }], by('H'));
  const gone = here.placing(b) ?? [0, 0];
  const late = copy(here, 2);
  late.apply([{ type: 'restore', id: b, to: top }], by('L'));
  expect(copy(late, 4).isPlacedAfter(b, gone)).toBe(true);
  early.apply([{ type: 'move', id: b, to: { parent: idOf(early, 'a'), after: null } }], by('E'));
  early.merge([here.encode()]);
  expect(early.get(b)).toBeDefined();
  expect(copy(early, 4).isPlacedAfter(b, gone)).toBe(false);
});
