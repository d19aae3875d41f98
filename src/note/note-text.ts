/** Texts that can be read in pieces. */
import type { NoteText, TextChange } from './types';

class StringText implements NoteText {
  constructor(private readonly text: string) {}
  get length(): number {
    return this.text.length;
  }
  sliceString(from: number, to = this.text.length): string {
    return this.text.slice(from, to);
  }
  toString(): string {
    return this.text;
  }
}

/** A string as a `NoteText`. */
export function textOf(text: string): NoteText {
  return new StringText(text);
}

/** `base` after changes, put together only where it is read: a remote keystroke must not cost by the note's size. */
class ChangedText implements NoteText {
  readonly length: number;
  private whole: string | undefined;
  constructor(
    private readonly base: NoteText,
    private readonly changes: readonly TextChange[],
  ) {
    this.length = changes.reduce((length, change) => length + change.insert.length - (change.to - change.from), base.length);
  }

  sliceString(from: number, to = this.length): string {
    if (this.whole !== undefined) return this.whole.slice(from, to);
    const pieces: string[] = [];
    let old = 0;
    let fresh = 0;
    const keep = (until: number): void => {
      const begin = Math.max(from, fresh);
      const end = Math.min(to, fresh + until - old);
      if (begin < end) pieces.push(this.base.sliceString(old + begin - fresh, old + end - fresh));
      fresh += until - old;
      old = until;
    };
    for (const change of this.changes) {
      if (fresh >= to) break;
      keep(change.from);
      const begin = Math.max(from, fresh);
      const end = Math.min(to, fresh + change.insert.length);
      if (begin < end) pieces.push(change.insert.slice(begin - fresh, end - fresh));
      fresh += change.insert.length;
      old = change.to;
    }
    keep(this.base.length);
    return pieces.join('');
  }

  toString(): string {
    this.whole ??= this.sliceString(0, this.length);
    return this.whole;
  }
}

/** The text after `changes`. Chains are cut: a changed text of a changed text is made whole first. */
export function changedText(base: NoteText, changes: readonly TextChange[]): NoteText {
  if (changes.length === 0) return base;
  return new ChangedText(base instanceof ChangedText ? textOf(base.toString()) : base, changes);
}

/** [from, to) of the lines that hold [at, until], without the last line end. Looks at the text in small pieces. */
export function lineRange(text: NoteText, at: number, until = at): { from: number; to: number } {
  const step = 256;
  let from = at;
  for (;;) {
    const low = Math.max(0, from - step);
    const found = text.sliceString(low, from).lastIndexOf('\n');
    if (found >= 0) {
      from = low + found + 1;
      break;
    }
    from = low;
    if (low === 0) break;
  }
  let to = until;
  for (;;) {
    const high = Math.min(text.length, to + step);
    const found = text.sliceString(to, high).indexOf('\n');
    if (found >= 0) {
      to += found;
      break;
    }
    to = high;
    if (high === text.length) break;
  }
  return { from, to };
}
