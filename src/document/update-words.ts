/** What an update holds, in words, for a person who looks at frames. It needs no document to be read, and changes none. */
import * as Y from 'yjs';
import { decodePlace } from './place';
import { decodeSeed, SEEDS } from './seed';
import { ROOT } from './types';

/** Lines of one update, and characters of one line. */
const LINES = 40;
const LETTERS = 160;

/** @returns a line for each thing that it writes, at most 40 and one that counts the rest @throws Error for bytes that are no update */
export function updateWords(update: Uint8Array): string[] {
  const { structs, ds } = Y.decodeUpdate(update);
  const lines = structs.flatMap((struct) => (struct instanceof Y.Item ? itemWords(struct) : []));
  const deleted = [...ds.clients.values()].flat().reduce((sum, { len }) => sum + len, 0);
  if (deleted > 0) lines.push(`${deleted} taken out or replaced`);
  const shown = lines.slice(0, LINES).map((line) => (line.length > LETTERS ? `${line.slice(0, LETTERS)}…` : line));
  return lines.length > LINES ? [...shown, `… and ${lines.length - LINES} more`] : shown;
}

/** An item knows its map and key only where it is the first of them; letters after letters know their text alone. */
function itemWords({ content, parent, parentSub }: Y.Item): string[] {
  if (content instanceof Y.ContentString) return [`text “${content.str}”`];
  if (content instanceof Y.ContentType) return [`text of ${bullet(parentSub)}`];
  if (!(content instanceof Y.ContentAny)) return [];
  const value: unknown = content.arr.at(-1);
  const map = typeof parent === 'string' ? (parent as string) : '';
  if (map === SEEDS) return (decodeSeed(value) ?? []).map(({ text }) => `bullet “${text}”`);
  // What takes the place of an earlier value names neither map nor key.
  const place = map === 'places' || map === '' ? decodePlace(value) : null;
  if (place) return [place.trash ? `${bullet(parentSub)} deleted` : `${bullet(parentSub)} placed under ${bullet(place.parent)}`];
  const [id, name = ''] = (parentSub ?? '').split('/');
  return [`${map === '' ? 'a value' : [map, id?.slice(0, 8), name].filter(Boolean).join(' ')} = ${JSON.stringify(value)}`];
}

function bullet(id: string | null): string {
  return id === ROOT ? 'the block' : id === null ? 'a bullet' : `bullet ${id.slice(0, 8)}`;
}
