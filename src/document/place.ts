/** The register that says where a bullet is: one value, so that a move is atomic. */
import type { BulletId } from './types';
import { parseKey } from './order';

export interface Place {
  /** As written; for a trashed bullet, the parent it had. */
  readonly parent: BulletId;
  /** '' = none. */
  readonly anchor: BulletId;
  readonly path: string;
  /** Parent before the last change of parents ('' = none): where the bullet goes back to if its moves make a cycle. */
  readonly previous: BulletId;
  readonly trash: Trash | null;
}

export interface Trash {
  /** Milliseconds since 1970, by the clock of `device`. */
  readonly time: number;
  readonly device: string;
  /** The bullet that this one was joined to: its text is shown at the end of that one's, in the order of `path`. */
  readonly mergedInto: BulletId | null;
  /** Outdented past the root: every device keeps its text outside the block. */
  readonly released: boolean;
}

type Stored = [parent: string, key: string, previous: string, time?: number, device?: string, mergedInto?: string, released?: 1];

export function encodePlace(place: Place): Stored {
  const stored: Stored = [place.parent, `${place.anchor}/${place.path}`, place.previous];
  const trash = place.trash;
  if (trash) {
    stored.push(trash.time, trash.device);
    if (trash.mergedInto !== null || trash.released) stored.push(trash.mergedInto ?? '');
    if (trash.released) stored.push(1);
  }
  return stored;
}

/** null for a value that is no place: a bullet without one hangs at the root's end. */
export function decodePlace(value: unknown): Place | null {
  if (!Array.isArray(value)) return null;
  const [parent, key, previous, time, device, mergedInto, released] = value as unknown[];
  if (typeof parent !== 'string' || typeof key !== 'string' || typeof previous !== 'string') return null;
  const order = parseKey(key);
  if (!order) return null;
  if (time === undefined) return { parent, ...order, previous, trash: null };
  if (typeof time !== 'number' || typeof device !== 'string') return null;
  return { parent, ...order, previous, trash: { time, device, mergedInto: typeof mergedInto === 'string' && mergedInto !== '' ? mergedInto : null, released: released === 1 } };
}
