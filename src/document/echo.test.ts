import { diffText } from '../note';
import { LiveDocument, ROOT, DEFAULT_ATTRIBUTES } from '.';
import type { Import, ImportedText, TextChange } from '.';

const ID = 'bullet';
const FILE = { device: 'found', time: 0 };

/** Two devices with one bullet of this text. */
function devices(text: string): [LiveDocument, LiveDocument] {
  const author = LiveDocument.create(1);
  author.apply([{ type: 'create', id: ID, to: { parent: ROOT, after: null }, text, attributes: DEFAULT_ATTRIBUTES }], { device: 'a', time: 0 });
  return [author, LiveDocument.load(2, author.encode(), [])];
}

function found(document: LiveDocument, changes: readonly TextChange[], importAs = 7): Import & { readonly found: string; readonly echoOf: null } {
  const { client } = document.apply([{ type: 'text', id: ID, changes }], FILE, { importAs });
  return { client: client ?? 0, run: document.run, known: document.clocks(), found: document.get(ID)?.text ?? '', echoOf: null };
}

function type(document: LiveDocument, at: number, text: string): Uint8Array {
  const before = document.stateVector();
  [...text].forEach((insert, i) => document.apply([{ type: 'text', id: ID, changes: [{ from: at + i, to: at + i, insert }] }], { device: 'x', time: 0 }));
  return document.encodeSince(before);
}

function after(document: LiveDocument, changes: readonly TextChange[]): string | undefined {
  document.apply([{ type: 'text', id: ID, changes }], FILE);
  return document.get(ID)?.text;
}

test('an import is an echo when its author types the same in ignorance of it, and goes', () => {
  const [author, finder] = devices('buy bread');
  const one = found(finder, [{ from: 9, to: 9, insert: ' today' }]);
  finder.merge([type(author, 9, ' today')]);
  expect(finder.get(ID)?.text).toBe('buy bread today today');
  expect(after(finder, finder.echoIn(ID, [one], diffText)?.changes ?? [])).toBe('buy bread today');
});

test('half of it is none yet; what the author typed beyond it stays', () => {
  const [author, finder] = devices('buy bread');
  const one = found(finder, [{ from: 9, to: 9, insert: ' today' }]);
  finder.merge([type(author, 9, ' tod')]);
  expect(finder.echoIn(ID, [one], diffText)).toBeNull();
  finder.merge([type(author, 13, 'ay or tomorrow')]);
  expect(after(finder, finder.echoIn(ID, [one], diffText)?.changes ?? [])).toBe('buy bread today or tomorrow');
});

test('it does not matter with which blank a word was typed, nor what stands beside it here', () => {
  const [author, finder] = devices('buy bread');
  finder.apply([{ type: 'text', id: ID, changes: [{ from: 4, to: 4, insert: 'white ' }] }], { device: 'b', time: 0 });
  const one = { ...found(finder, [{ from: 10, to: 10, insert: 'dark ' }]), found: 'buy dark bread' };
  finder.merge([type(author, 3, ' dark')]);
  expect((after(finder, finder.echoIn(ID, [one], diffText)?.changes ?? []) ?? '').split(/\s+/).sort()).toEqual(['bread', 'buy', 'dark', 'white']);
});

test('the same typed behind it by somebody who sees it is no original', () => {
  const [author, finder] = devices('ha');
  const one = found(finder, [{ from: 2, to: 2, insert: 'ha' }]);
  author.merge([finder.encode()]);
  finder.merge([type(author, 4, 'ha')]);
  expect(finder.get(ID)?.text).toBe('hahaha');
  expect(finder.echoIn(ID, [one], diffText)).toBeNull();
});

test('what this run types is no original of what it found', () => {
  const [, finder] = devices('ha');
  const one = found(finder, [{ from: 2, to: 2, insert: ' ho' }]);
  type(finder, 2, ' ho');
  expect(finder.echoIn(ID, [one], diffText)).toBeNull();
});

test('the same word at another place is another word', () => {
  const [author, finder] = devices('bread and milk');
  const one = found(finder, [{ from: 0, to: 0, insert: 'fresh ' }]);
  finder.merge([type(author, 10, 'fresh ')]);
  expect(finder.echoIn(ID, [one], diffText)).toBeNull();
});

test('the author tells the import of another device from what it wrote itself', () => {
  const [author, finder] = devices('buy bread');
  const { client } = found(finder, [{ from: 9, to: 9, insert: ' today' }]);
  type(author, 9, ' today and');
  author.merge([finder.encode()]);
  expect(after(author, author.echoOf(ID, client) ?? [])).toBe('buy bread today and');
  expect(author.echoOf(ID, client)).not.toBeNull(); // it has gone, and was one
});

test('of two imports of one text one goes, and the same on both devices', () => {
  const [author, finder] = devices('buy bread');
  const one = found(finder, [{ from: 9, to: 9, insert: ' today' }], 7);
  const other = found(author, [{ from: 9, to: 9, insert: ' today' }], 8);
  const [mine, theirs] = [finder.encode(), author.encode()];
  finder.merge([theirs]);
  author.merge([mine]);
  const gone = [finder.echoIn(ID, [one], diffText), author.echoIn(ID, [other], diffText)];
  expect(gone.filter((echo) => echo !== null)).toHaveLength(1);
});

test.each([
  ['at two places', [{ from: 0, to: 0, insert: 'please ' }, { from: 9, to: 9, insert: ' today' }], 'please buy bread today'],
  ['side by side', [{ from: 9, to: 9, insert: ' today please' }], 'buy bread today please'],
  ['the other way round', [{ from: 9, to: 9, insert: ' please today' }], 'buy bread please today'],
])('where a file holds what two wrote, %s, what one of them wrote goes by itself, and the rest when it comes', (place, changes, text) => {
  const [author, finder] = devices('buy bread');
  const third = LiveDocument.load(3, author.encode(), []);
  let one: ImportedText = found(finder, changes);
  const hear = (update: Uint8Array): string[] => {
    finder.merge([update]);
    const echo = finder.echoIn(ID, [one], diffText);
    if (echo) one = { ...one, ...(echo.part ? { parts: [{ own: echo.part, echoOf: echo.echoOf }] } : { echoOf: echo.echoOf }) };
    return after(finder, echo?.changes ?? [])?.split(' ').sort() ?? [];
  };
  const words = text.split(' ').sort();
  expect(hear(type(author, 9, ' to'))).toEqual([...words, 'to'].sort());
  expect(hear(type(author, 12, 'day'))).toEqual(words);
  expect(hear(place === 'at two places' ? type(third, 0, 'please ') : type(third, 9, ' please'))).toEqual(words);
  expect(one.echoOf).not.toBeNull();
});

test('it goes from where its bullet is shown, and from one in the trash by no edit', () => {
  const [author, finder] = devices('buy bread');
  const one = found(finder, [{ from: 9, to: 9, insert: ' today' }]);
  const by = { device: 'a', time: 0 };
  finder.apply([{ type: 'create', id: 'upper', to: { parent: ROOT, after: null }, text: 'please ', attributes: DEFAULT_ATTRIBUTES }], by);
  finder.apply([{ type: 'text', id: 'upper', changes: [{ from: 7, to: 7, insert: 'buy bread today' }] }, { type: 'trash', id: ID, mergedInto: 'upper' }], by);
  finder.merge([type(author, 9, ' today')]);
  const changes = finder.echoIn(ID, [one], diffText)?.changes ?? [];
  expect(finder.whereShown(ID, changes)).toEqual([{ type: 'text', id: 'upper', changes: [{ from: 22, to: 28, insert: '' }] }]);
  finder.apply([{ type: 'trash', id: 'upper' }], by);
  expect(finder.whereShown(ID, changes)).toEqual([]);
});
