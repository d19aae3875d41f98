/** Every decoder of bytes or texts that come from outside, with valid samples to start from. */
import fc from 'fast-check';
import { deriveSpace, fileKeysOf, nobleEd25519, openChunk, openEntry, openPresence, SealError, sealChunk, sealEntry, sealPresence, type Verifier } from '../../src/crypto';
import { pad, unpad } from '../../src/crypto/padding';
import {
  ByteStrings,
  decodeAccepted,
  decodeClientFrame,
  decodeErrorAnswer,
  decodeFound,
  decodeJoin,
  decodeOffer,
  decodePollAnswer,
  decodePollRequest,
  decodeRelayFrame,
  decodeSession,
  decodeSessionAnswer,
  encodeAnswer,
  encodeByteString,
  encodeFound,
  encodeFrame,
  encodeHeader,
  encodeJoin,
  encodeOffer,
  encodePollAnswer,
  encodePollRequest,
  encodeSession,
  formatLink,
  HEADER_BYTES,
  LIMITS,
  parseLink,
  parseRelayUrl,
  ProtocolError,
  readEntry,
  toBase64Url,
  toHex,
  type DeviceId,
  type SpaceId,
} from '../../src/protocol';
import { clientFrames, headers, identifiers, pollAnswers, pollRequests, relayFrames } from '../../src/protocol/arbitraries';
import { BodyError, decodeBody, encodeBody } from '../../src/sync/body';
import { diceOf, mutateBytes, mutateText } from './mutation';

/** @throws only what `refuses` names; anything else is a finding */
export interface Target {
  readonly name: string;
  /** Feeds `runs` mutated inputs, from `seed`. @returns how many were taken, the rest having been refused as they should */
  run(runs: number, seed: number): Promise<number>;
}

/** An input that made a decoder fail in a way it must not. */
export class Finding extends Error {
  override readonly name = 'Finding';
}

const SAMPLES = 300;

interface Decoder<Input> {
  readonly name: string;
  readonly samples: readonly Input[];
  readonly mutate: (sample: Input, other: Input, dice: () => number) => Input;
  readonly show: (input: Input) => string;
  /** Decodes, and checks what must hold of what was taken. */
  readonly decode: (input: Input) => void | Promise<void>;
  readonly refuses: new (...parameters: never[]) => Error;
}

function target<Input>(decoder: Decoder<Input>): Target {
  return {
    name: decoder.name,
    async run(runs, seed) {
      const dice = diceOf(seed);
      const pick = (): Input => decoder.samples[Math.floor(dice() * decoder.samples.length)] as Input; // never empty
      let taken = 0;
      for (let i = 0; i < runs; i++) {
        const input = decoder.mutate(pick(), pick(), dice);
        try {
          const pending = decoder.decode(input);
          if (pending !== undefined) await pending;
          taken++;
        } catch (error) {
          if (error instanceof decoder.refuses) continue;
          throw new Finding(`${decoder.name}, seed ${seed}, input ${i}: ${String(error)}\n${decoder.show(input)}`, { cause: error });
        }
      }
      return taken;
    },
  };
}

const sample = <T>(arbitrary: fc.Arbitrary<T>): T[] => fc.sample(arbitrary, { numRuns: SAMPLES, seed: 1 });
const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });

function ofBytes(name: string, samples: readonly Uint8Array[], decode: (input: Uint8Array) => void | Promise<void>): Target {
  return target({ name, samples, mutate: mutateBytes, show: toHex, decode, refuses: ProtocolError });
}
function ofSealed(name: string, samples: readonly Uint8Array[], decode: (input: Uint8Array) => void | Promise<void>): Target {
  return target({ name, samples, mutate: mutateBytes, show: toHex, decode, refuses: SealError });
}
function ofText(name: string, samples: readonly string[], decode: (input: string) => void): Target {
  return target({ name, samples, mutate: mutateText, show: (input) => JSON.stringify(input), decode, refuses: ProtocolError });
}

/** What was taken must have no other byte form. */
function same(again: Uint8Array, input: Uint8Array): void {
  if (again.length !== input.length || !again.every((byte, i) => byte === input[i])) throw new Error('decoded, but encodes to other bytes');
}
function equal(again: unknown, taken: unknown): void {
  if (JSON.stringify(again) !== JSON.stringify(taken)) throw new Error('decoded, but does not survive encoding');
}

function joined(strings: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(strings.flatMap((each) => [...encodeByteString(each, LIMITS.frame)]));
}

export async function createTargets(): Promise<Target[]> {
  const key = new Uint8Array(32).fill(1);
  const signer = await nobleEd25519.signer(key);
  // Signatures are forged here, to get at what lies behind them.
  const gullible: Verifier = { verify: async () => true };
  const constant = (length: number): Uint8Array => new Uint8Array(length).fill(9);
  const context = { spaceId: '11'.repeat(16), deviceId: '22'.repeat(16), epoch: 0 };
  const bodies = sample(fc.uint8Array({ maxLength: 300 })).slice(0, 50);
  const encodedHeaders = sample(headers).map(encodeHeader);
  const entries = await Promise.all(bodies.map((body, i) => sealEntry(encodedHeaders[i] as Uint8Array, body, key, signer, constant))); // 300 headers, 50 bodies
  const presences = await Promise.all(bodies.map((body) => sealPresence(context, body, key, signer, constant)));

  const fileKeys = fileKeysOf(deriveSpace(key), '0f'.repeat(32), 100_000);
  const chunks = [0, 1, 2].map((index) => sealChunk(fileKeys, index, new Uint8Array(100).fill(index), constant));

  const founds = fc.record({ ticket: bytes(16).map(toBase64Url), space: identifiers<SpaceId>(), deviceKey: bytes(32), admissionKey: bytes(32), time: fc.nat(), signature: bytes(64) });
  const joins = fc.record({ space: identifiers<SpaceId>(), deviceKey: bytes(32), time: fc.nat(), signature: bytes(64), admission: bytes(64) });
  const sessions = fc.record({ space: identifiers<SpaceId>(), device: identifiers<DeviceId>(), time: fc.nat(), nonce: bytes(16), signature: bytes(64) });
  const relays = ['https://relay.example', 'http://127.0.0.1:4600', 'https://user:pw@host/', 'https://a.b/c%20d', 'http://[::1]:1/', 'https://bücher.example/#x'];
  const links = sample(bytes(32)).flatMap((secret, i) => [
    formatLink({ type: 'setup', ticket: toBase64Url(secret.subarray(16)), relay: 'http://127.0.0.1:4600' }),
    formatLink({ type: 'pairing', secret, epoch: i, epochSecret: i === 0 ? null : secret, relays: ['https://relay.example/a', 'http://127.0.0.1:4600'].slice(i % 2) }),
  ]);

  return [
    ofBytes('client frame', sample(clientFrames).map(encodeFrame), (input) => same(encodeFrame(decodeClientFrame(input)), input)),
    ofBytes('relay frame', sample(relayFrames).map(encodeFrame), (input) => same(encodeFrame(decodeRelayFrame(input)), input)),
    ofBytes('poll request', sample(pollRequests).map(encodePollRequest), (input) => same(encodePollRequest(decodePollRequest(input)), input)),
    ofBytes('poll answer', sample(pollAnswers).map(encodePollAnswer), (input) => same(encodePollAnswer(decodePollAnswer(input)), input)),
    ofBytes('offer', sample(fc.array(bytes(32), { minLength: 1, maxLength: 4 })).map((hashes, i) => encodeOffer({ port: i + 1, hashes })), (input) => {
      const offer = decodeOffer(input);
      if (offer !== null) same(encodeOffer(offer), input);
    }),
    ofBytes('byte strings', sample(fc.array(fc.uint8Array({ maxLength: 200 }), { minLength: 1, maxLength: 4 })).map(joined), (input) => {
      const taken = new ByteStrings(LIMITS.frame).take(input);
      same(joined(taken), input.subarray(0, joined(taken).length));
    }),
    ofBytes('entry', entries, (input) => {
      const parts = readEntry(input);
      same(encodeHeader(parts.header), parts.headerBytes);
      if (parts.signed.length + parts.signature.length !== input.length) throw new Error('bytes of an entry are missing');
    }),
    target({
      name: 'entry body',
      samples: sample(fc.record({ time: fc.nat(), digest: fc.constantFrom('', '0f'.repeat(16)), updates: fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 5 }) })).map(encodeBody),
      mutate: mutateBytes,
      show: toHex,
      decode: (input) => {
        const body = decodeBody(input);
        equal(decodeBody(encodeBody(body)), body);
      },
      refuses: BodyError,
    }),
    ofSealed('sealed entry', entries, async (input) => void (await openEntry(input, HEADER_BYTES, key, gullible))),
    ofSealed('sealed presence', presences, async (input) => void (await openPresence(context, input, key, gullible))),
    ofSealed('file chunk', chunks, (input) => void openChunk(fileKeys, 0, input, 100)),
    ofSealed('padding', bodies.map(pad), (input) => same(pad(unpad(input)), input)),
    ofText('found request', sample(founds).map(encodeFound), (input) => equal(decodeFound(encodeFound(decodeFound(input))), decodeFound(input))),
    ofText('join request', sample(joins).map(encodeJoin), (input) => equal(decodeJoin(encodeJoin(decodeJoin(input))), decodeJoin(input))),
    ofText('session request', sample(sessions).map(encodeSession), (input) => equal(decodeSession(encodeSession(decodeSession(input))), decodeSession(input))),
    ofText('accepted answer', [encodeAnswer({ now: 1700000000000 })], (input) => void decodeAccepted(input)),
    ofText('session answer', sample(bytes(32)).map((token) => encodeAnswer({ token: toBase64Url(token), expiresIn: 86400000, now: 1700000000000 })), (input) => void decodeSessionAnswer(input)),
    ofText('error answer', [encodeAnswer({ code: 'CLOCK_SKEW', message: 'Why.', now: 1700000000000 })], (input) => void decodeErrorAnswer(input)),
    ofText('link', links, (input) => {
      const link = parseLink(input);
      equal(parseLink(formatLink(link)), link);
    }),
    ofText('relay address', relays, (input) => equal(parseRelayUrl(parseRelayUrl(input)), parseRelayUrl(input))),
  ];
}
