/** Between CodeMirror's change sets and the changes of the peer's ports. */
import { ChangeSet, Text } from '@codemirror/state';
import type { TextChange } from '../../document';

export function toTextChanges(changes: ChangeSet): TextChange[] {
  const list: TextChange[] = [];
  changes.iterChanges((from, to, _fromAfter, _toAfter, insert) => list.push({ from, to, insert: insert.toString() }), true);
  return list;
}

/** @throws RangeError if a change lies outside a text of this length */
export function toChangeSet(changes: readonly TextChange[], length: number): ChangeSet {
  // The text is split here because a string given to CodeMirror would be split by the state's own line separator.
  const specs = changes.map(({ from, to, insert }) => ({ from, to, insert: Text.of(insert.split('\n')) }));
  return ChangeSet.of(specs, length);
}

/** A file's text as an editor would hold it: without byte order mark, line ends as in the port. */
export function toText(source: string): Text {
  return Text.of((source.startsWith('\uFEFF') ? source.slice(1) : source).split(/\r\n?|\n/));
}

/** One replacement that turns `before` into `after`, with nothing equal at its two ends; the empty set if they are the same. */
export function difference(before: Text, after: Text): ChangeSet {
  if (before.eq(after)) return ChangeSet.empty(before.length);
  const a = before.toString();
  const b = after.toString();
  const most = Math.min(a.length, b.length);
  let start = 0;
  while (start < most && a.charCodeAt(start) === b.charCodeAt(start)) start++;
  // Not between the two units of a character outside the basic plane.
  if (start > 0 && isHighSurrogate(a.charCodeAt(start - 1))) start--;
  let end = 0;
  while (end < most - start && a.charCodeAt(a.length - 1 - end) === b.charCodeAt(b.length - 1 - end)) end++;
  if (end > 0 && isLowSurrogate(a.charCodeAt(a.length - end))) end--;
  return toChangeSet([{ from: start, to: a.length - end, insert: b.slice(start, b.length - end) }], a.length);
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}
function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}
