/**
 * The two links that set Blockwire up, PROTOCOL.md [P31]-[P36]:
 *
 *   set-up    obsidian://blockwire?v=1&r=<relay>&t=<ticket>    shown by a relay, founds a space
 *   pairing   obsidian://blockwire?v=1&r=<relay>[&r2=<relay>[&r3=<relay>]]&e=<epoch>&k=<secret>[&n=<secret>]    shown by a device, joins its space
 *
 * Parameter names are unique because Obsidian hands a link to a plugin as a record. What has a fixed length comes last, so that
 * a link that was cut off is always noticed; they are read in any order.
 */
import { fromBase64Url, toBase64Url } from './base64url';
import { ProtocolError, type ErrorCode } from './errors';
import { LIMITS } from './limits';
import { parseRelayUrl } from './relay-url';
import { TICKET_BYTES } from './requests';

export type Link = SetupLink | PairingLink;

export interface SetupLink {
  readonly type: 'setup';
  /** 16 bytes as base64url. */
  readonly ticket: string;
  readonly relay: string;
}

export interface PairingLink {
  readonly type: 'pairing';
  /** The space's secret, 32 bytes. Whoever has it can read the space. */
  readonly secret: Uint8Array;
  /** Present key epoch. */
  readonly epoch: number;
  /** The present epoch's own secret, 32 bytes; null in epoch 0, whose secret is the space's. */
  readonly epochSecret: Uint8Array | null;
  /** Addresses of one relay, best first: 1 to 3. */
  readonly relays: readonly string[];
}

/** Why a link could not be read; `message` is a sentence for people and never repeats the link. */
export class LinkError extends ProtocolError {
  constructor(
    readonly reason: 'not-a-link' | 'web-link' | 'other-action' | 'version' | 'incomplete' | 'damaged' | 'relay' | 'too-long',
    message: string,
  ) {
    super(CODES[reason] ?? 'BAD_FRAME', message);
  }
}
const CODES: Partial<Record<LinkError['reason'], ErrorCode>> = { version: 'VERSION', 'too-long': 'TOO_LARGE' };

const SECRET_BYTES = 32;
const RELAYS = ['r', 'r2', 'r3'] as const;

/** @throws LinkError when it would be longer than 300 bytes, or an address or secret is not one */
export function formatLink(link: Link): string {
  if (link.type === 'setup') {
    return bounded(`obsidian://blockwire?v=1${relayParameters([link.relay])}&t=${toBase64Url(bytesOf(link.ticket, TICKET_BYTES))}`);
  }
  if (link.secret.length !== SECRET_BYTES || (link.epochSecret !== null && link.epochSecret.length !== SECRET_BYTES)) {
    throw new LinkError('damaged', 'A secret must be 32 bytes.');
  }
  if (!isEpoch(link.epoch) || (link.epoch === 0) !== (link.epochSecret === null)) {
    throw new LinkError('damaged', 'Exactly the epochs after the first have a secret of their own.');
  }
  const own = link.epochSecret === null ? '' : `&n=${toBase64Url(link.epochSecret)}`;
  return bounded(`obsidian://blockwire?v=1${relayParameters(link.relays)}&e=${link.epoch}&k=${toBase64Url(link.secret)}${own}`);
}

/**
 * Reads a link as people paste it: white space anywhere, and quotes, backticks or angle brackets around it, are ignored.
 * @throws LinkError
 */
export function parseLink(pasted: string): Link {
  if (pasted.length > 4 * LIMITS.pairingLink) throw tooLong();
  const text = pasted.replace(/\s+/g, '').replace(/^[<"'`([]+/, '').replace(/[>"'`)\]]+$/, '');
  if (text === '') throw new LinkError('not-a-link', 'There is no link yet. Paste the whole link that starts with obsidian://blockwire.');
  if (/^https?:/i.test(text)) {
    throw new LinkError('web-link', 'This is a web address. A Blockwire link starts with obsidian://blockwire; copy it from the relay or from a device.');
  }
  const match = /^obsidian:\/\/([^/?#]*)\/?(?:\?([^#]*))?/i.exec(text);
  if (match === null) throw new LinkError('not-a-link', 'This is not a Blockwire link. It starts with obsidian://blockwire.');
  if (match[1]?.toLowerCase() !== 'blockwire') throw new LinkError('other-action', 'This link is for Obsidian, but not for Blockwire.');
  if (text.length > LIMITS.pairingLink) throw tooLong();
  const parameters: Record<string, string> = {};
  for (const pair of (match[2] ?? '').split('&')) {
    if (pair === '') continue;
    const at = pair.indexOf('=');
    const name = at < 0 ? pair : pair.slice(0, at);
    if (Object.hasOwn(parameters, name)) throw damaged();
    Object.defineProperty(parameters, name, { value: decodeParameter(at < 0 ? '' : pair.slice(at + 1)), enumerable: true });
  }
  return parseLinkParameters(parameters);
}

/**
 * Reads a link that the app has taken apart: what `registerObsidianProtocolHandler` hands over. Parameters that are not
 * Blockwire's (`action`, ...) are ignored.
 * @throws LinkError
 */
export function parseLinkParameters(parameters: Readonly<Record<string, string>>): Link {
  const get = (name: string): string | undefined => (Object.hasOwn(parameters, name) ? parameters[name] : undefined);
  const version = get('v');
  if (version === undefined) throw incomplete();
  if (version !== '1') {
    if (!/^[0-9]{1,4}$/.test(version)) throw damaged();
    throw new LinkError('version', 'This link was made by another version of Blockwire. Update Blockwire on both devices, then make a new link.');
  }
  const ticket = get('t');
  const secret = get('k');
  const relays = RELAYS.map(get).filter((relay) => relay !== undefined);
  if (ticket !== undefined && secret !== undefined) throw damaged();
  if (ticket !== undefined) {
    if (relays[0] === undefined) throw incomplete();
    return { type: 'setup', ticket: toBase64Url(bytesOf(ticket, TICKET_BYTES)), relay: relayOf(relays[0]) };
  }
  const epochText = get('e');
  if (secret === undefined || epochText === undefined || relays.length === 0) throw incomplete();
  const epoch = /^(0|[1-9][0-9]{0,9})$/.test(epochText) ? Number(epochText) : -1;
  if (!isEpoch(epoch)) throw damaged();
  const own = get('n');
  if (epoch > 0 && own === undefined) throw incomplete();
  if (epoch === 0 && own !== undefined) throw damaged();
  return {
    type: 'pairing',
    secret: bytesOf(secret, SECRET_BYTES),
    epoch,
    epochSecret: own === undefined ? null : bytesOf(own, SECRET_BYTES),
    relays: relays.map(relayOf),
  };
}

function relayParameters(relays: readonly string[]): string {
  if (relays.length < 1 || relays.length > RELAYS.length) throw new LinkError('relay', 'A link names one to three relay addresses.');
  return relays.map((relay, i) => `&${RELAYS[i] as string}=${encodeParameter(relayOf(relay))}`).join('');
}

/** Leaves ':' and '/' readable, which a query may hold, and short. */
function encodeParameter(value: string): string {
  return encodeURIComponent(value).replace(/%3A/g, ':').replace(/%2F/g, '/');
}

function decodeParameter(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw damaged();
  }
}

function bytesOf(text: string, length: number): Uint8Array {
  if (text.length < Math.ceil((length * 4) / 3)) throw incomplete();
  try {
    return fromBase64Url(text, length);
  } catch {
    throw damaged();
  }
}

function relayOf(text: string): string {
  try {
    return parseRelayUrl(text);
  } catch (error) {
    if (error instanceof ProtocolError) throw new LinkError('relay', error.message);
    throw error;
  }
}

function bounded(link: string): string {
  if (link.length > LIMITS.pairingLink) throw tooLong();
  return link;
}

function isEpoch(epoch: number): boolean {
  return Number.isSafeInteger(epoch) && epoch >= 0 && epoch <= 0xffff_ffff;
}

function incomplete(): LinkError {
  return new LinkError('incomplete', 'The link is cut off. Copy the whole of it, up to its last character.');
}

function damaged(): LinkError {
  return new LinkError('damaged', 'The link has a character too many or a wrong one. Copy it again, or scan the QR code.');
}

function tooLong(): LinkError {
  return new LinkError('too-long', `A link has at most ${LIMITS.pairingLink} characters. Use a shorter relay address, or fewer of them.`);
}
