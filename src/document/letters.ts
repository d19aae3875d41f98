/** The characters of a Y.Text one by one, each with the name that Yjs gave it. */
import * as Y from 'yjs';

export interface Letter {
  /** One UTF-16 unit. */
  readonly unit: string;
  /** Who wrote it, and as its how-manieth item. */
  readonly client: number;
  readonly clock: number;
  readonly deleted: boolean;
  /** What stood right before and behind it when it was written. */
  readonly beside: readonly ({ readonly client: number; readonly clock: number } | null)[];
}

/** All letters that a text ever had, in its order. */
export function lettersOf(text: Y.Text): Letter[] {
  const letters: Letter[] = [];
  for (let item = text._start; item; item = item.right) {
    if (!(item.content instanceof Y.ContentString)) continue;
    const { client, clock } = item.id;
    const { str } = item.content;
    for (let i = 0; i < str.length; i++) {
      const beside = i > 0 ? [] : [item.origin, item.rightOrigin];
      letters.push({ unit: str.charAt(i), client, clock: clock + i, deleted: item.deleted, beside });
    }
  }
  return letters;
}
