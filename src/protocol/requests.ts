/**
 * The signed requests by which a device founds a space, joins one and gets a session: JSON bodies, strictly validated, and the
 * exact bytes that are signed. PROTOCOL.md [P20]-[P25]. Nothing is signed or verified here.
 */
import { fromBase64Url, toBase64Url } from './base64url';
import type { DeviceId, SpaceId } from './ids';
import { JsonObject } from './json-object';
import { WireWriter } from './wire-writer';

export const KEY_BYTES = 32;
export const SIGNATURE_LENGTH = 64;
export const TICKET_BYTES = 16;
export const NONCE_LENGTH = 16;

/** Registers a new space with the relay that issued the ticket. */
export interface FoundRequest {
  readonly ticket: string;
  readonly space: SpaceId;
  /** Ed25519 public key of the first device. */
  readonly deviceKey: Uint8Array;
  /** Ed25519 public key that admits further devices; its secret half comes from the space's secret. */
  readonly admissionKey: Uint8Array;
  /** Device's clock, milliseconds since the epoch. */
  readonly time: number;
}
/** Adds a device to a space. */
export interface JoinRequest {
  readonly space: SpaceId;
  readonly deviceKey: Uint8Array;
  readonly time: number;
}
/** Asks for a session. */
export interface SessionRequest {
  readonly space: SpaceId;
  readonly device: DeviceId;
  readonly time: number;
  /** 16 random bytes; a relay takes each at most once. */
  readonly nonce: Uint8Array;
}
/** `signature`: by the device's key, over `signed…` of the request. */
export type Signed<Request> = Request & { readonly signature: Uint8Array };
/** `admission`: by the space's admission key, over `signedAdmission`. */
export type SignedJoin = Signed<JoinRequest> & { readonly admission: Uint8Array };

/** What the device signs to found a space. */
export function signedFound(request: FoundRequest): Uint8Array {
  const writer = domain('found');
  writer.blob(fromBase64Url(request.ticket, TICKET_BYTES), TICKET_BYTES);
  writer.id(request.space);
  writer.blob(request.deviceKey, KEY_BYTES);
  writer.blob(request.admissionKey, KEY_BYTES);
  writer.uint(request.time);
  return writer.finish();
}

/** What the device signs to join a space. */
export function signedJoin(request: JoinRequest): Uint8Array {
  const writer = domain('join');
  writer.id(request.space);
  writer.blob(request.deviceKey, KEY_BYTES);
  writer.uint(request.time);
  return writer.finish();
}

/** What the admission key signs: this device may join this space. Holds no time: it admits one key, for good. */
export function signedAdmission(request: Pick<JoinRequest, 'space' | 'deviceKey'>): Uint8Array {
  const writer = domain('admit');
  writer.id(request.space);
  writer.blob(request.deviceKey, KEY_BYTES);
  return writer.finish();
}

/** What the device signs to get a session. */
export function signedSession(request: SessionRequest): Uint8Array {
  const writer = domain('session');
  writer.id(request.space);
  writer.id(request.device);
  writer.uint(request.time);
  writer.blob(request.nonce, NONCE_LENGTH);
  return writer.finish();
}

/** @returns the JSON body of POST {prefix}/v1/found */
export function encodeFound(request: Signed<FoundRequest>): string {
  return JSON.stringify({
    ticket: request.ticket,
    space: request.space,
    deviceKey: toBase64Url(request.deviceKey),
    admissionKey: toBase64Url(request.admissionKey),
    time: request.time,
    signature: toBase64Url(request.signature),
  });
}

/** @throws ProtocolError BAD_FRAME or TOO_LARGE on anything but exactly these members */
export function decodeFound(body: string): Signed<FoundRequest> {
  const object = new JsonObject(body, ['ticket', 'space', 'deviceKey', 'admissionKey', 'time', 'signature']);
  return {
    ticket: object.encoded('ticket', TICKET_BYTES),
    space: object.id<SpaceId>('space'),
    deviceKey: object.bytes('deviceKey', KEY_BYTES),
    admissionKey: object.bytes('admissionKey', KEY_BYTES),
    time: object.integer('time'),
    signature: object.bytes('signature', SIGNATURE_LENGTH),
  };
}

/** @returns the JSON body of POST {prefix}/v1/join */
export function encodeJoin(request: SignedJoin): string {
  return JSON.stringify({
    space: request.space,
    deviceKey: toBase64Url(request.deviceKey),
    time: request.time,
    signature: toBase64Url(request.signature),
    admission: toBase64Url(request.admission),
  });
}

/** @throws ProtocolError as `decodeFound` */
export function decodeJoin(body: string): SignedJoin {
  const object = new JsonObject(body, ['space', 'deviceKey', 'time', 'signature', 'admission']);
  return {
    space: object.id<SpaceId>('space'),
    deviceKey: object.bytes('deviceKey', KEY_BYTES),
    time: object.integer('time'),
    signature: object.bytes('signature', SIGNATURE_LENGTH),
    admission: object.bytes('admission', SIGNATURE_LENGTH),
  };
}

/** @returns the JSON body of POST {prefix}/v1/session */
export function encodeSession(request: Signed<SessionRequest>): string {
  return JSON.stringify({
    space: request.space,
    device: request.device,
    time: request.time,
    nonce: toBase64Url(request.nonce),
    signature: toBase64Url(request.signature),
  });
}

/** @throws ProtocolError as `decodeFound` */
export function decodeSession(body: string): Signed<SessionRequest> {
  const object = new JsonObject(body, ['space', 'device', 'time', 'nonce', 'signature']);
  return {
    space: object.id<SpaceId>('space'),
    device: object.id<DeviceId>('device'),
    time: object.integer('time'),
    nonce: object.bytes('nonce', NONCE_LENGTH),
    signature: object.bytes('signature', SIGNATURE_LENGTH),
  };
}

/** No signature of one kind can pass for another, or for an entry, whose first byte is a suite number below 32. */
function domain(name: string): WireWriter {
  const writer = new WireWriter(192);
  const label = new TextEncoder().encode(`blockwire 1 ${name}\n`);
  for (const byte of label) writer.byte(byte);
  return writer;
}
