import fc from 'fast-check';
import { ByteStrings, encodeByteString } from './byte-strings';
import { ProtocolError } from './errors';
import { LIMITS } from './limits';
import { BEAT, decodeCode, decodeOffer, encodeBegin, encodeCode, encodeOffer, END, IS_THERE, readOnStream, THERE, webTransportUrl } from './webtransport';

const hash = (byte: number, length = 32): Uint8Array => new Uint8Array(length).fill(byte);

test('[P100] an offer is read back as it was written, and nothing shorter or longer is', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 65_535 }), fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), { minLength: 1, maxLength: 4 }), (port, hashes) => {
      const bytes = encodeOffer({ port, hashes });
      expect(decodeOffer(bytes)).toEqual({ port, hashes });
      expect(() => decodeOffer(bytes.subarray(0, -1))).toThrow(ProtocolError);
      expect(() => decodeOffer(Uint8Array.of(...bytes, 0))).toThrow(ProtocolError);
    }),
  );
  expect(Buffer.from(encodeOffer({ port: 4747, hashes: [hash(1)] })).toString('hex')).toBe(`4e8b250120${'01'.repeat(32)}`);
});

test('[P100] port 0 takes an offer back; a port or hash that is none is refused; another frame is no offer', () => {
  expect(decodeOffer(encodeOffer({ port: 0, hashes: [] }))).toEqual({ port: 0, hashes: [] });
  for (const offer of [{ port: 0, hashes: [hash(1)] }, { port: 65_536, hashes: [hash(1)] }, { port: 1, hashes: [] }, { port: 1, hashes: [hash(1, 31)] }, { port: 1, hashes: [1, 2, 3, 4, 5].map((byte) => hash(byte)) }]) {
    expect(() => decodeOffer(encodeOffer(offer))).toThrow(ProtocolError);
  }
  expect(decodeOffer(Uint8Array.of(0x41, 1))).toBeNull();
  expect(decodeOffer(new Uint8Array(0))).toBeNull();
});

test('[P102] the address of a session is the relay’s host with the port of the offer', () => {
  expect(webTransportUrl('https://relay.example.org/notes', 4747)).toBe('https://relay.example.org:4747/v1/webtransport');
  expect(webTransportUrl('http://127.0.0.1:4747', 5000)).toBe('https://127.0.0.1:5000/v1/webtransport');
  expect(webTransportUrl('http://[::1]:4747', 5000)).toBe('https://[::1]:5000/v1/webtransport');
});

test('[P102] [P106] what stands on a stream is told apart by its first byte', () => {
  const only = (bytes: Uint8Array): ReturnType<typeof readOnStream> => {
    const [first, ...more] = new ByteStrings(LIMITS.frame).take(bytes);
    if (first === undefined || more.length > 0) throw new Error('Not one.');
    return readOnStream(first);
  };
  expect(only(BEAT)).toEqual({ type: 'beat' });
  expect(only(END)).toEqual({ type: 'control', bytes: new Uint8Array(0) });
  expect(only(encodeBegin(hash(7)))).toEqual({ type: 'control', bytes: hash(7) });
  expect(only(THERE)).toEqual({ type: 'control', bytes: Uint8Array.of(1) });
  for (const code of [0, IS_THERE, 1001, 4003]) {
    const control = only(encodeCode(code));
    expect(control.type === 'control' && decodeCode(control.bytes)).toBe(code);
  }
  expect(only(Uint8Array.of(2, 0x41, 0))).toEqual({ type: 'frame', bytes: Uint8Array.of(0x41, 0) });
  for (const bytes of [[], [0x80], [1, 0], [0x88, 0x27]]) expect(() => decodeCode(Uint8Array.from(bytes))).toThrow(ProtocolError);
});

test('[P102] byte strings are put together again, however their bytes come', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 }), fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }), (strings, sizes) => {
      const all = Uint8Array.from(strings.flatMap((each) => [...encodeByteString(each, 300)]));
      const reader = new ByteStrings(300);
      const taken: Uint8Array[] = [];
      for (let at = 0, i = 0; at < all.length; i++) {
        const size = sizes[i % sizes.length] ?? 1;
        taken.push(...reader.take(all.subarray(at, at + size)));
        at += size;
      }
      expect(taken.map((each) => [...each])).toEqual(strings.map((each) => [...each]));
    }),
  );
});

test('[P102] a byte string beyond the limit is refused at its length, and no room is made for one that is merely claimed', () => {
  const limit = 1000;
  expect(() => new ByteStrings(limit).take(Uint8Array.of(0xe9, 0x07))).toThrow(ProtocolError);
  expect(() => new ByteStrings(limit).take(Uint8Array.of(0xff, 0xff, 0xff))).toThrow(ProtocolError);
  expect(() => new ByteStrings(limit).take(Uint8Array.of(0x81, 0x00))).toThrow(ProtocolError);
  const reader = new ByteStrings(LIMITS.frame);
  expect(reader.take(Uint8Array.of(0x80, 0x80, 0x14))).toEqual([]);
  expect((reader as unknown as { held: Uint8Array }).held.length).toBe(3);
  expect(() => encodeByteString(new Uint8Array(limit + 1), limit)).toThrow(ProtocolError);
});

test('[P102] a long byte string that comes byte by byte is not copied with each of them', () => {
  const bytes = encodeByteString(new Uint8Array(LIMITS.frame).fill(9), LIMITS.frame);
  const reader = new ByteStrings(LIMITS.frame);
  const one = new Uint8Array(1);
  let copied = 0;
  const set = jest.spyOn(Uint8Array.prototype, 'set').mockImplementation(function (this: Uint8Array, from: ArrayLike<number>, at = 0) {
    copied += from.length;
    for (let i = 0; i < from.length; i++) this[at + i] = from[i] ?? 0;
  });
  let whole: Uint8Array[] = [];
  for (const byte of bytes) {
    one[0] = byte;
    whole = reader.take(one);
  }
  set.mockRestore();
  expect(whole[0]?.length).toBe(LIMITS.frame);
  expect(copied).toBeLessThan(4 * bytes.length);
});
