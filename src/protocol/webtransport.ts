/** What WebTransport adds to the wire: the relay's offer of it, and what stands on a stream beside frames. PROTOCOL.md [P100]-[P102]. */
import { TOKEN_BYTES } from './answers';
import { encodeByteString } from './byte-strings';
import { LIMITS } from './limits';
import { malformed, WireReader } from './wire-reader';
import { WireWriter } from './wire-writer';

/** A device names it among the subprotocols of its WebSocket to be told of offers. */
export const OFFERS = 'blockwire.webtransport';

/** Where a session can be opened. `hashes`: SHA-256 of the certificates that may be met there, 32 bytes each. Port 0, and no hash: nowhere now. */
export interface Offer {
  readonly port: number;
  readonly hashes: readonly Uint8Array[];
}

/** First byte of an offer. It is for the transport alone, and no frame of a connection. */
const OFFER = 0x4e;
const HASH = 32;
const HASHES = 4;

/** @throws ProtocolError when it breaks a limit */
export function encodeOffer({ port, hashes }: Offer): Uint8Array {
  const writer = new WireWriter(8 + hashes.length * (HASH + 1));
  writer.byte(OFFER);
  writer.uint(port);
  writer.uint(hashes.length);
  for (const hash of hashes) writer.blob(hash, HASH);
  return writer.finish();
}

/** @returns null for what is no offer at all @throws ProtocolError for an offer that is malformed */
export function decodeOffer(bytes: Uint8Array): Offer | null {
  if (bytes[0] !== OFFER) return null;
  const reader = new WireReader(bytes.subarray(1));
  const port = reader.uint();
  const hashes = reader.list(HASHES, HASH + 1, () => reader.blob(HASH).slice());
  reader.end();
  if (port > 65_535) throw malformed('a port that is none');
  if ((hashes.length === 0) !== (port === 0) || hashes.some(({ length }) => length !== HASH)) throw malformed('a hash is not 32 bytes');
  return { port, hashes };
}

/** Where a session is opened. @param relay as `parseRelayUrl` returned it */
export function webTransportUrl(relay: string, port: number): string {
  const url = new URL(relay);
  return `https://${url.hostname}:${port}/v1/webtransport`;
}

/** One byte string on a stream. `bytes` are a view of it. */
export type OnStream =
  /** From the relay a question whether all before it has come; from the device the answer. */
  | { readonly type: 'beat' }
  | { readonly type: 'frame'; readonly bytes: Uint8Array }
  /** No frame begins so: from the device the session's token, or nothing, which ends the stream; from the relay a number. */
  | { readonly type: 'control'; readonly bytes: Uint8Array };

/** As it stands on the stream. */
export const BEAT = Uint8Array.of(0);
/** From a device: it ends the stream. As it stands there. */
export const END = Uint8Array.of(1, 0);
/** From a device: the question whether somebody is there, and the code that answers it. [P106] */
export const THERE = Uint8Array.of(2, 0, 1);
export const IS_THERE = 1;

export function readOnStream(bytes: Uint8Array): OnStream {
  if (bytes.length === 0) return { type: 'beat' };
  return bytes[0] === 0 ? { type: 'control', bytes: bytes.subarray(1) } : { type: 'frame', bytes };
}

export function encodeBegin(token: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(1 + TOKEN_BYTES);
  bytes.set(token, 1);
  return encodeByteString(bytes, LIMITS.frame);
}

/** @param code 0: the stream has begun; IS_THERE; else the close code that ends it */
export function encodeCode(code: number): Uint8Array {
  const writer = new WireWriter();
  writer.byte(0);
  writer.uint(code);
  return encodeByteString(writer.finish(), LIMITS.frame);
}

/** @param bytes of a relay's control, behind its first byte @throws ProtocolError */
export function decodeCode(bytes: Uint8Array): number {
  const reader = new WireReader(bytes);
  const code = reader.uint();
  reader.end();
  if (code > 4_999) throw malformed('a close code that is none');
  return code;
}
