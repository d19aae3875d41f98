import { Block, Changes } from './block';
import { canonical } from './canonical';
import { checkEdits } from './edit-check';
import { findEcho, findEchoOf, withdrawal } from './echo';
import type { Diff, Echo, ImportedText } from './echo';
import { DocumentError } from './errors';
import { hashClient, toHex } from './hash';
import { lettersOf } from './letters';
import { isImport } from './import-client';
import { LocalEdits } from './local-edits';
import type { Author } from './local-edits';
import { textHash } from './past-texts';
import { Registers } from './registers';
import type { Placing, Written } from './registers';
import type { SharedFile } from './shared-file';
import { TakeBack, TurnedValues } from './take-back';
import type { Step } from './take-back';
import type { Bullet } from './tree';
import { ROOT } from './types';
import type { BulletId, BulletView, Change, DocumentTree, Edit, PlainBullet, TextChange, TrashedBullet } from './types';

export interface ApplyOptions {
  /** From `importClientId`: the edits bring in a text found outside, which another device may find too. `by` must then be the same on both. */
  readonly importAs?: number;
  /** Whole texts that were found of bullets, those whose texts the edits change kept as hashes: who had such a text before takes the edits for his own. */
  readonly found?: ReadonlyMap<BulletId, string>;
}

export interface Applied {
  /** For the other devices; empty if the edits changed nothing. */
  readonly update: Uint8Array;
  readonly change: Change;
  /** The client id of an import. */
  readonly client?: number;
  /** For `takeBack`; null if the edits changed nothing. */
  readonly step: Step | null;
}

/** What of an import stands in a bullet. */
export interface ImportedPart {
  readonly client: number;
  readonly part: string;
  /** Of the bullet's whole text as it was found. */
  readonly hash: number;
}

export interface Merged {
  readonly change: Change;
  /** Indices of the updates that could not be read. */
  readonly refused: readonly number[];
}

const NOTHING = new Uint8Array(0);

/** One live block. A keystroke, made here or merged, costs by its bullet and never by the block. */
export class LiveDocument implements DocumentTree {
  private readonly registers: Registers;
  private readonly block: Block;
  private readonly values = new TurnedValues();

  private constructor(clientId: number) {
    this.registers = new Registers(clientId);
    this.block = new Block(this.registers);
  }

  /** A document with an empty root and nothing else. @param clientId 32 random bits, new for every run and document */
  static create(clientId: number): LiveDocument {
    return new LiveDocument(clientId);
  }

  /**
   * A document from what was stored: a whole one first, then later updates in any order.
   * @throws DocumentError NEWER_SCHEMA; BAD_UPDATE if the base can't be read
   */
  static load(clientId: number, base: Uint8Array | null, updates: readonly Uint8Array[]): LiveDocument {
    const document = new LiveDocument(clientId);
    if (base && document.merge([base]).refused.length > 0) throw new DocumentError('BAD_UPDATE', 'The stored document cannot be read.');
    document.merge(updates);
    return document;
  }

  get size(): number {
    return this.block.tree.size;
  }

  /** Whether nothing was ever written into it: no seed, no edit. */
  get isBlank(): boolean {
    return this.registers.isBlank;
  }

  get(id: BulletId): BulletView | undefined {
    const bullet = this.block.tree.bullets.get(id);
    return bullet?.live ? bullet.view() : undefined;
  }

  /** Whether the bullet hangs at the root's end because its place or parent isn't here. */
  isMisplaced(id: BulletId): boolean {
    return this.block.tree.bullets.get(id)?.misplaced ?? false;
  }

  /** A bullet with everything under it; the block without an id. @throws DocumentError UNKNOWN_BULLET */
  plain(id: BulletId = ROOT): PlainBullet {
    const bullet = this.block.tree.bullets.get(id);
    if (!bullet?.live) throw new DocumentError('UNKNOWN_BULLET', `Bullet ${id} isn't there or is in the trash.`);
    return bullet.plain();
  }

  /** The block as Markdown in its canonical form. */
  canonical(): string {
    return canonical(this.plain());
  }

  /** What was put in the trash, each with its children, newest first. */
  trash(): TrashedBullet[] {
    const trashed: TrashedBullet[] = [];
    for (const bullet of this.block.tree.bullets.values()) {
      const found = bullet.trashedView();
      if (found) trashed.push(found);
    }
    return trashed.sort((a, b) => b.time - a.time || (a.id < b.id ? -1 : 1));
  }

  /** One bullet that was put in the trash itself, i.e. not with its parent. */
  trashed(id: BulletId): TrashedBullet | undefined {
    return this.block.tree.bullets.get(id)?.trashedView() ?? undefined;
  }

  /** Ids of a trashed bullet and of all under it, in the order of the text. */
  trashedIds(id: BulletId): readonly BulletId[] {
    const ids: BulletId[] = [];
    const top = this.block.tree.bullets.get(id);
    const stack: Bullet[] = top ? [top] : [];
    for (let bullet = stack.pop(); bullet; bullet = stack.pop()) {
      ids.push(bullet.id);
      for (let i = bullet.children.length - 1; i >= 0; i--) stack.push(bullet.children[i] as Bullet); // i < length
    }
    return ids;
  }

  /** A bullet's text whether it is in the trash or not; undefined if it never was. */
  textOf(id: BulletId): string | undefined {
    return this.block.tree.bullets.get(id)?.text();
  }

  /** What its links to files stand for, by target. No part of the digest: it says nothing of the text. */
  files(): ReadonlyMap<string, SharedFile> {
    return this.registers.sharedFiles();
  }

  /** Says what links with this target stand for; null: nothing any more. @returns an update for the other devices, empty if that changed nothing */
  setFile(target: string, file: SharedFile | null): Uint8Array {
    return this.registers.transact(() => this.registers.setFile(target, file)) ?? NOTHING;
  }

  /** 16 bytes, hex: equal on two devices when and only when they hold the same bullets in the same places with the same text and attributes. */
  digest(): string {
    return this.block.digest();
  }

  /** Live bullets, and bytes of the whole document with its history. Costs by the document: not for every keystroke. */
  measure(): { readonly bullets: number; readonly bytes: number } {
    return { bullets: this.size, bytes: this.encode().length };
  }

  /** The whole document, for `load` or `merge`. */
  encode(): Uint8Array {
    return this.registers.encode();
  }

  /** What a document with that state vector lacks. @throws DocumentError BAD_UPDATE */
  encodeSince(stateVector: Uint8Array): Uint8Array {
    return this.registers.encodeSince(stateVector);
  }

  stateVector(): Uint8Array {
    return this.registers.stateVector();
  }

  /** The client id of this run. */
  get run(): number {
    return this.registers.clientId;
  }

  /** How many items of each client are known. */
  clocks(): ReadonlyMap<number, number> {
    return this.registers.clocks();
  }

  /** The client that a bullet's text was made under, and as its how-manieth item; null for a seeded one. */
  writerOf(id: BulletId): { readonly client: number; readonly clock: number } | null {
    return this.registers.writerOf(id);
  }

  /** Names where a bullet was put last, for `isPlacedAfter`; null for one that stands where it was seeded. */
  placing(id: BulletId): Placing | null {
    return this.registers.placing(id);
  }

  /** Whether who put a bullet where it is now, or into the trash, knew that it had been put there. */
  isPlacedAfter(id: BulletId, placing: Placing): boolean {
    return this.registers.isPlacedAfter(id, placing);
  }

  /** An import into a bullet's own text that is nothing but an echo: see `findEcho`. @param imports oldest first */
  echoIn(id: BulletId, imports: readonly ImportedText[], diff: Diff): Echo | null {
    const text = this.registers.text(id);
    return text ? findEcho(lettersOf(text), imports, this.run, diff) : null;
  }

  /** What takes an import of another device out of a bullet's own text, if it is nothing but an echo; null if not. */
  echoOf(id: BulletId, client: number): readonly TextChange[] | null {
    const text = this.registers.text(id);
    return text ? findEchoOf(lettersOf(text), client) : null;
  }

  /** Whether any item of a client is here. */
  knows(client: number): boolean {
    return this.registers.knows(client);
  }

  /** Bullets that an import wrote into -> hashes of their whole texts as they were found. */
  importedTexts(client: number): ReadonlyMap<BulletId, number> {
    return this.registers.importedTexts(client);
  }

  /** The imports of which something stands in a bullet's own text: what that is, and the hash of the whole text as it was found. */
  importsInto(id: BulletId): ImportedPart[] {
    const text = this.registers.text(id);
    const parts = new Map<number, string>();
    for (const { client, unit, deleted } of text ? lettersOf(text) : []) if (isImport(client) && !deleted) parts.set(client, (parts.get(client) ?? '') + unit);
    return [...parts].flatMap(([client, part]) => {
      const hash = this.importedTexts(client).get(id);
      return hash === undefined ? [] : [{ client, part, hash }];
    });
  }

  /** The bullets joined to one, and to those. */
  partsOf(id: BulletId): BulletId[] {
    const bullet = this.block.tree.bullets.get(id);
    return bullet && bullet.parts.length > 0 ? bullet.segments().slice(1).map((part) => part.id) : [];
  }

  /** A bullet's text without what is joined to it. */
  ownTextOf(id: BulletId): string {
    return this.block.tree.bullets.get(id)?.ownText() ?? '';
  }

  /** The bullet that shows another's text: that one itself unless it was joined to one. */
  shownBy(id: BulletId): BulletId {
    return this.block.tree.bullets.get(id)?.shownBy().id ?? id;
  }

  /** The edits that take what some clients wrote into a bullet's own text out, wherever that is shown. */
  withdrawal(id: BulletId, isOut: (client: number) => boolean): Edit[] {
    const text = this.registers.text(id);
    return text ? this.whereShown(id, withdrawal(lettersOf(text), ({ client }) => isOut(client))) : [];
  }

  /** The edits that make changes of a bullet's own text wherever that is shown; none if it is in the trash. */
  whereShown(id: BulletId, changes: readonly TextChange[]): Edit[] {
    const bullet = this.block.tree.bullets.get(id);
    const shown = bullet?.shownBy();
    if (!bullet || !shown?.live || changes.length === 0) return [];
    const segments = shown.segments();
    const start = segments.slice(0, segments.indexOf(bullet)).reduce((sum, segment) => sum + segment.ownText().length, 0);
    return [{ type: 'text', id: shown.id, changes: changes.map(({ from, to, insert }) => ({ from: from + start, to: to + start, insert })) }];
  }

  /** A bullet's own text as it was made, even where that was taken out since, with what was typed into it and without what was imported. */
  typedText(id: BulletId): string {
    const [text, writer] = [this.registers.text(id), this.registers.writerOf(id)?.client];
    return text ? lettersOf(text).flatMap(({ client, unit, deleted }) => (client === writer || !(deleted || isImport(client)) ? [unit] : [])).join('') : '';
  }

  /** The text that a bullet was made with in one go. */
  madeAs(id: BulletId): string {
    const [text, writer] = [this.registers.text(id), this.registers.writerOf(id)?.client];
    return text ? lettersOf(text).flatMap(({ client, unit }) => (client === writer ? [unit] : [])).join('') : '';
  }

  /** Whether a bullet's text, typed by one writer, was this when the first of it had been written. */
  beganAs(id: BulletId, beginning: string): boolean {
    const [text, writer] = [this.registers.text(id), this.registers.writerOf(id)?.client];
    const typed = text ? lettersOf(text).filter(({ client, deleted }) => client === writer && !deleted) : [];
    const first = new Set([...typed].sort((a, b) => a.clock - b.clock).slice(0, beginning.length));
    return first.size === beginning.length && typed.filter((letter) => first.has(letter)).map(({ unit }) => unit).join('') === beginning;
  }

  /** Names the state now, for `at`. Costs by the document. */
  snapshot(): Uint8Array {
    return this.registers.snapshot();
  }

  /** The document as it was, to be read and not to be edited. @throws DocumentError BAD_UPDATE if it never was so */
  at(snapshot: Uint8Array): LiveDocument {
    return LiveDocument.load(0, this.registers.encodeAt(snapshot), []);
  }

  /**
   * Makes local edits, in order, as one update. Nothing is changed if one of them can't be made.
   * @throws DocumentError for the first edit that can't be made
   */
  apply(edits: readonly Edit[], by: Author, options: ApplyOptions = {}): Applied {
    const { bullets } = this.block.tree;
    const expected = checkEdits(
      {
        exists: (id) => bullets.has(id),
        isLive: (id) => bullets.get(id)?.live ?? false,
        parentOf: (id) => bullets.get(id)?.parent?.id ?? null,
        textOf: (id) => bullets.get(id)?.text() ?? '',
      },
      edits,
    );
    const changes = new Changes();
    const local = new LocalEdits(this.registers, this.block, by, changes);
    const { importAs, found } = options;
    if (importAs === undefined) return { ...appliedOf(this.registers.written(() => local.makeAll(edits, expected))), change: changes };
    const client = this.importClient(importAs, edits, by);
    const write = (): void => {
      local.makeAll(edits, expected);
      const changed = new Set(edits.flatMap((edit) => (edit.type === 'text' ? [edit.id] : [])));
      const texts = [...(found ?? [])].filter(([id]) => changed.has(id));
      if (texts.length > 0) this.registers.setImportedTexts(client, new Map(texts.map(([id, text]) => [id, textHash(text)])));
    };
    return { ...appliedOf(this.registers.as(client, () => this.registers.written(write))), change: changes, client };
  }

  /**
   * Takes local edits back, or makes again what was taken back: what they wrote goes, what they deleted comes back at its place, and others' edits stay.
   * A bullet that they made goes to the trash, unless it holds what others wrote. What both have deleted comes back.
   * @param steps of edits of this document, the newest first
   */
  takeBack(steps: readonly Step[], by: Author): Applied {
    const changes = new Changes();
    const back = new TakeBack(this.registers, this.block, by, changes, this.values);
    const { update, step } = appliedOf(this.registers.written((transaction) => back.run(transaction, steps)));
    return { update, change: changes, step: { made: [], deleted: [], ...step, ...back.told } };
  }

  /**
   * Takes what other devices, or earlier runs, sent: any order, any number of times. One call with many updates is much faster than many calls.
   * @throws DocumentError NEWER_SCHEMA (the document is of no further use to this program)
   */
  merge(updates: readonly Uint8Array[]): Merged {
    const { seen, refused } = this.registers.merge(updates);
    const changes = new Changes();
    this.block.absorb(seen, changes);
    return { change: changes, refused };
  }

  /** Client id for an import: the same where the same edits are made on the same state, so that items of one id are always one. */
  private importClient(importAs: number, edits: readonly Edit[], by: Author): number {
    return hashClient('import', String(importAs), this.digest(), toHex(this.stateVector()), JSON.stringify([edits, by.device, by.time]));
  }
}

function appliedOf(written: Written | null): { readonly update: Uint8Array; readonly step: Step | null } {
  return { update: written?.update ?? NOTHING, step: written?.step ?? null };
}
