/** Founding a space with a set-up link, joining one with a pairing link. Nothing of any note leaves the device here. */
import { createIdentity, deriveEpoch, deriveSpace, SECRET_BYTES } from '../crypto';
import type { Ed25519, Signer } from '../crypto';
import {
  decodeAccepted, decodeErrorAnswer, encodeFound, encodeJoin, ERROR_MEANINGS, formatLink, parseLink, ProtocolError, signedAdmission, signedFound, signedJoin,
} from '../protocol';
import type { Link, PairingLink, SetupLink, SpaceId } from '../protocol';
import { PeerError } from './api';
import type { Credentials } from './credentials';

/** POSTs a JSON body. Resolves with any HTTP status; rejects when no answer came. */
export type Post = (url: string, body: string) => Promise<{ readonly status: number; readonly body: string }>;

export interface PairingPorts {
  readonly post: Post;
  /** Unpredictable bytes. */
  readonly random: (length: number) => Uint8Array;
  readonly now: () => number;
  readonly ed25519: Ed25519;
}

/**
 * Does what a pasted or scanned link says, and returns what this device needs from then on.
 * @throws PeerError in words for the user; nothing was stored
 */
export async function useLink(pasted: string, ports: PairingPorts): Promise<Credentials> {
  const link = readLink(pasted);
  return link.type === 'setup' ? foundSpace(link, ports) : joinSpace(link, ports);
}

/** @throws PeerError */
export function readLink(pasted: string): Link {
  try {
    return parseLink(pasted);
  } catch (error) {
    if (error instanceof ProtocolError) throw new PeerError('BAD_LINK', error.message, 'Nothing was changed.');
    throw error;
  }
}

export async function foundSpace(link: SetupLink, ports: PairingPorts): Promise<Credentials> {
  const secret = ports.random(SECRET_BYTES);
  const identity = createIdentity(ports.random);
  const signer = await ports.ed25519.signer(identity.seed);
  const admission = await ports.ed25519.signer(deriveEpoch(secret, 0).admissionSeed);
  const space = deriveSpace(secret).spaceId as SpaceId;
  await send(link.relay, 'found', ports, async (time) => {
    const request = { ticket: link.ticket, space, deviceKey: signer.publicKey, admissionKey: admission.publicKey, time };
    return encodeFound({ ...request, signature: await signer.sign(signedFound(request)) });
  });
  return { secret, epoch: 0, epochSecret: null, seed: identity.seed, relays: [link.relay] };
}

export async function joinSpace(link: PairingLink, ports: PairingPorts): Promise<Credentials> {
  const identity = createIdentity(ports.random);
  const credentials: Credentials = { secret: link.secret, epoch: link.epoch, epochSecret: link.epochSecret, seed: identity.seed, relays: link.relays };
  await admit(credentials, await ports.ed25519.signer(identity.seed), ports);
  return credentials;
}

/** A device whose counters were used by a copy of it takes a new identity in the same space. */
export async function renewIdentity(credentials: Credentials, ports: PairingPorts): Promise<Credentials> {
  const identity = createIdentity(ports.random);
  const renewed = { ...credentials, seed: identity.seed };
  await admit(renewed, await ports.ed25519.signer(identity.seed), ports);
  return renewed;
}

/** The link that lets another device join: it holds the space's key. */
export function pairingLinkOf({ secret, epoch, epochSecret, relays }: Credentials): string {
  return formatLink({ type: 'pairing', secret, epoch, epochSecret, relays });
}

async function admit(credentials: Credentials, signer: Signer, ports: PairingPorts): Promise<void> {
  const space = deriveSpace(credentials.secret).spaceId as SpaceId;
  const admitting = await ports.ed25519.signer(deriveEpoch(credentials.epochSecret ?? credentials.secret, credentials.epoch).admissionSeed);
  const admission = await admitting.sign(signedAdmission({ space, deviceKey: signer.publicKey }));
  let last: unknown;
  for (const relay of credentials.relays) {
    try {
      await send(relay, 'join', ports, async (time) => {
        const request = { space, deviceKey: signer.publicKey, time };
        return encodeJoin({ ...request, signature: await signer.sign(signedJoin(request)), admission });
      });
      return;
    } catch (error) {
      last = error;
      if (!(error instanceof PeerError) || error.code !== 'UNREACHABLE') throw error;
    }
  }
  throw last;
}

async function send(relay: string, path: 'found' | 'join', ports: PairingPorts, body: (time: number) => Promise<string>): Promise<void> {
  let time = ports.now();
  for (let attempt = 0; ; attempt += 1) {
    const answer = await reach(`${relay}/v1/${path}`, await body(time), ports.post);
    if (answer.status === 200) {
      decodeAccepted(answer.body);
      return;
    }
    const refused = refusal(answer);
    if (refused?.code === 'CLOCK_SKEW' && attempt === 0) {
      time = refused.now;
      continue;
    }
    if (refused) throw new PeerError(refused.code, ERROR_MEANINGS[refused.code].sentence, 'Nothing was changed on this device.');
    throw new PeerError(
      'NOT_A_RELAY',
      `Something answered at ${relay}, with HTTP status ${answer.status}, but it is no Blockwire relay.`,
      'Check the address and what stands between (a proxy, a log-in page of the network).',
    );
  }
}

async function reach(url: string, body: string, post: Post): Promise<{ status: number; body: string }> {
  try {
    return await post(url, body);
  } catch {
    throw new PeerError(
      'UNREACHABLE',
      `No answer came from ${new URL(url).host}. Nothing was changed on this device.`,
      'Check that the relay runs and that this device can reach that address: an address such as 127.0.0.1 works on the relay’s own computer only.',
    );
  }
}

function refusal(answer: { body: string }): ReturnType<typeof decodeErrorAnswer> | null {
  try {
    return decodeErrorAnswer(answer.body);
  } catch {
    return null;
  }
}
