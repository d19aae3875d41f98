/** Bullets as they are described: see `PlainBullet`. */
import type { PlainBullet } from './types';

/** A bullet and all below it, in the order of the text. */
export function flatten(plain: PlainBullet): PlainBullet[] {
  return [plain, ...plain.children.flatMap(flatten)];
}
