/**
 * Frames <-> bytes, as PROTOCOL.md [P1]-[P9] have it. A frame has exactly one byte form: what decodes, encodes to the same bytes.
 *
 * Byte strings in a decoded frame are views into the input. Copy one before keeping it longer than the frame.
 */
import { encodeRelayFrame, isRelayFrame, decodeRelayFrameBody } from './relay-frame-codec';
import { decodeClientFrameBody, encodeClientFrame } from './client-frame-codec';
import { ProtocolError } from './errors';
import { FILE_ANSWER } from './file-frame-codec';
import type { ClientFrame, Frame, RelayFrame } from './frames';
import { LIMITS } from './limits';
import { WireReader } from './wire-reader';

/**
 * @returns the bytes of one WebSocket message, a view that nothing else shares
 * @throws ProtocolError when the frame breaks a limit or holds an impossible value
 */
export function encodeFrame(frame: Frame): Uint8Array {
  const bytes = (isRelayFrame(frame) ? encodeRelayFrame(frame) : encodeClientFrame(frame)).finish();
  if (bytes.length > LIMITS.frame) throw tooLarge();
  return bytes;
}

const KINDS: Readonly<Record<number, 'welcome' | 'leased'>> = { 0x41: 'welcome', 0x45: 'leased' };

/** What a frame of a relay is about, by its first byte alone: for whoever passes frames on. */
export function frameKind(bytes: Uint8Array): 'welcome' | 'leased' | 'files' | 'other' {
  const type = bytes[0] ?? 0;
  return type >= FILE_ANSWER.filing && type <= FILE_ANSWER.unstored ? 'files' : (KINDS[type] ?? 'other');
}

/** What a relay receives. @throws ProtocolError BAD_FRAME or TOO_LARGE, nothing else */
export function decodeClientFrame(bytes: Uint8Array): ClientFrame {
  return decode(bytes, decodeClientFrameBody);
}

/** What a device receives. @throws ProtocolError BAD_FRAME or TOO_LARGE, nothing else */
export function decodeRelayFrame(bytes: Uint8Array): RelayFrame {
  return decode(bytes, decodeRelayFrameBody);
}

function decode<T>(bytes: Uint8Array, read: (reader: WireReader) => T): T {
  if (bytes.length > LIMITS.frame) throw tooLarge();
  const reader = new WireReader(bytes);
  const frame = read(reader);
  reader.end();
  return frame;
}

function tooLarge(): ProtocolError {
  return new ProtocolError('TOO_LARGE', `A frame is larger than ${LIMITS.frame} bytes.`);
}
