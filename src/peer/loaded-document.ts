/** One document in memory, with what is remembered of its bullets beside it. */
import type { Change, LiveDocument, PastTexts } from '../document';

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
  /** When bullets changed in this run, ms since the epoch. */
  readonly times: Map<string, number>;
  /** What bullets were is known here and not in the store. */
  isPastNew: boolean;
  rows: number;
  /** Holders: open or closing notes, views. 0 = may be dropped. */
  holds: number;
}

/** Merges updates in order and remembers each text on the way. */
export function mergeEach({ doc, past, from: authors }: Loaded, updates: readonly Arrived[]): { readonly change: Change; readonly between: boolean } {
  const change = { files: false, texts: new Set<string>(), attributes: new Set<string>(), places: new Set<string>(), trashed: new Set<string>() };
  for (const { update, from } of updates) {
    const step = doc.merge([update]).change;
    past.record(doc, step);
    for (const id of step.texts) if (!authors.has(id)) authors.set(id, from);
    change.files ||= step.files === true;
    for (const name of ['texts', 'attributes', 'places', 'trashed'] as const) step[name].forEach((id) => change[name].add(id));
  }
  return { change, between: change.texts.size > 0 };
}
