import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import fc from 'fast-check';
import { decodeAccepted, decodeErrorAnswer, decodeSessionAnswer, encodeAnswer, HTTP_STATUS } from './answers';
import { toBase64Url } from './base64url';
import { identifiers } from './arbitraries';
import { ERROR_CODES, ProtocolError } from './errors';
import { toHex } from './hex';
import type { DeviceId, SpaceId } from './ids';
import { TOKEN_PREFIX } from './limits';
import {
  decodeFound,
  decodeJoin,
  decodeSession,
  encodeFound,
  encodeJoin,
  encodeSession,
  signedAdmission,
  signedFound,
  signedJoin,
  signedSession,
} from './requests';

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
  return 'none';
}

const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });
const times = fc.nat(Number.MAX_SAFE_INTEGER);
const founds = fc.record({
  ticket: bytes(16).map(toBase64Url),
  space: identifiers<SpaceId>(),
  deviceKey: bytes(32),
  admissionKey: bytes(32),
  time: times,
  signature: bytes(64),
});
const joins = fc.record({ space: identifiers<SpaceId>(), deviceKey: bytes(32), time: times, signature: bytes(64), admission: bytes(64) });
const sessions = fc.record({ space: identifiers<SpaceId>(), device: identifiers<DeviceId>(), time: times, nonce: bytes(16), signature: bytes(64) });

test('[P20] every request survives encoding and decoding', () => {
  fc.assert(fc.property(founds, (request) => expect(decodeFound(encodeFound(request))).toEqual(request)));
  fc.assert(fc.property(joins, (request) => expect(decodeJoin(encodeJoin(request))).toEqual(request)));
  fc.assert(fc.property(sessions, (request) => expect(decodeSession(encodeSession(request))).toEqual(request)));
});

describe('[P21] a body has exactly its members, each of its form', () => {
  const [good] = fc.sample(founds, { numRuns: 1, seed: 1 });
  if (good === undefined) throw new Error('no sample');
  const body = JSON.parse(encodeFound(good)) as Record<string, unknown>;

  test.each<[string, unknown]>([
    ['not JSON', '{'],
    ['a list', []],
    ['null', null],
    ['a member too many', { ...body, more: 1 }],
    ['a member missing', Object.fromEntries(Object.entries(body).slice(1))],
    ['a member of the prototype', { ...body, time: undefined, ['__proto__']: 1 }],
    ['a key too short', { ...body, deviceKey: toBase64Url(new Uint8Array(31)) }],
    ['a key with padding', { ...body, deviceKey: `${String(body.deviceKey)}=` }],
    ['a key not in its shortest form', { ...body, deviceKey: `${'A'.repeat(42)}B` }],
    ['a number for a key', { ...body, deviceKey: 1 }],
    ['an upper-case id', { ...body, space: 'A'.repeat(32) }],
    ['a fractional time', { ...body, time: 0.5 }],
    ['a negative time', { ...body, time: -1 }],
    ['a time as text', { ...body, time: '1' }],
  ])('%s', (_, wrong) => {
    expect(codeOf(() => decodeFound(typeof wrong === 'string' ? wrong : JSON.stringify(wrong)))).toBe('BAD_FRAME');
  });

  test('4 KiB at most', () => {
    expect(codeOf(() => decodeFound(`{"ticket":"${'x'.repeat(5000)}"}`))).toBe('TOO_LARGE');
  });
});

test('[P22] what is signed names its purpose and every field', () => {
  const space = '11'.repeat(16) as SpaceId;
  const otherSpace = '12'.repeat(16) as SpaceId;
  const key = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
  const found = { ticket: toBase64Url(new Uint8Array(16).fill(1)), space, deviceKey: key(2), admissionKey: key(3), time: 4 };
  const join = { space, deviceKey: key(2), time: 4 };
  const session = { space, device: '13'.repeat(16) as DeviceId, time: 4, nonce: new Uint8Array(16).fill(5) };
  const signed = [
    signedFound(found),
    signedFound({ ...found, ticket: toBase64Url(new Uint8Array(16).fill(6)) }),
    signedFound({ ...found, space: otherSpace }),
    signedFound({ ...found, deviceKey: key(6) }),
    signedFound({ ...found, admissionKey: key(6) }),
    signedFound({ ...found, time: 6 }),
    signedJoin(join),
    signedJoin({ ...join, space: otherSpace }),
    signedJoin({ ...join, deviceKey: key(6) }),
    signedJoin({ ...join, time: 6 }),
    signedAdmission(join),
    signedAdmission({ ...join, space: otherSpace }),
    signedAdmission({ ...join, deviceKey: key(6) }),
    signedSession(session),
    signedSession({ ...session, space: otherSpace }),
    signedSession({ ...session, device: '14'.repeat(16) as DeviceId }),
    signedSession({ ...session, time: 6 }),
    signedSession({ ...session, nonce: new Uint8Array(16).fill(6) }),
  ].map((value) => toHex(value));
  expect(new Set(signed).size).toBe(signed.length);
  for (const value of signed) expect(value).toMatch(/^626c6f636b776972652031/); // "blockwire 1": never a suite number
});

test('[P22] a signature over a request is checked from what was received', () => {
  const seed = Buffer.from('302e020100300506032b657004220420' + '42'.repeat(32), 'hex');
  const key = createPrivateKey({ key: seed, format: 'der', type: 'pkcs8' });
  fc.assert(
    fc.property(sessions, (request) => {
      const signature = new Uint8Array(sign(null, signedSession(request), key));
      const received = decodeSession(encodeSession({ ...request, signature }));
      expect(verify(null, signedSession(received), createPublicKey(key), received.signature)).toBe(true);
      expect(verify(null, signedSession({ ...received, time: received.time === 0 ? 1 : 0 }), createPublicKey(key), received.signature)).toBe(false);
    }),
    { numRuns: 20 },
  );
});

describe('[P26] answers', () => {
  test('survive encoding and decoding', () => {
    const token = toBase64Url(new Uint8Array(32).fill(5));
    expect(decodeAccepted(encodeAnswer({ now: 5 }))).toEqual({ now: 5 });
    expect(decodeSessionAnswer(encodeAnswer({ token, expiresIn: 10, now: 5 }))).toEqual({ token, expiresIn: 10, now: 5 });
    for (const code of ERROR_CODES) {
      expect(decodeErrorAnswer(encodeAnswer({ code, message: 'Why.', now: 5 }))).toEqual({ code, message: 'Why.', now: 5 });
    }
  });

  test.each(['<html>502</html>', '{}', '{"code":"NOPE","message":"","now":1}', '{"code":"INTERNAL","message":1,"now":1}'])('%s is no answer of a relay', (body) => {
    expect(codeOf(() => decodeErrorAnswer(body))).toBe('BAD_FRAME');
  });

  test('[P27] a token is 32 bytes and fits a subprotocol', () => {
    const token = toBase64Url(globalThis.crypto.getRandomValues(new Uint8Array(32)));
    expect(`${TOKEN_PREFIX}${token}`).toMatch(/^[\w.-]+$/); // a token of RFC 9110, as RFC 6455 wants it
    expect(codeOf(() => decodeSessionAnswer('{"token":"a b","expiresIn":1,"now":1}'))).toBe('BAD_FRAME');
  });

  test('every code has an HTTP status', () => {
    for (const code of ERROR_CODES) expect(HTTP_STATUS[code]).toBeGreaterThanOrEqual(400);
  });
});
