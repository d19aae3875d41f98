/** One document in memory, with what is remembered of its bullets beside it. */
import { importsIn, textHash } from '../document';
import type { BulletId, Change, LiveDocument, PastTexts } from '../document';
import { HERE } from './update-rows';

/** What an import wrote into a bullet. */
export interface ImportedInto {
  readonly client: number;
  readonly id: BulletId;
  /** It is an echo even if it came long ago. */
  readonly isJoined: boolean;
}

/** An update on its way into a document. */
export interface Arrived {
  readonly update: Uint8Array;
  /** See `authorOf`. */
  readonly from: string;
}

export interface Loaded {
  doc: LiveDocument;
  readonly past: PastTexts;
  /** Bullets that came in this run -> their authors. */
  readonly from: Map<string, string>;
  /** Imports that have turned out to be echoes, and that nobody has looked at yet. */
  readonly echoes: ImportedInto[];
  /** When bullets changed in this run, ms since the epoch. */
  readonly times: Map<string, number>;
  /** What bullets were is known here and not in the store. */
  isPastNew: boolean;
  rows: number;
  /** Holders: open or closing notes, views. 0 = may be dropped. */
  holds: number;
}

/** Merges updates in order and remembers each text on the way. @param areNew they come just now: what was stored is judged no more, since its texts are remembered by now */
export function mergeEach(entry: Loaded, updates: readonly Arrived[], areNew: boolean): { readonly change: Change; readonly between: boolean } {
  const { doc, past, from: authors } = entry;
  const change = { files: false, texts: new Set<string>(), attributes: new Set<string>(), places: new Set<string>(), trashed: new Set<string>() };
  for (const { update, from } of updates) {
    const imports = !areNew || from === HERE ? [] : importsIn(update).filter((client) => !doc.knows(client));
    const step = doc.merge([update]).change;
    for (const client of imports) noteEchoes(entry, client);
    for (const id of step.texts) noteJoined(entry, id);
    past.record(doc, step);
    for (const id of step.texts) if (!authors.has(id)) authors.set(id, from);
    change.files ||= step.files === true;
    for (const name of ['texts', 'attributes', 'places', 'trashed'] as const) step[name].forEach((id) => change[name].add(id));
  }
  return { change, between: change.texts.size > 0 };
}

/**
 * An import of a whole text that its bullet had here before it came says nothing new. Of two imports of the same words one stays, the same
 * everywhere: the one with the smaller client id.
 */
function noteEchoes({ doc, past, echoes }: Loaded, client: number): void {
  for (const [id, hash] of doc.importedTexts(client)) {
    if (!past.hadHash(doc.shownBy(id), hash)) continue;
    const into = doc.importsInto(id);
    const part = into.find((one) => one.client === client)?.part.trim() ?? '';
    if (into.every((one) => one.client <= client || !(one.part.includes(part) || part.includes(one.part.trim())))) echoes.push({ client, id, isJoined: false });
  }
}

/** What was imported into a copy that is joined to its original is an echo once the original is what was found. */
function noteJoined({ doc, echoes }: Loaded, id: BulletId): void {
  const parts = doc.partsOf(id);
  if (parts.length === 0) return;
  const now = textHash(doc.ownTextOf(id));
  for (const part of parts) for (const { client, hash } of doc.importsInto(part)) if (hash === now) echoes.push({ client, id: part, isJoined: true });
}
