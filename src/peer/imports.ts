/**
 * What was taken from files, until its author has been heard. Another sync engine carries texts that their authors have not sent yet, and after a power cut a note
 * may be ahead of what this device remembers of its own: such a text is imported, and stands twice when its author's own edits come. Then the
 * import goes, and what was done with it here is done with the original.
 */
import { importClientId, isImport, ROOT } from '../document';
import type { Attributes, BulletId, EchoedPart, Edit, Import, LiveDocument, Span } from '../document';
import { diffText, diffWords, rebaseBeyond } from '../note';
import type { StoreWrite } from '../sync';
import type { Core } from './core';
import { FOUND } from './documents';
import type { News } from './documents-listener';
import { idsOf } from './found-text';
import { applyChanges } from './text-changes';
import { HERE, shortName } from './update-rows';

/** How long originals are waited for, and of how many imports into one block. */
const KEPT_FOR = 60 * 24 * 60 * 60 * 1000;
const KEPT = 200;
/** Of imports that go piece by piece, as many pieces at once. */
const MOST_PARTS = 20;
const PREFIX = 'import/';

interface MadeBullet {
  readonly id: BulletId;
  readonly parent: BulletId;
  readonly text: string;
  readonly attributes: Attributes;
}

/** One import, as it is stored. */
interface ImportRow {
  readonly client: number;
  readonly run: number;
  readonly known: readonly (readonly [number, number])[];
  /** When it was made, ms since the epoch. */
  readonly at: number;
  /** Bullets that it wrote into, and their texts as they were found. */
  readonly texts: Record<BulletId, { readonly found: string; echoOf: readonly Span[] | null; parts?: readonly EchoedPart[] }>;
  readonly made: readonly MadeBullet[];
  /** Bullets that it made -> their originals. */
  readonly twins: Record<BulletId, BulletId>;
}

export class Imports {
  /** By block, oldest first. */
  private readonly rows = new Map<string, ImportRow[]>();

  constructor(private readonly core: () => Core) {}

  async load(): Promise<void> {
    const { store, clock } = this.core();
    for (const { key, value } of await store.scan('meta', PREFIX)) {
      const [blockId = '', client = ''] = key.slice(PREFIX.length).split('/');
      const row = { ...(JSON.parse(new TextDecoder().decode(value)) as Omit<ImportRow, 'client'>), client: parseInt(client, 36) };
      if (row.at < clock.now() - KEPT_FOR) await store.write([{ table: 'meta', key, value: null }], 'relaxed');
      else this.of(blockId).push(row);
    }
    for (const rows of this.rows.values()) rows.sort((a, b) => a.at - b.at);
  }

  has(blockId: string): boolean {
    return (this.rows.get(blockId)?.length ?? 0) > 0;
  }

  /** Edits found outside were made. @param seen texts of bullets there. @returns what is to be stored with them */
  made(blockId: string, edits: readonly Edit[], { client, run, known }: Import, seen: ReadonlyMap<BulletId, string>): StoreWrite[] {
    const { documents, clock } = this.core();
    const textOf = (id: BulletId): string => seen.get(id) ?? documents.get(blockId)?.textOf(id) ?? '';
    const texts = edits.flatMap((edit) => (edit.type === 'text' && edit.changes.some(({ insert }) => insert !== '') ? [[edit.id, { found: textOf(edit.id), echoOf: null }] as const] : []));
    const made = edits.flatMap((edit) => (edit.type === 'create' ? [{ id: edit.id, parent: edit.to.parent, text: edit.text, attributes: edit.attributes }] : []));
    const rows = this.of(blockId);
    if (texts.length + made.length === 0 || rows.some((row) => row.client === client)) return [];
    const row: ImportRow = { client, run, known: [...known], at: clock.now(), texts: Object.fromEntries(texts), made, twins: {} };
    rows.push(row);
    const dropped = rows.splice(0, Math.max(0, rows.length - KEPT)).map((old): StoreWrite => ({ table: 'meta', key: keyOf(blockId, old), value: null }));
    return [...dropped, stored(blockId, row)];
  }

  /** A document in memory has news: what of it was imported before goes. @param changed bullets that have another text or place */
  reconcile(blockId: string, changed: ReadonlySet<BulletId>, { imports, isForeign }: News): void {
    const { documents, lives, notes } = this.core();
    const document = documents.get(blockId);
    if (!document) return;
    this.forgetKnown(blockId);
    for (const { client, id } of documents.takeEchoes(blockId, imports)) this.edit(blockId, document.withdrawal(id, (one) => one === client), `${id} ${client}`);
    const names = this.has(blockId) ? this.takeTwins(blockId, document, changed) : new Map<BulletId, BulletId>();
    const isLess = this.has(blockId) && this.takeEchoes(blockId, document, changed);
    const isMine = imports.length > 0 && this.takeOthers(blockId, document, changed, imports);
    if (names.size === 0 && !isLess && !isMine) return;
    if (isForeign) lives.holds.sawEngine();
    const path = notes.owners.get(blockId);
    if (path !== undefined) notes.at(path)?.rename(blockId, names);
  }

  /** The same for a document that is not in memory: worth reading it where it imported something, or where others' imports may be of what was written here. */
  reconcileLater(blockId: string, news: News): void {
    const { documents, track } = this.core();
    if (!this.has(blockId) && (news.imports.length === 0 || !documents.isMine(blockId))) return;
    const work = documents.hold(blockId).then((document) => this.reconcile(blockId, new Set([...idsOf(document), ...document.trash().map(({ id }) => id)]), news));
    track(work.finally(() => documents.release(blockId)));
  }

  /** Imports from before every other device was met: what their authors had written is here. */
  private forgetKnown(blockId: string): void {
    const { index, device, presence, store, track } = this.core();
    const others = [...index.roster.keys()].filter((one) => one !== device);
    const known = this.of(blockId).filter(({ at }) => others.length > 0 && others.every((one) => presence.hasMet(one, at)));
    if (known.length === 0) return;
    this.rows.set(blockId, this.of(blockId).filter((row) => !known.includes(row)));
    track(store.write(known.map((row): StoreWrite => ({ table: 'meta', key: keyOf(blockId, row), value: null })), 'relaxed'));
  }

  /** Words that were imported into a bullet and have come from their author, too. */
  private takeEchoes(blockId: string, document: LiveDocument, changed: ReadonlySet<BulletId>): boolean {
    let isLess = false;
    const rows = this.of(blockId);
    for (const id of new Set(rows.flatMap(({ texts }) => Object.keys(texts)))) {
      if (!changed.has(id) || !document.get(id)) continue; // in the trash nothing stands twice
      const into = rows.flatMap((row) => (row.texts[id] ? [{ row, known: new Map(row.known), text: row.texts[id] }] : []));
      for (let i = 0; i < into.length + MOST_PARTS; i += 1) {
        const echo = document.echoIn(id, into.map(({ row, known, text }) => ({ client: row.client, run: row.run, known, ...text })), diffText);
        if (!echo) break;
        for (const { row, text } of into) {
          if (!echo.clients.includes(row.client)) continue;
          if (echo.part) text.parts = [...(text.parts ?? []), { own: echo.part, echoOf: echo.echoOf }];
          else text.echoOf = echo.echoOf;
          this.save(blockId, row);
        }
        this.edit(blockId, document.whereShown(id, echo.changes), `${id} ${echo.clients.join(' ')}`);
        isLess = true;
      }
    }
    return isLess;
  }

  /** What another device found in a file and imported, though it was written here and was still under way. */
  private takeOthers(blockId: string, document: LiveDocument, changed: ReadonlySet<BulletId>, imports: readonly number[]): boolean {
    const { documents } = this.core();
    let isLess = false;
    for (const id of changed) {
      const writer = document.writerOf(id);
      if (documents.cameFrom(blockId, id) !== HERE && writer && imports.includes(writer.client)) {
        isLess = this.takeOther(blockId, document, id) || isLess;
        continue;
      }
      for (const client of imports) {
        if (!document.get(id) || !document.importedTexts(client).has(id)) continue; // in the trash, or moved here from a copy
        const changes = document.echoOf(id, client);
        if (changes) this.edit(blockId, document.whereShown(id, changes), `${id} ${client}`);
        isLess ||= changes !== null;
      }
    }
    return isLess;
  }

  private takeOther(blockId: string, document: LiveDocument, id: BulletId): boolean {
    const { documents, lives } = this.core();
    const [now, text] = [document.get(id), document.madeAs(id)];
    const parent = parentOf(document, id) ?? ROOT;
    const siblings = [...(document.get(parent)?.children ?? []), ...document.trash().map((trashed) => trashed.id)];
    const twin = siblings.find((other) => parentOf(document, other) === parent && documents.cameFrom(blockId, other) === HERE && this.isOlder(blockId, document, id, other, text));
    if (twin === undefined) return false;
    lives.holds.sawEngine();
    if (!now || !documents.isUnderWay(blockId)) return false;
    const client = document.writerOf(id)?.client ?? 0;
    const isOut = (one: number): boolean => one === client || this.isEcho(blockId, document, id, one, twin);
    this.edit(blockId, now.text === text ? replacement(document, { id, parent, text, attributes: now.attributes }, parent, twin, isOut) : joined(document, id, twin, isOut), id);
    return true;
  }

  /** Bullets that were imported and have come from their author, too. @returns the import's name of each -> the author's */
  private takeTwins(blockId: string, document: LiveDocument, changed: ReadonlySet<BulletId>): Map<BulletId, BulletId> {
    const names = new Map<BulletId, BulletId>();
    const taken = new Set(this.of(blockId).flatMap(({ twins }) => Object.values(twins)));
    const twins = new Map(this.of(blockId).flatMap(({ twins: known }) => Object.entries(known)));
    for (const row of [...this.of(blockId)]) {
      for (const bullet of row.made) {
        if (row.twins[bullet.id] !== undefined) continue;
        const parent = twins.get(bullet.parent) ?? bullet.parent;
        const twin = [...changed].find((id) => !taken.has(id) && parentOf(document, id) === parent && this.isTwin(blockId, document, row, bullet, id));
        if (twin === undefined) continue;
        row.twins[bullet.id] = twin;
        taken.add(twin);
        twins.set(bullet.id, twin);
        names.set(bullet.id, twin);
        this.save(blockId, row);
        // What was typed into it is typed into the original, too.
        const isOut = (one: number): boolean => one === row.client || !isImport(one) || this.isEcho(blockId, document, bullet.id, one, twin);
        this.edit(blockId, replacement(document, bullet, parent, twin, isOut), bullet.id);
      }
    }
    return names;
  }

  /** Whether an import into a copy is of a text that the original had. */
  private isEcho(blockId: string, document: LiveDocument, id: BulletId, client: number, twin: BulletId): boolean {
    const hash = document.importedTexts(client).get(id);
    return hash !== undefined && this.core().documents.past(blockId)?.hadHash(twin, hash) === true;
  }

  /** Whether a bullet that came since was, when the text was saved, what the import made. */
  private isTwin(blockId: string, document: LiveDocument, { client, known, at }: ImportRow, { id, text }: MadeBullet, other: BulletId): boolean {
    const { documents, index, presence } = this.core();
    const [own, writer, from] = [document.writerOf(id), document.writerOf(other), documents.cameFrom(blockId, other)];
    if (own?.client !== client || !writer || writer.clock < (new Map(known).get(writer.client) ?? 0)) return false;
    const author = [...index.roster.keys()].find((device) => from !== undefined && from !== HERE && shortName(device) === from);
    // What a device writes after the two have met, or after it deleted what was imported, it writes knowing the import.
    return author !== undefined && !presence.hasMet(author, at) && document.trashed(id)?.device !== author && this.isOlder(blockId, document, id, other, text);
  }

  /** Whether a bullet that has, or had, the text of an import is to stay for it. Of two imports that under the greater client id goes, whatever device sees it. */
  private isOlder(blockId: string, document: LiveDocument, id: BulletId, other: BulletId, text: string): boolean {
    if (other === id || text.trim() === '' || (document.writerOf(other)?.client ?? 0) >= (document.writerOf(id)?.client ?? 0)) return false;
    const now = document.textOf(other);
    return now === text || now === document.textOf(id) || this.core().documents.past(blockId)?.had(other, text) === true || document.beganAs(other, text);
  }

  /** @param what is done: another device that found the same does the same, and writes the same update */
  private edit(blockId: string, edits: readonly Edit[], what: string): void {
    const { documents } = this.core();
    const document = documents.get(blockId);
    if (document && edits.length > 0) documents.edit(blockId, edits, { importAs: importClientId(document.digest(), `echo ${what}`) });
  }

  private save(blockId: string, row: ImportRow): void {
    const { store, track } = this.core();
    track(store.write([stored(blockId, row)], 'relaxed'));
  }

  private of(blockId: string): ImportRow[] {
    let rows = this.rows.get(blockId);
    if (!rows) this.rows.set(blockId, (rows = []));
    return rows;
  }
}

/** The parent of a bullet, or of one in the trash that was put there itself and not joined to another. */
function parentOf(document: LiveDocument, id: BulletId): BulletId | null {
  const trashed = document.trashed(id);
  return document.get(id)?.parent ?? (trashed?.mergedInto === null ? trashed.from : null);
}

function isWithin(document: LiveDocument, id: BulletId, ancestor: BulletId): boolean {
  for (let at: BulletId | null = id; at !== null; at = document.get(at)?.parent ?? null) if (at === ancestor) return true;
  return false;
}

/** The edits that put a bullet in the place of the one that was imported for it. @param isOut whose letters go */
function replacement(document: LiveDocument, made: MadeBullet, parent: BulletId, twin: BulletId, isOut: (client: number) => boolean): Edit[] {
  const [now, original] = [document.get(made.id), document.get(twin)];
  if (!now) {
    const trashed = document.trashed(made.id);
    if (!original || !trashed) return [];
    // Its author was first, and joined it without its text: what was typed into it stands behind the original.
    if (trashed.mergedInto === twin) return movedIn(document, made, twin, original.text, isOut);
    // Deleted by somebody: then the original is, too. Joined to another or gone from the block it has left its text there.
    return trashed.device !== FOUND && trashed.mergedInto === null && !trashed.released ? [{ type: 'trash', id: twin }] : [];
  }
  if (!original) return now.text === made.text && now.children.length === 0 ? [{ type: 'trash', id: made.id }] : [];
  const edits: Edit[] = [];
  if (now.text !== original.text) edits.push(...typedInto(document, made, twin, original.text));
  for (const name of ['marker', 'task', 'gap'] as const) {
    const value = now.attributes[name];
    if (value !== made.attributes[name] && value !== original.attributes[name]) edits.push({ type: 'attribute', id: twin, name, value });
  }
  // The copy may have been put under its original.
  if (now.parent !== null && now.parent !== parent && !isWithin(document, now.parent, twin)) edits.push({ type: 'move', id: twin, to: { parent: now.parent, after: made.id } });
  let after = original.children.at(-1) ?? null;
  for (const id of now.children) {
    edits.push({ type: 'move', id, to: { parent: twin, after } });
    after = id;
  }
  return [...edits, ...joined(document, made.id, twin, isOut)];
}

/** What was typed into a copy, typed into the text of the original; what the copy has lost may be the work of a late file. */
function typedInto(document: LiveDocument, made: MadeBullet, twin: BulletId, text: string): Edit[] {
  const gained = diffWords(made.text, document.typedText(made.id)).flatMap(({ from, insert }) => (insert === '' ? [] : [{ from, to: from, insert }]));
  const changes = rebaseBeyond(gained, diffWords(made.text, text), made.text);
  return changes.length > 0 ? [{ type: 'text', id: twin, changes }] : [];
}

/** The same for one that is joined to its original already: its letters go from where they are shown to where they belong. */
function movedIn(document: LiveDocument, made: MadeBullet, twin: BulletId, text: string, isOut: (client: number) => boolean): Edit[] {
  const taken = document.withdrawal(made.id, isOut);
  const rest = taken.reduce((was, edit) => (edit.type === 'text' ? applyChanges(was, edit.changes) : was), text);
  return taken.length > 0 ? [...taken, ...typedInto(document, made, twin, rest)] : [];
}

/**
 * Joins a copy to its original, without the text that it was made with: what somebody who has not heard of it types into the copy is shown in the
 * original, and so are other imports into it until they are found to be echoes, too.
 */
function joined(document: LiveDocument, id: BulletId, twin: BulletId, isOut: (client: number) => boolean): Edit[] {
  return document.get(twin) ? [...document.withdrawal(id, isOut), { type: 'trash', id, mergedInto: twin }] : [];
}

function stored(blockId: string, row: ImportRow): StoreWrite {
  const { client: _, ...value } = row;
  return { table: 'meta', key: keyOf(blockId, row), value: new TextEncoder().encode(JSON.stringify(value)) };
}

function keyOf(blockId: string, { client }: ImportRow): string {
  return `${PREFIX}${blockId}/${client.toString(36)}`;
}
