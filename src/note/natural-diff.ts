/**
 * Of the ways to write one difference, the one that a person's edit most likely was: in one piece, and by whole lines or words. A
 * longest common subsequence takes the first letters that fit, so that a word put before another like it seems put into that one.
 */
import { snapToGraphemes } from './grapheme';
import { diffText, diffWords } from './text-diff';
import type { TextChange } from './types';

/** Characters that a change is moved by at most. */
const FAR = 256;

/** As `diffText`, of two texts of one bullet. */
export function diffNaturally(before: string, after: string): TextChange[] {
  const joined: TextChange[] = [];
  for (const change of diffByWords(before, after)) {
    const last = joined.at(-1);
    const one = last && inOnePiece(before, last, change);
    if (one) joined[joined.length - 1] = one;
    else joined.push(change);
  }
  const result: TextChange[] = [];
  for (const [at, change] of joined.entries()) result.push(atBorder(before, change, result.at(-1)?.to ?? 0, joined[at + 1]?.from ?? before.length));
  return snapToGraphemes(before, result, after);
}

/** By words first, as letters that a word has in common with another are chance; where a word was replaced, by its letters. */
function diffByWords(before: string, after: string): TextChange[] {
  return diffWords(before, after).flatMap((change) => {
    const { from, to, insert } = change;
    if (from === to || insert === '') return [change];
    return diffText(before.slice(from, to), insert).map((part) => ({ ...part, from: from + part.from, to: from + part.to }));
  });
}

/** Two insertions or two deletions around something that stands at an end of all three together, as one. */
function inOnePiece(before: string, first: TextChange, second: TextChange): TextChange | null {
  const between = before.slice(first.to, second.from);
  if (first.from === first.to && second.from === second.to) {
    const all = first.insert + between + second.insert;
    if (all.endsWith(between)) return { from: first.from, to: first.from, insert: all.slice(0, all.length - between.length) };
    if (all.startsWith(between)) return { from: second.to, to: second.to, insert: all.slice(between.length) };
  }
  if (first.insert === '' && second.insert === '') {
    const all = before.slice(first.from, second.to);
    if (all.endsWith(between)) return { from: first.from, to: second.to - between.length, insert: '' };
    if (all.startsWith(between)) return { from: first.from + between.length, to: second.to, insert: '' };
  }
  return null;
}

/** An insertion or deletion as near as can be to where it is, at the start of a line, else at the border of a word. @param least, most where it may go */
function atBorder(before: string, change: TextChange, least: number, most: number): TextChange {
  const { from, to, insert } = change;
  if (from < to && insert !== '') return change;
  const piece = insert === '' ? before.slice(from, to) : insert;
  /** The text that it moves through: what is before it, itself, what is behind it. */
  const [left, right] = [before.slice(Math.max(least, from - FAR), from), before.slice(to, Math.min(most, to + FAR))];
  const all = left + piece + right;
  const isSame = (at: number): boolean => all[at] === all[at + piece.length];
  let best = { at: left.length, rank: rankOf(all, left.length, piece.length, before, from) };
  const look = (at: number): void => {
    const rank = rankOf(all, at, piece.length, before, from + at - left.length);
    if (rank > best.rank || (rank === best.rank && Math.abs(at - left.length) < Math.abs(best.at - left.length))) best = { at, rank };
  };
  for (let at = left.length - 1; at >= 0 && isSame(at); at--) look(at);
  for (let at = left.length + 1; at <= left.length + right.length && isSame(at - 1); at++) look(at);
  const moved = best.at - left.length;
  return moved === 0 ? change : { from: from + moved, to: to + moved, insert: insert === '' ? '' : all.slice(best.at, best.at + piece.length) };
}

/** 2: whole lines; 1: whole words. */
function rankOf(all: string, at: number, length: number, before: string, from: number): number {
  const [first, last] = [all[at - 1], all[at + length]];
  if ((first === '\n' || from === 0) && all[at + length - 1] === '\n') return 2;
  const isBlank = (letter: string | undefined): boolean => letter === undefined || /\s/.test(letter);
  const isFree = isBlank(first) || isBlank(all[at]);
  const isFreeBehind = isBlank(last) || isBlank(all[at + length - 1]);
  return isFree && isFreeBehind ? 1 : 0;
}
