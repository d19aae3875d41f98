/**
 * Folds over an edit of another device: a folded bullet stays folded with all that is under it now. CodeMirror's own mapping leaves out what
 * came first or last under it, and loses the fold of a bullet that moved.
 */
import { foldedRanges, foldEffect, unfoldEffect } from '@codemirror/language';
import type { ChangeSet, EditorState, StateEffect, Text } from '@codemirror/state';
import { indentOf } from './moved-lines';

export interface FoldRange {
  readonly from: number;
  readonly to: number;
}

/** The folds that the edit would lose or cut short, as they are to be after it, and the effects for its transaction. */
export function keptFolds(state: EditorState, changes: ChangeSet, after: Text, follow: (position: number, assoc: -1 | 1) => number): { folds: FoldRange[]; effects: StateEffect<FoldRange>[] } {
  const folds: FoldRange[] = [];
  const effects: StateEffect<FoldRange>[] = [];
  foldedRanges(state).between(0, state.doc.length, (from, to) => {
    const line = state.doc.lineAt(from);
    if (!changes.touchesRange(line.from, to) || from !== line.to || !/^\s*(?:[-*+]|\d+[.)])\s/.test(line.text)) return;
    const wanted = foldOf(after, follow(from, -1));
    const mapped = { from: changes.mapPos(from, 1), to: changes.mapPos(to, -1) };
    if (wanted?.from === mapped.from && wanted.to === mapped.to) return;
    if (mapped.from < mapped.to) effects.push(unfoldEffect.of(mapped));
    if (!wanted) return;
    effects.push(foldEffect.of(wanted));
    folds.push(wanted);
  });
  return { folds, effects };
}

/** What folds behind the line of a position: the lines right below that are indented deeper. */
function foldOf(text: Text, at: number): FoldRange | null {
  const first = text.lineAt(at);
  const depth = indentOf(first.text);
  let end = first.to;
  for (let n = first.number + 1; n <= text.lines; n++) {
    const line = text.line(n);
    if (line.text.trim() === '') continue;
    if (indentOf(line.text) <= depth) break;
    end = line.to;
  }
  return end > first.to ? { from: first.to, to: end } : null;
}

/** Those that a state lacks. */
export function missingFolds(state: EditorState, folds: readonly FoldRange[]): StateEffect<FoldRange>[] {
  return folds.flatMap((fold) => {
    let there = false;
    foldedRanges(state).between(fold.from, fold.from, (from) => void (there ||= from === fold.from));
    return there ? [] : [foldEffect.of(fold)];
  });
}
