import { LiveDocument, seed } from '../document';
import { parse } from '../outline';
import { addId, bindBlock, emptyClipboard, findCandidates, findIds, idRange, mend, offsetOf, openNote, positionAt, read, removeId, renderBlock, renewId, seedFrom, textOf, unbind, write } from '.';
import { applyChanges } from './grapheme';
import type { BoundNote, ReadContext, ReadOrigin, TextChange } from '.';

const ID = 'bw-aaaaaaaaaaaa';
const OTHER = 'bw-bbbbbbbbbbbb';
let ids = 0;
const context = (origin: ReadOrigin, clipboard = emptyClipboard()): ReadContext => ({ origin, newId: () => `n${ids++}`, clipboard, tag: '#live', phrases: ['tracking thoughts'] });

/** A note whose ids are bound to documents made from it. */
function bound(text: string): { note: BoundNote; text: string; documents: Map<string, LiveDocument> } {
  const documents = new Map<string, LiveDocument>();
  let note = openNote(text);
  const outline = parse(text);
  for (const found of findIds(text)) {
    const item = outline.items.find(({ from }) => from === found.from);
    if (!item) throw new Error('no item');
    const document = LiveDocument.load(7, seed(found.blockId, seedFrom(outline, item), () => 'x').update, []);
    documents.set(found.blockId, document);
    const binding = bindBlock(note, textOf(text), found, document, { newId: context('other').newId, deletions: false });
    expect(binding.edits).toEqual([]);
    note = binding.note;
  }
  return { note, text, documents };
}

const replace = (text: string, from: string, to: string): TextChange[] => {
  const at = text.indexOf(from);
  if (at < 0) throw new Error(`no ${from}`);
  return [{ from: at, to: at + from.length, insert: to }];
};

function edited(start: ReturnType<typeof bound>, changes: TextChange[], origin: ReadOrigin = 'type') {
  const after = applyChanges(start.text, changes);
  return { ...read(start.note, changes, textOf(after), context(origin)), text: after };
}

const ONE = `- plain\n- root #live ^${ID}\n\t- one\n\t- two\n- behind\n`;

test('a keystroke is one text edit, and nothing else is said', () => {
  const reading = edited(bound(ONE), replace(ONE, 'one', 'onex').map(({ to }) => ({ from: to, to, insert: 'x' })));
  expect(reading.edits.get(ID)).toEqual([{ type: 'text', id: expect.any(String), changes: [{ from: 3, to: 3, insert: 'x' }] }]);
  expect(Object.values(reading.facts).every((list: readonly unknown[]) => list.length === 0)).toBe(true);
  expect(reading.reach).toBe('inside');
});

test('a file that holds what the document has got since, and more, adds the rest alone', () => {
  const { note, documents } = bound(ONE);
  const document = documents.get(ID) as LiveDocument; // bound above
  const id = note.blocks[0]?.bullets[1]?.id ?? '';
  document.apply([{ type: 'text', id, changes: [{ from: 3, to: 3, insert: ' late' }] }], { device: 'd', time: 1 });
  const reading = read(note, null, textOf(ONE.replace('one', 'one late, more')), { ...context('disk'), tree: () => document });
  document.apply(reading.edits.get(ID) ?? [], { device: 'd', time: 2 });
  expect(document.get(id)?.text).toBe('one late, more');
});

test.each([
  ['of another bullet', '- above\n  - root #live\n  more', '- above\n  - root #live ID\n    \n  more'],
  ['of none', '- root #live\nmore', '- root #live ID\n    \nmore'],
])('a root that a blank line parts keeps its id, where its second half becomes a paragraph %s', (_, root, parted) => {
  const text = `${root} ^${ID}\n\t- one\n`;
  const reading = edited(bound(text), replace(text, '#live', '#live\n    '));
  expect(applyChanges(reading.text, reading.facts.repairs)).toBe(`${parted.replace('ID', `^${ID}`)}\n\t- one\n`);
  expect([reading.facts.stripped, reading.facts.vanished]).toEqual([[], []]);
  expect(reading.note.blocks.map(({ blockId, bullets }) => [blockId, bullets[0]?.text])).toEqual([[ID, 'root #live']]);
});

test('a keystroke outside moves the block and leaves its bullets alone', () => {
  const start = bound(ONE);
  const reading = edited(start, [{ from: 3, to: 3, insert: 'abc' }]);
  expect(reading.edits.size).toBe(0);
  expect(reading.note.blocks[0]?.from).toBe((start.note.blocks[0]?.from ?? 0) + 3);
  expect(reading.note.blocks[0]?.bullets).toBe(start.note.blocks[0]?.bullets);
});

test('a tag or phrase on a plain bullet makes it a candidate, in code it does not', () => {
  expect(edited(bound(ONE), replace(ONE, 'plain', 'plain #live')).facts.candidates).toMatchObject([{ reason: 'tag', from: 0, text: 'plain #live' }]);
  expect(edited(bound(ONE), replace(ONE, 'plain', 'tracking thoughts from others')).facts.candidates).toMatchObject([{ reason: 'phrase' }]);
  expect(edited(bound(ONE), replace(ONE, 'plain', '`#live`')).facts.candidates).toEqual([]);
  const end = ONE.trimEnd();
  expect(edited(bound(end), [{ from: end.length, to: end.length, insert: '\n- at the end #live\n- ' }]).facts.candidates).toMatchObject([{ text: 'at the end #live' }]);
});

test('a bullet that bears an id already is no candidate: it is a block that is not bound yet', () => {
  const text = `- goes #live ^${ID}\n- plain\n`;
  expect(findCandidates(openNote(text), textOf(text), { tag: '#live', phrases: [] })).toEqual([]);
});

test('the letter that completes a tag makes the candidate, whatever its case', () => {
  const text = `- plain #Liv\n- root #live ^${ID}\n\t- one\n`;
  expect(edited(bound(text), [{ from: 12, to: 12, insert: 'e' }]).facts.candidates).toMatchObject([{ text: 'plain #Live' }]);
  expect(edited(bound(text), [{ from: 12, to: 12, insert: 'x' }]).facts.candidates).toEqual([]);
});

test('an id that comes into the note is reported, and one that goes', () => {
  const pasted = edited(bound(ONE), [{ from: ONE.length, to: ONE.length, insert: `- other ^${OTHER}\n\t- child\n` }], 'paste');
  expect(pasted.facts.appeared).toMatchObject([{ blockId: OTHER }]);
  const gone = edited(bound(ONE), replace(ONE, `- root #live ^${ID}\n\t- one\n\t- two\n`, ''), 'cut');
  expect(gone.facts.vanished).toMatchObject([{ blockId: ID }]);
  expect(gone.note.blocks).toEqual([]);
  expect(gone.edits.size).toBe(0);
});

test('a copied block is reported as a copy and can be given an id of its own', () => {
  const start = bound(ONE);
  const reading = edited(start, [{ from: ONE.length, to: ONE.length, insert: `- root #live ^${ID}\n\t- one\n` }], 'paste');
  const [copy] = reading.facts.copies;
  if (!copy) throw new Error('no copy');
  expect(copy.from).toBe(ONE.length);
  const after = applyChanges(reading.text, [renewId(copy, OTHER)]);
  expect(findIds(after).map(({ blockId }) => blockId)).toEqual([ID, OTHER]);
  const above = edited(start, [{ from: 0, to: 0, insert: `- root #live ^${ID}\n\t- one\n` }], 'paste');
  expect(above.facts.copies).toMatchObject([{ from: 0 }]);
  expect(above.note.blocks[0]?.from).toBeGreaterThan(20);
});

test('taking the id out strips the block, taking the tag out is reported', () => {
  const stripped = edited(bound(ONE), replace(ONE, ` ^${ID}`, ''), 'delete');
  expect(stripped.facts.stripped).toMatchObject([{ blockId: ID, from: 8 }]);
  expect(stripped.note.blocks).toEqual([]);
  expect(edited(bound(ONE), replace(ONE, ' #live', ''), 'delete').facts.untagged).toEqual([ID]);
});

test('what is written right before the id of an emptied root is its text, and the id is mended', () => {
  const empty = edited(bound(`- root ^${ID}\n\t- one\n`), [{ from: 2, to: 7, insert: '' }], 'delete');
  expect(empty.text).toBe(`- ^${ID}\n\t- one\n`);
  const text = `- x^${ID}\n\t- one\n`;
  const written = read(empty.note, [{ from: 2, to: 2, insert: 'x' }], textOf(text), context('type'));
  expect(written.facts.damaged).toEqual([ID]);
  expect(written.edits.get(ID)).toMatchObject([{ type: 'text', changes: [{ insert: 'x' }] }]);
  expect(applyChanges(text, mend(written.note, textOf(text)))).toBe(`- x ^${ID}\n\t- one\n`);
});

test('an id that counts again appears, whatever it was that kept it from counting', () => {
  const apart = edited(bound(ONE), replace(ONE, ` ^${ID}`, `\n\ntext ^${ID}`));
  expect(apart.note.blocks).toEqual([]);
  const again = read(apart.note, replace(apart.text, `\n\ntext ^${ID}`, ` ^${ID}`), textOf(ONE), context('undo'));
  expect(again.facts.appeared).toMatchObject([{ blockId: ID }]);
});

test('a damaged id keeps its block, and is mended', () => {
  const damaged = edited(bound(ONE), replace(ONE, 'aaa\n', '\n'), 'delete');
  expect(damaged.facts.damaged).toEqual([ID]);
  expect(damaged.edits.size).toBe(0);
  expect(applyChanges(damaged.text, mend(damaged.note, textOf(damaged.text)))).toBe(ONE);
});

test('a live block nested under another becomes part of it', () => {
  const text = `- first #live ^${ID}\n\t- one\n- second #live ^${OTHER}\n\t- two\n`;
  const reading = edited(bound(text), [{ from: text.indexOf('- second'), to: text.indexOf('- second'), insert: '\t' }, { from: text.indexOf('\t- two'), to: text.indexOf('\t- two'), insert: '\t' }], 'other');
  expect(reading.facts.absorbed).toMatchObject([{ blockId: OTHER, into: ID }]);
  expect(reading.note.blocks.map(({ blockId }) => blockId)).toEqual([ID]);
  expect([...reading.edits.keys()]).toEqual([ID]);
  expect(reading.note.blocks[0]?.bullets[2]?.text).toBe(`second #live ^${OTHER}`);
});

test('a bullet moved between two live blocks is trashed here and created there', () => {
  const text = `- first #live ^${ID}\n\t- one\n\t- two\n\ntext\n\n- second #live ^${OTHER}\n\t- three\n`;
  const cut = edited(bound(text), replace(text, '\t- one\n', ''), 'cut');
  const after = applyChanges(cut.text, [{ from: cut.text.length, to: cut.text.length, insert: '\t- one\n' }]);
  const pasted = read(cut.note, [{ from: cut.text.length, to: cut.text.length, insert: '\t- one\n' }], textOf(after), context('paste', cut.clipboard));
  expect(cut.edits.get(ID)).toMatchObject([{ type: 'trash' }]);
  expect(pasted.edits.get(OTHER)).toMatchObject([{ type: 'create', text: 'one' }]);
  expect(pasted.facts.transferred).toMatchObject([{ blockId: ID, to: OTHER }]);
});

test('only paste, undo, redo and moves look into the clipboard, and a bullet is taken once', () => {
  const start = bound(ONE);
  const cut = edited(start, replace(ONE, '\t- one\n', ''), 'cut');
  const at = cut.text.indexOf('\t- two');
  const back = (note: BoundNote, text: string, origin: ReadOrigin, clipboard: typeof cut.clipboard) => {
    const changes = [{ from: at, to: at, insert: '\t- one\n' }];
    return read(note, changes, textOf(applyChanges(text, changes)), context(origin, clipboard));
  };
  expect(back(cut.note, cut.text, 'type', cut.clipboard).edits.get(ID)).toMatchObject([{ type: 'create' }]);
  const first = back(cut.note, cut.text, 'paste', cut.clipboard);
  expect(first.edits.get(ID)).toMatchObject([{ type: 'restore' }]);
  expect(first.clipboard.removed).toEqual([]);
});

test('a text equal to the one before says nothing', () => {
  const start = bound(ONE);
  expect(read(start.note, null, textOf(ONE), context('disk')).edits.size).toBe(0);
});

test('a bound note survives JSON', () => {
  const start = bound(ONE);
  const note = JSON.parse(JSON.stringify(start.note)) as BoundNote;
  const reading = read(note, null, textOf(ONE.replace('two', 'two!')), context('disk'));
  expect(reading.edits.get(ID)).toEqual([{ type: 'text', id: expect.any(String), changes: [{ from: 3, to: 3, insert: '!' }] }]);
});

test('of a bullet that a file parts, however short its first half is, that is the bullet', () => {
  const text = ONE.replace('one', 'a\n\t  more');
  const start = bound(text);
  const reading = read(start.note, null, textOf(text.replace('\t  more', '\t- new\n\t  more')), context('disk'));
  const id = start.note.blocks[0]?.bullets[1]?.id;
  expect(reading.edits.get(ID)).toEqual([{ type: 'text', id, changes: [{ from: 1, to: 6, insert: '' }] }, expect.objectContaining({ type: 'create', text: 'new\nmore' })]);
});

test('positions by bullet lead there and back', () => {
  const { note } = bound(ONE);
  const at = ONE.indexOf('two') + 2;
  const position = positionAt(note, at);
  expect(position).toMatchObject({ blockId: ID, offset: 2 });
  expect(position && offsetOf(note, position)).toBe(at);
  expect(positionAt(note, 2)).toBeNull();
  const [block] = note.blocks;
  const range = block && idRange(note, block);
  expect(range && ONE.slice(range.from, range.to)).toBe(`^${ID}`);
});

test('id and tag are taken out of the text, and a block is unbound', () => {
  const { note } = bound(ONE);
  expect(applyChanges(ONE, removeId(note, ID, '#live'))).toBe(ONE.replace(` #live ^${ID}`, ''));
  expect(unbind(note, ID).blocks).toEqual([]);
  expect(applyChanges('- a\n', addId(openNote('- a\n'), textOf('- a\n'), 0, ID))).toBe(`- a ^${ID}\n`);
});

test('a block is rendered in a style, and what stays keeps its bytes when it is written', () => {
  const text = `* root #live  ^${ID}\n   +  one  \n   +  two\n\n`;
  const { note, documents } = bound(text);
  const document = documents.get(ID);
  if (!document) throw new Error('no document');
  expect(renderBlock(document, { indent: '\t', eol: '\n', tabSize: 4 }, '', ID)).toBe(`* root #live  ^${ID}\n\t+  one  \n\t+  two`);
  const one = document.get('root')?.children[0] ?? '';
  const { change } = document.apply([{ type: 'create', id: 'new', to: { parent: 'root', after: one }, text: 'between', attributes: { marker: '- ', task: null, gap: 0 } }], { device: 'x', time: 1 });
  const { changes } = write(note, textOf(text), ID, document, change);
  expect(applyChanges(text, changes)).toBe(`* root #live  ^${ID}\n   +  one  \n   - between\n   +  two\n\n`);
});

test('an undone join gives the joined bullet back, a paste of its text does not', () => {
  const start = bound(ONE);
  const id = start.note.blocks[0]?.bullets.find(({ text }) => text === 'two')?.id;
  const at = ONE.indexOf('\n\t- two');
  const joined = edited(start, [{ from: at, to: at + '\n\t- '.length, insert: '' }], 'delete');
  const back = [{ from: at, to: at, insert: '\n\t- ' }];
  const again = (origin: ReadOrigin) => read(joined.note, back, textOf(ONE), context(origin, joined.clipboard));
  expect(again('undo').edits.get(ID)).toContainEqual(expect.objectContaining({ type: 'restore', id }));
  expect(again('paste').edits.get(ID)).toContainEqual(expect.objectContaining({ type: 'create', text: 'two' }));
});
