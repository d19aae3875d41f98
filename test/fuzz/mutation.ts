/** Seeded mutations of bytes and texts: the same seed gives the same inputs. */

/** Uniform in [0, 1). */
export type Dice = () => number;

/** Mulberry32. */
export function diceOf(seed: number): Dice {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const below = (dice: Dice, limit: number): number => Math.floor(dice() * limit);

/** Bytes that sit at borders: of booleans, counts, base 128 and type numbers. */
const BORDERS = [0x00, 0x01, 0x02, 0x07, 0x08, 0x3f, 0x40, 0x41, 0x48, 0x49, 0x7f, 0x80, 0x81, 0xfe, 0xff];

/** One to four changes of `bytes`. @param other another sample, to splice from */
export function mutateBytes(bytes: Uint8Array, other: Uint8Array, dice: Dice): Uint8Array {
  let mutated: Uint8Array = bytes.slice();
  for (let left = 1 + below(dice, 4); left > 0; left--) {
    const at = below(dice, mutated.length + 1);
    // Four in five changes fall on the first bytes, where the structure is.
    const front = dice() < 0.8 ? Math.min(at, below(dice, 40)) : at;
    switch (below(dice, 8)) {
      case 0:
        if (front < mutated.length) mutated[front] = (mutated[front] as number) ^ (1 << below(dice, 8));
        break;
      case 1:
        if (front < mutated.length) mutated[front] = BORDERS[below(dice, BORDERS.length)] as number;
        break;
      case 2:
        if (front < mutated.length) mutated[front] = below(dice, 256);
        break;
      case 3:
        mutated = mutated.slice(0, at);
        break;
      case 4: {
        const inserted = Uint8Array.from({ length: 1 + below(dice, 9) }, () => (dice() < 0.5 ? 0xff : below(dice, 256)));
        mutated = joined(mutated.subarray(0, front), inserted, mutated.subarray(front));
        break;
      }
      case 5:
        mutated = joined(mutated.subarray(0, front), mutated.subarray(Math.min(mutated.length, front + 1 + below(dice, 20))));
        break;
      case 6: {
        const from = below(dice, other.length + 1);
        mutated = joined(mutated.subarray(0, front), other.subarray(from, from + below(dice, 60)), mutated.subarray(front));
        break;
      }
      default:
        mutated = joined(mutated, mutated.subarray(at, at + 100));
    }
  }
  return mutated;
}

const CHARACTERS = ['', '"', '\\', '{', '}', '[', ':', ',', '&', '=', '?', '#', '%', '%zz', '/', '//', '@', ' ', '\n', '<', '-', '_', '+', '0', '9', 'e308', 'null', '__proto__', '\u0000', 'ü', '\ud800', '💡', '\u202e'];

/** One to four changes of `text`. @param other another sample, to splice from */
export function mutateText(text: string, other: string, dice: Dice): string {
  let mutated = text;
  for (let left = 1 + below(dice, 4); left > 0; left--) {
    const at = below(dice, mutated.length + 1);
    switch (below(dice, 5)) {
      case 0:
        mutated = mutated.slice(0, at) + (CHARACTERS[below(dice, CHARACTERS.length)] as string) + mutated.slice(at + 1);
        break;
      case 1:
        mutated = mutated.slice(0, at) + String.fromCharCode(below(dice, 0x250)) + mutated.slice(at);
        break;
      case 2:
        mutated = mutated.slice(0, at);
        break;
      case 3:
        mutated = mutated.slice(0, at) + mutated.slice(at + 1 + below(dice, 10));
        break;
      default: {
        const from = below(dice, other.length + 1);
        mutated = mutated.slice(0, at) + other.slice(from, from + below(dice, 40)) + mutated.slice(at);
      }
    }
  }
  return mutated;
}

function joined(...pieces: Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
