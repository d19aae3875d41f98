import fc from 'fast-check';
import { headers } from './arbitraries';
import type { EntryHeader } from './entry';
import {
  assembleEntry,
  assembleSigned,
  encodeHeader,
  ENTRY_OVERHEAD,
  HEADER_BYTES,
  HeaderReader,
  NONCE_BYTES,
  readEntry,
  readEntryHeader,
  SIGNATURE_BYTES,
  TAG_BYTES,
} from './entry-codec';
import { ProtocolError } from './errors';
import type { Alias, DeviceId, Digest, SpaceId } from './ids';
import { LIMITS } from './limits';

const header: EntryHeader = {
  suite: 1,
  kind: 'update',
  space: '11'.repeat(16) as SpaceId,
  epoch: 0,
  device: '22'.repeat(16) as DeviceId,
  lane: 'live',
  counter: 1,
  previous: '00'.repeat(16) as Digest,
  alias: '33'.repeat(16) as Alias,
  covers: 0,
  part: 0,
  parts: 1,
};

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
  return 'none';
}

function entryOf(from: EntryHeader, ciphertext = new Uint8Array(TAG_BYTES)): Uint8Array {
  const signed = assembleSigned(encodeHeader(from), new Uint8Array(NONCE_BYTES).fill(7), ciphertext);
  return assembleEntry(signed, new Uint8Array(SIGNATURE_BYTES).fill(9));
}

test('[P10] a sealed entry comes apart into what it was made of', () => {
  fc.assert(
    fc.property(headers, fc.uint8Array({ minLength: TAG_BYTES, maxLength: 200 }), (from, ciphertext) => {
      const entry = entryOf(from, ciphertext);
      const parts = readEntry(entry);
      expect(parts.header).toEqual(from);
      expect(parts.headerBytes).toEqual(encodeHeader(from));
      expect(parts.nonce).toEqual(new Uint8Array(NONCE_BYTES).fill(7));
      expect(parts.ciphertext).toEqual(ciphertext);
      expect(parts.signature).toEqual(new Uint8Array(SIGNATURE_BYTES).fill(9));
      expect(parts.signed).toEqual(entry.subarray(0, entry.length - SIGNATURE_BYTES));
    }),
  );
});

test('[P10] a reader of many headers gives each as it is, whatever came before', () => {
  const few = fc.constantFrom('0', '1', 'a').map((digit) => digit.repeat(32));
  const ids = fc.record({ space: few, device: few, alias: few }) as fc.Arbitrary<Pick<EntryHeader, 'space' | 'device' | 'alias'>>;
  fc.assert(
    fc.property(fc.array(fc.tuple(headers, ids), { maxLength: 20 }), (list) => {
      const reader = new HeaderReader();
      for (const [from, some] of list) {
        const entry = entryOf({ ...from, ...some });
        const { previous, ...rest } = readEntryHeader(entry);
        expect(previous).toBe(from.previous);
        expect(reader.read(entry)).toEqual(rest);
      }
    }),
  );
});

test('[P10] an entry is read where it lies inside a larger buffer', () => {
  const entry = entryOf({ ...header, counter: 77 });
  const larger = new Uint8Array(entry.length + 10);
  larger.set(entry, 5);
  expect(readEntryHeader(larger.subarray(5, 5 + entry.length)).counter).toBe(77);
});

test('[P10] the overhead is what it says', () => {
  expect(entryOf(header)).toHaveLength(ENTRY_OVERHEAD);
  expect(HEADER_BYTES).toBe(91);
  expect(ENTRY_OVERHEAD).toBe(195);
});

test('[P11] another suite is another version, whatever follows it', () => {
  for (const suite of [0, 2, 255]) expect(codeOf(() => readEntryHeader(Uint8Array.of(suite)))).toBe('VERSION');
});

describe('[P12] a header out of range', () => {
  test.each<[string, Partial<EntryHeader>]>([
    ['a counter of 0', { counter: 0 }],
    ['a counter above 2^53 - 1', { counter: 2 ** 53 }],
    ['an epoch above 2^32 - 1', { epoch: 2 ** 32 }],
    ['an update that covers something', { covers: 1 }],
    ['no parts', { parts: 0 }],
    ['a part past the last', { part: 2, parts: 2 }],
    ['more parts than allowed', { parts: LIMITS.parts + 1 }],
    ['a short identifier', { alias: '33' as Alias }],
  ])('%s is not encoded', (_, change) => {
    expect(codeOf(() => encodeHeader({ ...header, ...change }))).toBe('BAD_FRAME');
  });

  test.each<[string, number, number]>([
    ['an unknown kind', 1, 2],
    ['an unknown lane', 2, 2],
    ['a counter of 0', 78, 0],
    ['a counter above 2^53 - 1', 71, 0x20],
    ['an update that covers something', 86, 1],
    ['no parts', 90, 0],
    ['a part past the last', 88, 1],
  ])('%s is not read', (_, at, value) => {
    const entry = entryOf(header);
    entry[at] = value;
    expect(codeOf(() => readEntry(entry))).toBe('BAD_FRAME');
  });
});

test('[P13] an entry is from its overhead to 256 KiB long', () => {
  const entry = entryOf(header);
  expect(codeOf(() => readEntry(entry.subarray(0, -1)))).toBe('BAD_FRAME');
  expect(codeOf(() => readEntry(new Uint8Array()))).toBe('BAD_FRAME');
  expect(readEntry(entryOf(header, new Uint8Array(LIMITS.entry - ENTRY_OVERHEAD + TAG_BYTES))).ciphertext).toHaveLength(
    LIMITS.entry - ENTRY_OVERHEAD + TAG_BYTES,
  );
  expect(codeOf(() => entryOf(header, new Uint8Array(LIMITS.entry - ENTRY_OVERHEAD + TAG_BYTES + 1)))).toBe('TOO_LARGE');
  expect(codeOf(() => readEntry(new Uint8Array(LIMITS.entry + 1).fill(1)))).toBe('TOO_LARGE');
});
