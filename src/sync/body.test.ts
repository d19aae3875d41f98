import fc from 'fast-check';
import { LIMITS } from '../protocol';
import { BodyError, decodeBody, encodeBody, joinBody, splitBody } from './body';

const bodies = fc.record({
  time: fc.nat(),
  digest: fc.stringMatching(/^[0-9a-f]{0,32}$/),
  updates: fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 }),
});

test('[S1] a body survives encoding and decoding', () => {
  fc.assert(fc.property(bodies, (body) => expect(decodeBody(encodeBody(body))).toEqual(body)));
});

test('[S1] a damaged body is a BodyError or another body, never anything else', () => {
  fc.assert(
    fc.property(bodies, fc.nat(), fc.nat(255), fc.nat(), (body, at, value, cut) => {
      const bytes = encodeBody(body);
      bytes[at % bytes.length] = value;
      for (const damaged of [bytes, bytes.subarray(0, cut % bytes.length)]) {
        try {
          decodeBody(damaged);
        } catch (error) {
          expect(error).toBeInstanceOf(BodyError);
        }
      }
    }),
    { numRuns: 5000 },
  );
});

test('[S1] bytes left over, cut off, or of a newer version are refused', () => {
  const bytes = encodeBody({ time: 1, digest: 'ab', updates: [Uint8Array.of(1, 2, 3)] });
  expect(() => decodeBody(Uint8Array.of(...bytes, 0))).toThrow(BodyError);
  for (let length = 0; length < bytes.length; length++) expect(() => decodeBody(bytes.subarray(0, length))).toThrow(BodyError);
  bytes[0] = 2;
  let reason = '';
  try {
    decodeBody(bytes);
  } catch (error) {
    reason = error instanceof BodyError ? error.reason : 'another error';
  }
  expect(reason).toBe('newer');
});

test('[S1] a claimed number of updates allocates nothing', () => {
  expect(() => decodeBody(Uint8Array.of(1, 0, 0, 0xff, 0xff, 0xff, 0x7f))).toThrow(BodyError);
});

const PART = 16 * 1024;
test.each([0, 1, PART, PART + 1, 5 * PART - 1, 20 * 1024 * 1024, 48 * 1024 * 1024])('[S6] %d bytes go in parts and come back', (length) => {
  const bytes = new Uint8Array(length).map((_, at) => at * 7);
  const parts = splitBody(bytes);
  expect(parts.length).toBeGreaterThan(0);
  expect(parts.length).toBeLessThanOrEqual(LIMITS.parts);
  for (const part of parts) expect(part.length).toBeLessThanOrEqual(length <= 8 * 1024 * 1024 ? PART : 4 * PART);
  expect(Buffer.compare(joinBody(parts), bytes)).toBe(0);
});

test('[S6] a body that no number of parts can carry is refused', () => {
  expect(() => splitBody(new Uint8Array(49 * 1024 * 1024))).toThrow(BodyError);
});
