/** Between CodeMirror's change sets and the changes of the peer's ports. */
import { ChangeSet, Text } from '@codemirror/state';
import type { TextChange } from '../../document';
import { diffText } from '../../note';

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

/** The smallest changes that turn `before` into `after`, so that a cursor between two of them stays; the empty set if they are the same. */
export function difference(before: Text, after: Text): ChangeSet {
  if (before.eq(after)) return ChangeSet.empty(before.length);
  return toChangeSet(diffText(before.toString(), after.toString()), before.length);
}
