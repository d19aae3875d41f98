/**
 * Seeds: the outline that a block was made from, as **one** immutable value in the map `seeds`, under a key and a Yjs client id
 * that are hashes of that value. Two devices that seed the same outline apart write the same item, which Yjs takes for one. Where the
 * outlines differ both seeds stay, and are united when read: a bullet's id is a hash of block, parent, text and its number among equals, so
 * what they have in common is one bullet. No edit is ever in a seed, so none is lost when two of them meet: what was edited later is
 * in the maps `texts`, `places` and `attributes`, which go before the seed.
 */
import * as Y from 'yjs';
import { readAttributes, sameAttributes } from './attributes';
import { DocumentError } from './errors';
import { hashClient, hashId } from './hash';
import { DEFAULT_ATTRIBUTES, ROOT } from './types';
import type { Attributes, BulletId, PlainBullet } from './types';
import { wellFormed } from './well-formed';

export interface SeededBullet {
  readonly id: BulletId;
  readonly text: string;
  readonly attributes: Attributes;
  /** null for the root. */
  readonly parent: BulletId | null;
}

/** Ids in the shape of the outline that was seeded. */
export interface SeededIds {
  readonly id: BulletId;
  readonly children: readonly SeededIds[];
}

export interface Seed {
  /** Make a document of it with `LiveDocument.load(clientId, update, [])`, or give it to `merge`. */
  readonly update: Uint8Array;
  readonly ids: SeededIds;
}

type Stored = (string | number | [string, string | null, number])[];
export const SEEDS = 'seeds';

/**
 * The first update of a block's document. The same block id and outline give the same bytes on every device.
 *
 * @param random gives a fresh string; asked only if two bullets came to the same id
 */
export function seed(block: string, plain: PlainBullet, random: () => string): Seed {
  for (let salt = ''; ; salt = random()) {
    const stored = encode(block, salt, plain);
    const bullets = decodeSeed(stored);
    if (!bullets) throw new DocumentError('BAD_EDIT', 'The outline holds a text or attribute that a bullet cannot have.');
    if (new Set(bullets.map((bullet) => bullet.id)).size < bullets.length) continue;
    const content = JSON.stringify(stored);
    const scratch = new Y.Doc({ gc: false });
    scratch.clientID = hashClient('seed', content);
    scratch.getMap(SEEDS).set(hashId('seed', content), stored);
    return { update: Y.encodeStateAsUpdate(scratch), ids: shape(bullets) };
  }
}

function encode(block: string, salt: string, plain: PlainBullet): Stored {
  const stored: Stored = [block, salt];
  const stack: [PlainBullet, number][] = [[plain, 0]];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const [bullet, depth] = next;
    const { marker, task, gap } = bullet.attributes;
    stored.push(depth, wellFormed(bullet.text), sameAttributes(bullet.attributes, DEFAULT_ATTRIBUTES) ? 0 : [marker, task, gap]);
    for (const child of [...bullet.children].reverse()) stack.push([child, depth + 1]);
  }
  return stored;
}

/** The bullets of a stored seed, parents before children, in the outline's order; null for a value that is no seed. */
export function decodeSeed(value: unknown): SeededBullet[] | null {
  if (!Array.isArray(value)) return null;
  const [block, salt, ...fields] = value as unknown[];
  if (typeof block !== 'string' || typeof salt !== 'string' || fields.length % 3 !== 0) return null;
  const bullets: SeededBullet[] = [];
  const path: SeededBullet[] = [];
  const occurrences = new Map<string, number>();
  for (let i = 0; i < fields.length; i += 3) {
    const [depth, text, stored] = [fields[i], fields[i + 1], fields[i + 2]];
    const attributes = stored === 0 ? DEFAULT_ATTRIBUTES : readAttributes(stored);
    if (typeof depth !== 'number' || !Number.isInteger(depth) || typeof text !== 'string' || !attributes) return null;
    if (depth > path.length || depth < 0 || (depth === 0) !== (i === 0)) return null;
    path.length = depth;
    const parent = path[depth - 1]?.id ?? null;
    const bullet = { id: ROOT, text, attributes, parent };
    if (parent !== null) {
      const key = `${parent}/${text}`;
      const occurrence = occurrences.get(key) ?? 0;
      occurrences.set(key, occurrence + 1);
      bullet.id = hashId('bullet', block, salt, parent, text, String(occurrence));
    }
    bullets.push(bullet);
    path.push(bullet);
  }
  return bullets.length > 0 ? bullets : null;
}

function shape(bullets: readonly SeededBullet[]): SeededIds {
  const shapes = new Map<BulletId, { id: BulletId; children: SeededIds[] }>();
  for (const { id, parent } of bullets) {
    const made = { id, children: [] };
    shapes.set(id, made);
    if (parent !== null) shapes.get(parent)?.children.push(made);
  }
  return shapes.get(ROOT) ?? { id: ROOT, children: [] };
}

/** All seeds of a document as one. */
export class SeededOutline {
  readonly bullets = new Map<BulletId, SeededBullet>();
  private readonly positions = new Map<BulletId, Map<BulletId, number>>();

  /** @param seeds by their keys; where they differ the greatest key goes first */
  constructor(seeds: ReadonlyMap<string, readonly SeededBullet[]>) {
    const lists = new Map<BulletId, BulletId[]>();
    for (const key of [...seeds.keys()].sort().reverse()) {
      const last = new Map<BulletId, BulletId>();
      for (const bullet of seeds.get(key) ?? []) {
        const known = this.bullets.has(bullet.id);
        if (!known) this.bullets.set(bullet.id, bullet);
        if (bullet.parent === null) continue;
        let list = lists.get(bullet.parent);
        if (!list) lists.set(bullet.parent, (list = []));
        if (!known) {
          // What only this seed has stands after the neighbour it had there.
          const before = last.get(bullet.parent);
          const end = before === undefined ? -1 : list.at(-1) === before ? list.length - 1 : list.indexOf(before);
          list.splice(end + 1, 0, bullet.id);
        }
        last.set(bullet.parent, bullet.id);
      }
    }
    for (const [parent, list] of lists) this.positions.set(parent, new Map(list.map((id, index) => [id, index])));
  }

  /** Index in the parent's seeded list; -1 for '' and for a bullet that isn't in it. */
  positionOf(parent: BulletId, id: BulletId): number {
    return this.positions.get(parent)?.get(id) ?? -1;
  }
}
