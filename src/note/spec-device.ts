/** A device of the specs and property tests: one note with live blocks, real documents, and an editor's verbs. Not part of the product. */
import { parse } from '../outline';
import { LiveDocument, seed } from '../document';
import { addId, bindBlock, emptyClipboard, findCandidates, findIds, mend, openNote, read, seedFrom, sift, textOf, Undoing, write } from '.';
import { applyChanges } from './grapheme';
import { lengthOf } from './bound';
import { diffText, mapOffset } from './text-diff';
import { invert } from './typist';
import type { BoundNote, Clipboard, Edit, Facts, KnownTexts, ReadOrigin, TextChange, UndoMark } from '.';

export const TAG = '#live';

/** Texts that bullets had, as a device sees them go by. */
class Past implements KnownTexts {
  private readonly texts = new Map<string, Set<string>>();
  private readonly trashed = new Map<string, string>();

  note(document: LiveDocument, ids: Iterable<string>): void {
    for (const id of ids) {
      const text = document.get(id)?.text;
      if (text === undefined) continue;
      this.texts.set(id, (this.texts.get(id) ?? new Set()).add(text));
    }
    for (const { id, plain } of document.trash()) this.trashed.set(plain.text, id);
  }
  had(id: string, text: string): boolean {
    return this.texts.get(id)?.has(text) ?? false;
  }
  trashedWith(text: string): string | undefined {
    return this.trashed.get(text);
  }
}

interface HistoryItem {
  changes: TextChange[];
  marks: readonly UndoMark[] | null;
}

export class Device {
  note: BoundNote;
  readonly documents = new Map<string, LiveDocument>();
  readonly facts: Facts[] = [];
  private readonly outbox: { blockId: string; update: Uint8Array }[] = [];
  private readonly pasts = new Map<string, Past>();
  private readonly undoStack: HistoryItem[] = [];
  private readonly redoStack: HistoryItem[] = [];
  /** Of the edit that is being made. */
  private marks: UndoMark[] = [];
  private clipboard: Clipboard = emptyClipboard();
  /** While set, what others do goes into the documents but not yet into the text, as for a closed note or while composing. */
  private holding = false;
  /** For tests that compare with a fresh reading. */
  everDamaged = false;
  private ids = 0;
  private clients = 0;

  constructor(
    readonly name: string,
    private readonly seedNumber: number,
    public text: string,
    indent: string,
  ) {
    this.note = openNote(text, { indent });
  }

  // ---- editing ----

  /** An editor's transaction. */
  edit(changes: readonly TextChange[], origin: ReadOrigin, history: 'undo' | 'redo' | 'none' | 'new' = 'new'): void {
    const before = this.text;
    const after = applyChanges(before, changes);
    const reading = read(this.note, changes, textOf(after), this.context(origin));
    this.text = applyChanges(after, reading.facts.repairs);
    const inverse: HistoryItem = { changes: mapAll(invert(before, changes), reading.facts.repairs), marks: null };
    if (history === 'new') {
      this.redoStack.length = 0;
      this.undoStack.push(inverse);
    } else if (history === 'undo') this.redoStack.push(inverse);
    else if (history === 'redo') this.undoStack.push(inverse);
    this.marks = [];
    this.take(reading);
    if (reading.reach !== 'beyond') inverse.marks = reading.reach === 'inside' ? this.marks : [...this.marks, { step: null }];
  }

  /** The whole text is another, and nobody says how it came about. Edits are sifted if `sifted`. */
  found(text: string, sifted = false): void {
    const before = this.note;
    const reading = read(this.note, null, textOf(text), this.context('disk'));
    this.follow(diffText(this.text, text));
    this.text = text;
    if (!sifted) return this.take(reading);
    const edits = new Map<string, readonly Edit[]>();
    for (const [blockId, list] of reading.edits) {
      const block = before.blocks.find((one) => one.blockId === blockId);
      const past = this.pasts.get(blockId);
      if (block && past) edits.set(blockId, sift(block, list, past, reading.note.blocks.find((one) => one.blockId === blockId)).apply);
    }
    this.take({ ...reading, edits });
    for (const blockId of this.documents.keys()) this.show(blockId);
  }

  undo(): void {
    this.fromHistory(this.undoStack, 'undo');
  }

  redo(): void {
    this.fromHistory(this.redoStack, 'redo');
  }

  private fromHistory(stack: HistoryItem[], origin: 'undo' | 'redo'): void {
    const item = stack.pop();
    if (!item) return;
    const { marks } = item;
    const undoing = marks && new Undoing(this.note, textOf(this.text), item.changes, marks, this.context(origin));
    if (!undoing?.isPossible || this.holding) return this.edit(item.changes, origin, origin);
    const trees = new Map([...this.documents].filter(([blockId]) => undoing.steps.has(blockId)));
    const other = origin === 'undo' ? this.redoStack : this.undoStack;
    this.marks = [];
    for (const [blockId, document] of trees) this.sent(blockId, document, document.takeBack(undoing.steps.get(blockId) ?? [], { device: this.name, time: 1 }));
    const undone = undoing.written(trees);
    const before = this.text;
    this.note = undone.note;
    this.clipboard = undone.clipboard;
    this.text = [undone.changes, ...undone.more].reduce(applyChanges, before);
    for (const [blockId, edits] of undone.edits) this.commit(blockId, edits);
    other.push({ changes: undone.more.reduce<TextChange[]>(mapAll, invert(before, undone.changes)), marks: undoing.marked(this.marks) });
  }

  /** Puts damaged ids right, as when the cursor leaves the line. */
  leaveLine(): void {
    const changes = mend(this.note, textOf(this.text));
    if (changes.length > 0) this.edit(changes, 'other', 'none');
  }

  private take(reading: ReturnType<typeof read>): void {
    this.note = reading.note;
    this.clipboard = reading.clipboard;
    this.facts.push(reading.facts);
    for (const [blockId, edits] of reading.edits) this.commit(blockId, edits);
    for (const blockId of reading.unsettled) this.show(blockId);
    for (const { blockId } of reading.facts.appeared) this.bind(blockId);
  }

  private commit(blockId: string, edits: readonly Edit[]): void {
    const document = this.documents.get(blockId);
    if (!document || edits.length === 0) return;
    this.sent(blockId, document, document.apply(edits, { device: this.name, time: 1 }));
  }

  private sent(blockId: string, document: LiveDocument, { update, change, step }: ReturnType<LiveDocument['apply']>): void {
    if (update.length > 0) this.outbox.push({ blockId, update });
    if (step) this.marks.unshift({ blockId, step });
    this.pasts.get(blockId)?.note(document, change.texts);
  }

  private context(origin: ReadOrigin) {
    return {
      origin,
      newId: () => `${this.name}${this.seedNumber}x${this.ids++}`,
      tree: (blockId: string) => this.documents.get(blockId),
      clipboard: this.clipboard,
      tag: TAG,
      phrases: [],
    };
  }

  // ---- live blocks ----

  /** Makes every tagged bullet live; ids are made from the root's text, so that two devices that tag alike meet. */
  makeLive(): void {
    for (;;) {
      const [candidate] = findCandidates(this.note, textOf(this.text), { tag: TAG, phrases: [] });
      if (!candidate) return;
      const blockId = idFor(candidate.text);
      const changes = addId(this.note, textOf(this.text), candidate.from, blockId);
      this.text = applyChanges(this.text, changes);
      const outline = parse(this.text);
      const item = outline.items.find((one) => one.from === candidate.from);
      if (!item) throw new Error('no item');
      const seeded = seed(blockId, seedOf(this.text, candidate.from), () => 'again');
      this.own(blockId, seeded.update);
      this.outbox.push({ blockId, update: seeded.update });
      this.rebind(changes);
      this.bind(blockId);
    }
  }

  /** Knows a block from another device. */
  own(blockId: string, update: Uint8Array): void {
    const document = this.documents.get(blockId) ?? LiveDocument.create(this.seedNumber * 1000 + ++this.clients);
    document.merge([update]);
    this.documents.set(blockId, document);
    const past = this.pasts.get(blockId) ?? new Past();
    this.pasts.set(blockId, past);
    past.note(document, idsOf(document));
  }

  private rebind(changes: readonly TextChange[]): void {
    this.note = read(this.note, changes, textOf(this.text), this.context('other')).note;
  }

  bind(blockId: string): void {
    const found = findIds(this.text).find((one) => one.blockId === blockId);
    const document = this.documents.get(blockId);
    if (!found || !document || this.note.blocks.some((block) => block.blockId === blockId)) return;
    const binding = bindBlock(this.note, textOf(this.text), found, document, this.bindingOptions());
    this.note = binding.note;
    this.commit(blockId, binding.edits);
    this.show(blockId);
  }

  private bindingOptions() {
    return { newId: this.context('other').newId, deletions: false };
  }

  // ---- the wire ----

  /** What this device has made since it was last asked. */
  send(): { blockId: string; update: Uint8Array }[] {
    return this.outbox.splice(0);
  }

  receive({ blockId, update }: { blockId: string; update: Uint8Array }): void {
    const document = this.documents.get(blockId);
    if (!document) return this.own(blockId, update);
    const { change } = document.merge([update]);
    this.pasts.get(blockId)?.note(document, change.texts);
    this.show(blockId, change);
  }

  hold(): void {
    this.holding = true;
  }

  letGo(): void {
    this.holding = false;
    for (const blockId of this.documents.keys()) this.show(blockId);
  }

  private show(blockId: string, change?: Parameters<typeof write>[4]): void {
    const document = this.documents.get(blockId);
    if (!document || this.holding) return;
    const { note, changes, edits = [] } = write(this.note, textOf(this.text), blockId, document, change);
    this.note = note;
    this.commit(blockId, edits);
    this.text = applyChanges(this.text, changes);
    this.follow(changes);
  }

  /** What can be undone stands where it stands after the changes, as in an editor's history. */
  private follow(changes: readonly TextChange[]): void {
    for (const item of [...this.undoStack, ...this.redoStack]) item.changes = mapAll(item.changes, changes);
  }

  /** @throws if the bound note is not what the text says, or the documents are not what it shows */
  check(): void {
    if (this.note.length !== this.text.length) throw new Error(`${this.name}: bound to ${this.note.length} of ${this.text.length} units`);
    for (const block of this.note.blocks) {
      const shown = block.bullets.map((bullet) => bullet.source).join('\n');
      if (shown !== this.text.slice(block.from, block.to)) throw new Error(`${this.name}: shows ${JSON.stringify(shown)} over ${JSON.stringify(this.text.slice(block.from, block.to))}`);
      if (block.to - block.from !== lengthOf(block.bullets)) throw new Error(`${this.name}: bad length`);
      const document = this.documents.get(block.blockId);
      const told = block.bullets.map(({ id, depth, text, attributes }) => ({ id, depth, text, ...attributes }));
      const known = document && !this.holding ? flat(document) : told;
      if (JSON.stringify(told) !== JSON.stringify(known)) throw new Error(`${this.name}: text says\n${lines(told)}\ndocument says\n${lines(known)}`);
      for (const bullet of block.bullets) {
        const text = bullet.lines.map((line) => bullet.source.slice(line.from, line.to)).join('\n');
        if (text !== bullet.text) throw new Error(`${this.name}: lines of ${bullet.id} say ${JSON.stringify(text)} for ${JSON.stringify(bullet.text)}`);
      }
    }
  }
}

interface Told {
  id: string;
  depth: number;
  text: string;
  marker: string;
  task: string | null;
  gap: number;
}

function lines(list: readonly Told[]): string {
  return list.map((one) => `${'  '.repeat(one.depth)}${JSON.stringify([one.id, one.text, one.marker, one.task, one.gap])}`).join('\n');
}

function flat(document: LiveDocument, id = 'root', depth = 0): Told[] {
  const view = document.get(id);
  if (!view) return [];
  return [{ id, depth, text: view.text, ...view.attributes }, ...view.children.flatMap((child) => flat(document, child, depth + 1))];
}

function idsOf(document: LiveDocument): string[] {
  return flat(document).map(({ id }) => id);
}

function seedOf(text: string, from: number) {
  const outline = parse(text);
  const item = outline.items.find((one) => one.from === from);
  if (!item) throw new Error('no item there');
  return seedFrom(outline, item);
}

/** A block id from a text, the same on every device. */
export function idFor(text: string): string {
  let hash = 7n;
  for (const letter of text) hash = (hash * 1_000_003n + BigInt(letter.codePointAt(0) ?? 0)) % (1n << 60n);
  let id = '';
  for (let i = 0; i < 12; i++) {
    id += 'abcdefghijklmnopqrstuvwxyz234567'.charAt(Number(hash & 31n));
    hash >>= 5n;
  }
  return `bw-${id}`;
}

function mapAll(changes: readonly TextChange[], over: readonly TextChange[]): TextChange[] {
  return changes.map(({ from, to, insert }) => {
    const start = mapOffset(from, over, 1);
    return { from: start, to: Math.max(start, mapOffset(to, over, -1)), insert };
  });
}

/** Both hear of everything that the other did, until nobody has anything to say. */
export function sync(a: Device, b: Device): void {
  for (let round = 0; round < 20; round++) {
    const fromA = a.send();
    const fromB = b.send();
    if (fromA.length + fromB.length === 0) return;
    fromA.forEach((one) => b.receive(one));
    fromB.forEach((one) => a.receive(one));
  }
  throw new Error('the devices never came to rest');
}
