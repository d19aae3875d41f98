/** Where deleted letters come back among those that another device typed right there: where the document still has them. */
import { applyChanges } from './grapheme';
import { diffLetters } from './text-diff';
import type { TextChange, WrittenLetter } from './types';

/** A bullet's text with all that was ever deleted from it, as undo goes on in it. */
export class Written {
  private letters: readonly WrittenLetter[];

  /** @param letters of the document; without effect unless those that are not deleted are `text` */
  constructor(
    public text: string,
    letters: readonly WrittenLetter[] | undefined,
  ) {
    this.letters = letters && shown(letters) === text ? letters : [];
  }

  /**
   * Makes changes that take an edit back.
   * @param changes of the text as it is
   * @param after the text right after that edit; the letters that it lacks are another device's
   * @returns what was made: the same, but deleted letters come back between the very letters that they were between
   */
  takeBack(changes: readonly TextChange[], after: string): TextChange[] {
    const [made, letters] = this.among(changes, after) ?? [changes, null];
    this.text = applyChanges(this.text, made);
    this.letters = letters ?? [];
    return [...made];
  }

  private among(changes: readonly TextChange[], after: string): [TextChange[], WrittenLetter[]] | null {
    if (this.letters.length === 0) return null;
    const { text } = this;
    /** By offset: whether another device typed the letter there, and whether it goes now. */
    const [theirs, goes] = [new Array<boolean>(text.length).fill(false), new Array<boolean>(text.length).fill(false)];
    let shift = 0;
    for (const { from, to, insert } of diffLetters(after, text)) {
      theirs.fill(true, from + shift, from + shift + insert.length);
      shift += insert.length - (to - from);
    }
    for (const { from, to } of changes) goes.fill(true, from, to);
    const letters = this.letters.map((letter) => ({ ...letter }));
    const places = offsetsOf(letters);
    const added = new Map<number, string>();
    for (const { from, to, insert } of changes) {
      let [low, high] = [from, to];
      while (low > 0 && (theirs[low - 1] || goes[low - 1])) low--;
      while (high < text.length && (theirs[high] || goes[high])) high++;
      const back = insert === '' ? [] : tombstones(letters, places, low, high, insert);
      if (!back) return null;
      for (const at of back) {
        const place = places[at] as number; // of a letter
        added.set(place, (added.get(place) ?? '') + (letters[at] as { unit: string }).unit);
        (letters[at] as { deleted: boolean }).deleted = false;
      }
    }
    letters.forEach((letter, index) => {
      if (!this.letters[index]?.deleted && goes[places[index] as number]) letter.deleted = true;
    });
    return [asChanges(added, goes), letters];
  }
}

function shown(letters: readonly WrittenLetter[]): string {
  return letters.map(({ unit, deleted }) => (deleted ? '' : unit)).join('');
}

/** The offset in the text of each letter; of a deleted one, that of what stands behind it. */
function offsetsOf(letters: readonly WrittenLetter[]): number[] {
  let at = 0;
  return letters.map(({ deleted }) => (deleted ? at : at++));
}

/** Indices of the deleted letters between two offsets that are a piece of text, those nearest to one another; null if they aren't there. */
function tombstones(letters: readonly WrittenLetter[], places: readonly number[], low: number, high: number, piece: string): number[] | null {
  const dead: number[] = [];
  letters.forEach(({ deleted }, index) => {
    const place = places[index] as number; // of a letter
    if (deleted && place >= low && place <= high) dead.push(index);
  });
  const unitAt = (at: number): string | undefined => letters[dead[at] ?? -1]?.unit;
  let best: number[] | null = null;
  for (let start = 0; start < dead.length; start++) {
    if (unitAt(start) !== piece[0]) continue;
    const found: number[] = [];
    for (let at = start; at < dead.length && found.length < piece.length; at++) if (unitAt(at) === piece[found.length]) found.push(dead[at] as number);
    if (found.length < piece.length) break;
    if (!best || span(found) < span(best)) best = found;
  }
  return best;
}

function span(indices: readonly number[]): number {
  return (indices.at(-1) ?? 0) - (indices[0] ?? 0);
}

function asChanges(added: ReadonlyMap<number, string>, goes: readonly boolean[]): TextChange[] {
  const changes: { from: number; to: number; insert: string }[] = [];
  for (let at = 0; at <= goes.length; at++) {
    const insert = added.get(at) ?? '';
    if (insert === '' && !goes[at]) continue;
    const last = changes.at(-1);
    const to = goes[at] ? at + 1 : at;
    if (last && last.to === at) {
      last.insert += insert;
      last.to = to;
    } else changes.push({ from: at, to, insert });
  }
  return changes;
}
