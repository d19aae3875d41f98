/**
 * Hides how long a body is, up to a step: multiples of 64 bytes up to 2 KiB, so that one typed letter looks like a typed word; above, Padmé
 * (https://lbarman.ch/blog/padme/), which costs at most 12 % and tells only O(log log size) bits.
 */
import { SealError } from './seal-error';

const SMALLEST_STEP = 64;
const MARK = 0x80;

/** @returns the length of a padded body of `length` bytes, the mark counted in */
export function paddedLength(length: number): number {
  const needed = length + 1;
  const exponent = Math.floor(Math.log2(needed));
  const kept = exponent === 0 ? 1 : Math.floor(Math.log2(exponent)) + 1;
  const step = Math.max(SMALLEST_STEP, 2 ** Math.max(0, exponent - kept));
  return Math.ceil(needed / step) * step;
}

/** The body, a mark, then zeros. */
export function pad(body: Uint8Array): Uint8Array {
  const padded = new Uint8Array(paddedLength(body.length));
  padded.set(body);
  padded[body.length] = MARK;
  return padded;
}

/** @returns a view of the body @throws SealError damaged unless `padded` is what `pad` makes */
export function unpad(padded: Uint8Array): Uint8Array {
  let at = padded.length - 1;
  while (at >= 0 && padded[at] === 0) at--;
  if (at < 0 || padded[at] !== MARK || paddedLength(at) !== padded.length) throw new SealError('damaged', 'The padding is wrong.');
  return padded.subarray(0, at);
}
