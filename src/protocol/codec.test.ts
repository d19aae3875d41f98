import fc from 'fast-check';
import { clientFrames, relayFrames } from './arbitraries';
import { decodeClientFrame, decodeRelayFrame, encodeFrame } from './codec';
import { ProtocolError } from './errors';
import type { ClientFrame, Frame, RelayFrame } from './frames';
import { fromHex, toHex } from './hex';
import type { Alias, DeviceId, Digest, FileId } from './ids';
import { LIMITS } from './limits';

const ID = '00112233445566778899aabbccddeeff';
const alias = ID as Alias;
const device = ID as DeviceId;
const digest = ID as Digest;

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
  return 'none';
}

test('[P1] every client frame survives encoding and decoding', () => {
  fc.assert(fc.property(clientFrames, (frame) => expect(decodeClientFrame(encodeFrame(frame))).toEqual(frame)));
});

test('[P1] every relay frame survives encoding and decoding', () => {
  fc.assert(fc.property(relayFrames, (frame) => expect(decodeRelayFrame(encodeFrame(frame))).toEqual(frame)));
});

test('[P2] the two directions share no type byte', () => {
  fc.assert(fc.property(clientFrames, (frame) => expect(codeOf(() => decodeRelayFrame(encodeFrame(frame)))).toBe('BAD_FRAME')));
  fc.assert(fc.property(relayFrames, (frame) => expect(codeOf(() => decodeClientFrame(encodeFrame(frame)))).toBe('BAD_FRAME')));
});

test('[P3] a frame cut short or with a byte too many is refused', () => {
  fc.assert(
    fc.property(fc.oneof(clientFrames, relayFrames), fc.double({ min: 0, max: 1, noNaN: true }), (frame, where) => {
      const bytes = encodeFrame(frame);
      const decode = isFromRelay(frame) ? decodeRelayFrame : decodeClientFrame;
      expect(codeOf(() => decode(bytes.subarray(0, Math.floor(where * (bytes.length - 1)))))).toMatch(/^(BAD_FRAME|TOO_LARGE)$/);
      expect(codeOf(() => decode(Uint8Array.of(...bytes, 0)))).toBe('BAD_FRAME');
    }),
  );
});

describe('[P4] numbers', () => {
  const confirm = (hex: string): Uint8Array => fromHex(`05${ID}${hex}`);

  test.each([
    ['00', 0],
    ['7f', 127],
    ['8001', 128],
    ['ffffffffffffff0f', Number.MAX_SAFE_INTEGER],
  ])('%s is %d', (hex, value) => {
    expect(decodeClientFrame(confirm(hex))).toEqual({ type: 'confirm', alias, sequence: value });
  });

  test.each([
    ['not in the shortest form', '8000'],
    ['above 2^53 - 1', 'ffffffffffffff10'],
    ['longer than eight bytes', 'ffffffffffffffff01'],
    ['unended', 'ff'],
  ])('%s are refused', (_, hex) => {
    expect(codeOf(() => decodeClientFrame(confirm(hex)))).toBe('BAD_FRAME');
  });

  test.each([-1, 0.5, Number.NaN, Number.MAX_SAFE_INTEGER + 1])('%d is not encoded', (sequence) => {
    expect(codeOf(() => encodeFrame({ type: 'confirm', alias, sequence }))).toBe('BAD_FRAME');
  });
});

test('[P4] a boolean is 0 or 1', () => {
  expect(codeOf(() => decodeClientFrame(fromHex('0702')))).toBe('BAD_FRAME');
});

test('[P5] what decodes, encodes to the same bytes', () => {
  fc.assert(
    fc.property(fc.oneof(clientFrames, relayFrames), fc.nat(), fc.nat(255), (frame, at, value) => {
      const bytes = encodeFrame(frame).slice();
      bytes[at % bytes.length] = value;
      const decode = isFromRelay(frame) ? decodeRelayFrame : decodeClientFrame;
      let decoded: Frame;
      try {
        decoded = decode(bytes);
      } catch {
        return;
      }
      expect(toHex(encodeFrame(decoded))).toBe(toHex(bytes));
    }),
    { numRuns: 2000 },
  );
});

test('[P6] entries in a frame have strictly ascending sequences from 1', () => {
  for (const sequences of [[0], [2, 2], [3, 1]]) {
    const entries = sequences.map((sequence) => ({ sequence, bytes: new Uint8Array(1) }));
    expect(codeOf(() => encodeFrame({ type: 'entries', entries }))).toBe('BAD_FRAME');
    const hex = sequences.map((sequence) => `0${sequence}01ff`).join('');
    expect(codeOf(() => decodeRelayFrame(fromHex(`430${sequences.length}${hex}`)))).toBe('BAD_FRAME');
  }
});

test('[P7] a welcome names each lane once, in any order', () => {
  const live = { lane: 'live' as const, counter: 3, digest };
  const bulk = { lane: 'bulk' as const, counter: 0, digest };
  const welcome = (lanes: (typeof live | typeof bulk)[]): RelayFrame => ({ type: 'welcome', head: 0, match: 0, lanes, peers: { connected: [], visible: [] } });
  expect(decodeRelayFrame(encodeFrame(welcome([bulk, live])))).toEqual(welcome([live, bulk]));
  expect(codeOf(() => encodeFrame(welcome([live])))).toBe('BAD_FRAME');
  expect(codeOf(() => encodeFrame(welcome([live, live])))).toBe('BAD_FRAME');
});

test('[P8] peers are named once, and the visible are among the connected', () => {
  expect(codeOf(() => encodeFrame({ type: 'peers', peers: { connected: [device, device], visible: [] } }))).toBe('BAD_FRAME');
  expect(codeOf(() => encodeFrame({ type: 'peers', peers: { connected: [], visible: [device] } }))).toBe('BAD_FRAME');
  expect(codeOf(() => decodeRelayFrame(fromHex(`4702${ID}00${ID}01`)))).toBe('BAD_FRAME');
});

describe('[P9] limits', () => {
  const blob = (length: number): Uint8Array => new Uint8Array(length);
  const tooLarge: [string, Frame][] = [
    ['nine cursors', { type: 'open', cursors: Array.from({ length: 9 }, () => ({ sequence: 1, digest })), visible: true }],
    ['65 aliases', { type: 'read', request: 1, after: 0, compact: false, aliases: Array.from({ length: 65 }, () => alias) }],
    ['an entry of 256 KiB and a byte', { type: 'append', entries: [blob(LIMITS.entry + 1)] }],
    ['two entries that together pass the frame', { type: 'append', entries: [blob(200_000), blob(200_000)] }],
    ['4,097 entries', { type: 'append', entries: Array.from({ length: 4097 }, () => blob(1)) }],
    ['a presence of 8 KiB and a byte', { type: 'presence', bytes: blob(LIMITS.presence + 1) }],
    ['an error of 513 bytes', { type: 'error', code: 'INTERNAL', message: 'x'.repeat(513) }],
  ];
  test.each(tooLarge)('%s is not encoded', (_, frame) => expect(codeOf(() => encodeFrame(frame))).toBe('TOO_LARGE'));

  test('the largest entry passes in a frame of its own', () => {
    const frame: ClientFrame = { type: 'append', entries: [blob(LIMITS.entry)] };
    expect(decodeClientFrame(encodeFrame(frame))).toEqual(frame);
  });

  test('an append holds at least one entry', () => {
    expect(codeOf(() => encodeFrame({ type: 'append', entries: [] }))).toBe('BAD_FRAME');
    expect(codeOf(() => decodeClientFrame(fromHex('0200')))).toBe('BAD_FRAME');
  });

  test('an oversized message is refused before it is read', () => {
    expect(codeOf(() => decodeClientFrame(blob(LIMITS.frame + 1)))).toBe('TOO_LARGE');
  });

  test('a claimed length allocates nothing', () => {
    // 4,000 entries are claimed, none follow.
    expect(codeOf(() => decodeClientFrame(fromHex('02a01f')))).toBe('BAD_FRAME');
    expect(codeOf(() => decodeClientFrame(fromHex('02ffffffffffffff0f')))).toBe('TOO_LARGE');
  });
});

describe('[P48] frames of files', () => {
  const file = ID as FileId;
  const bytes = new Uint8Array(LIMITS.fileChunk);

  test.each<[string, Frame, string]>([
    ['a chunk that is too short', { type: 'put', file, index: 0, count: 1, bytes: bytes.subarray(1) }, 'BAD_FRAME'],
    ['an index at the count', { type: 'put', file, index: 2, count: 2, bytes }, 'BAD_FRAME'],
    ['more chunks than a file has', { type: 'put', file, index: 0, count: LIMITS.fileChunks + 1, bytes }, 'TOO_LARGE'],
    ['an index beyond all files', { type: 'get', file, index: LIMITS.fileChunks }, 'BAD_FRAME'],
    ['more chunks held than a file has', { type: 'held', file, next: LIMITS.fileChunks + 1 }, 'TOO_LARGE'],
  ])('%s is not encoded', (_, frame, code) => expect(codeOf(() => encodeFrame(frame))).toBe(code));

  test.each([
    ['put of no chunk', `0a${ID}000100`],
    ['put of chunk 1 of 1', `0a${ID}0101`],
    ['get with a byte too many', `0b${ID}0000`],
    ['files with a member', '0800'],
  ])('%s is refused', (_, hex) => expect(codeOf(() => decodeClientFrame(fromHex(hex)))).toBe('BAD_FRAME'));

  test('a refusal has a code of the list', () => expect(codeOf(() => decodeRelayFrame(fromHex(`4d${ID}00ff`)))).toBe('BAD_FRAME'));

  test('a chunk with its frame stays below 16 KiB', () => {
    expect(encodeFrame({ type: 'put', file, index: LIMITS.fileChunks - 1, count: LIMITS.fileChunks, bytes }).length).toBeLessThan(16 * 1024);
  });
});

test('[P1] identifiers are 32 lower-case hexadecimal digits', () => {
  for (const id of ['', ID.toUpperCase(), ID.slice(2), `${ID}00`, ID.replace('0', 'g')]) {
    expect(codeOf(() => encodeFrame({ type: 'lease', alias: id as Alias }))).toBe('BAD_FRAME');
  }
});

function isFromRelay(frame: Frame): frame is RelayFrame {
  return (encodeFrame(frame)[0] as number) >= 0x41;
}
