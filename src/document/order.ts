/**
 * Order keys: where a bullet stands among its siblings. A key is an *anchor* (a bullet of the seeded list, '' for the list's
 * start) and a *path* of segments (fraction, run, sub-fraction). Siblings sort by the anchor's index in the seeded list, then by
 * path, then by id. A group is what one run (one device) put at one spot, i.e. the keys that share all but the last
 * sub-fraction. A run extends its own group, so what it pastes or appends stays in one piece; plain fractions would interleave
 * two devices' lines.
 *
 * A path is a string, `fraction.run.sub` joined by '/'. Both separators sort before every digit, so paths compare as strings.
 */
import { generateKeyBetween } from 'fractional-indexing';
import { hashStrings, base32 } from './hash';

interface Segment {
  readonly fraction: string;
  readonly run: string;
  readonly sub: string;
}

const FIRST = generateKeyBetween(null, null);

/** A run's name in order keys, from the id of the device. Two devices with equal names would merely interleave. */
export function runOf(device: string): string {
  return base32(hashStrings('run', device), 4);
}

/**
 * Where a new sibling goes: `left` and `right` are the paths next to it under one anchor, '' and null where there is none.
 * Between paths in the wrong order, or ones that no Blockwire wrote, it goes after the left one.
 */
export function pathBetween(left: string, right: string | null, run: string): string {
  try {
    return between(left, right !== null && left < right ? right : null, run);
  } catch {
    return format([...parse(left), { fraction: FIRST, run, sub: FIRST }]);
  }
}

function between(left: string, right: string | null, run: string): string {
  const lower = parse(left);
  const upper = right === null ? [] : parse(right);
  let depth = 0;
  while (depth < lower.length && depth < upper.length && same(lower[depth], upper[depth])) depth++;

  const below = lower[depth];
  const above = upper[depth];
  const prefix = lower.slice(0, depth);
  if (below?.run === run) {
    const inGroup = above?.run === run && above.fraction === below.fraction;
    return format([...prefix, { ...below, sub: generateKeyBetween(below.sub, inGroup ? above.sub : null) }]);
  }
  if (above?.run === run) {
    return format([...prefix, { ...above, sub: generateKeyBetween(null, above.sub) }]);
  }
  if (!below || !above || below.fraction < above.fraction) {
    const fraction = generateKeyBetween(below?.fraction ?? null, above?.fraction ?? null);
    return format([...prefix, { fraction, run, sub: FIRST }]);
  }
  // Within another's group, or between two groups of one fraction: nest after the left neighbour, as flat as can be.
  const nested = lower[depth + 1];
  if (nested?.run === run) {
    return format([...prefix, below, { ...nested, sub: generateKeyBetween(nested.sub, null) }]);
  }
  const fraction = nested ? generateKeyBetween(nested.fraction, null) : FIRST;
  return format([...prefix, below, { fraction, run, sub: FIRST }]);
}

const PATH = /^(?:[A-Za-z][0-9A-Za-z]+\.[0-9a-z]+\.[A-Za-z][0-9A-Za-z]+(?:\/(?!$)|$))*$/;
const KEY_LIMIT = 64 * 1024;

/** Splits a stored key `anchor/path`; null if it is none. */
export function parseKey(key: string): { anchor: string; path: string } | null {
  const slash = key.indexOf('/');
  if (slash < 0 || key.length > KEY_LIMIT) return null;
  const path = key.slice(slash + 1);
  return PATH.test(path) ? { anchor: key.slice(0, slash), path } : null;
}

function same(a: Segment | undefined, b: Segment | undefined): boolean {
  return a?.fraction === b?.fraction && a?.run === b?.run && a?.sub === b?.sub;
}

function parse(path: string): Segment[] {
  if (path === '') return [];
  return path.split('/').map((segment) => {
    const [fraction = '', run = '', sub = ''] = segment.split('.');
    return { fraction, run, sub };
  });
}

function format(segments: readonly Segment[]): string {
  return segments.map(({ fraction, run, sub }) => `${fraction}.${run}.${sub}`).join('/');
}
