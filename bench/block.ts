/** Outlines to measure with. */
import { DEFAULT_ATTRIBUTES, type PlainBullet } from '../src/document';

/** A block with this many bullets, ten under each of the root's children. */
export function blockOf(bullets: number, title = 'type here'): PlainBullet {
  const leaf = (text: string, children: PlainBullet[] = []): PlainBullet => ({ text, attributes: DEFAULT_ATTRIBUTES, children });
  const children: PlainBullet[] = [];
  for (let made = 1; made < bullets; ) {
    const nested: PlainBullet[] = [];
    for (made++; made < bullets && nested.length < 10; made++) nested.push(leaf(`a thought of about forty characters ${made}`));
    children.push(leaf(`a heading thought ${made}`, nested));
  }
  return leaf(title, children);
}
