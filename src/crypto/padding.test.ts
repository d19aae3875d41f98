import fc from 'fast-check';
import { pad, paddedLength, unpad } from './padding';
import { SealError } from './seal-error';

test('[P14] what was padded comes back, also when it ends in zeros or marks', () => {
  const bodies = fc.tuple(fc.uint8Array({ maxLength: 5000 }), fc.array(fc.constantFrom(0, 0x80), { maxLength: 70 })).map(([head, tail]) => Uint8Array.of(...head, ...tail));
  fc.assert(
    fc.property(bodies, (body) => {
      const padded = pad(body);
      expect(padded).toHaveLength(paddedLength(body.length));
      expect(unpad(padded)).toEqual(body);
    }),
  );
});

test.each([
  [0, 64],
  [63, 64],
  [64, 128],
  [2047, 2048],
  [2048, 2176],
  [65_535, 65_536],
  [65_536, 67_584],
  [258_047, 258_048],
])('[P14] %d bytes are padded to %d', (length, padded) => expect(paddedLength(length)).toBe(padded));

test('[P14] padding costs at most 12 % above 1 KiB, and never shrinks with the body', () => {
  let last = 0;
  for (let length = 0; length < 300_000; length++) {
    const padded = paddedLength(length);
    if (padded < last || padded <= length || (length > 1024 && padded > 1.12 * (length + 1))) throw new Error(`${length} -> ${padded}`);
    last = padded;
  }
  expect(last).toBeGreaterThan(300_000);
});

test.each<[string, Uint8Array]>([
  ['nothing', new Uint8Array()],
  ['zeros alone', new Uint8Array(64)],
  ['another mark', new Uint8Array(64).fill(1)],
  ['a length that is no step', Uint8Array.of(1, 0x80)],
  ['a step more than needed', Uint8Array.of(0x80, ...new Uint8Array(127))],
])('[P14] %s is no padded body', (_, padded) => expect(() => unpad(padded)).toThrow(SealError));
