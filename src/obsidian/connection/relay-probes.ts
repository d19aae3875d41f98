/** How the plugin reaches a relay outside its live connection: plain requests (which know no CORS in Obsidian), and the probes of the check. */
import { Platform, requestUrl } from 'obsidian';
import type { Ed25519 } from '../../crypto';
import { keyringOf, type Credentials, type Post } from '../../peer';
import {
  decodeErrorAnswer, decodeSessionAnswer, encodeSession, LIMITS, NONCE_LENGTH, requestUrl as relayUrl, signedSession, socketUrl, SUBPROTOCOL, TOKEN_PREFIX,
  type DeviceId, type SpaceId,
} from '../../protocol'; // prettier-ignore
import { ProtocolError } from '../../protocol';
import type { Probes } from './check';

/** The WebSocket of the check gets this long to open, in ms. */
const SOCKET_TIME = LIMITS.handshake + 5_000;

export const post: Post = async (url, body) => {
  const answer = await requestUrl({ url, method: 'POST', body, contentType: 'application/json', throw: false });
  return { status: answer.status, body: answer.text };
};

export function probesFor(credentials: Credentials, ed25519: () => Promise<Ed25519>, random: (length: number) => Uint8Array): Probes {
  return {
    async get(url) {
      const answer = await requestUrl({ url, throw: false });
      return { status: answer.status, body: answer.text };
    },
    session: async (relay) => session(relay, credentials, await ed25519(), random),
    socket,
    now: () => Date.now(),
    isMobile: Platform.isMobile,
  };
}

async function session(relay: string, credentials: Credentials, ed25519: Ed25519, random: (length: number) => Uint8Array): Promise<string> {
  const keyring = keyringOf(credentials);
  const signer = await ed25519.signer(keyring.identity.seed);
  let time = Date.now();
  for (let attempt = 0; ; attempt++) {
    const request = { space: keyring.space.spaceId as SpaceId, device: keyring.identity.deviceId as DeviceId, time, nonce: random(NONCE_LENGTH) };
    const answer = await post(relayUrl(relay, 'session'), encodeSession({ ...request, signature: await signer.sign(signedSession(request)) }));
    if (answer.status === 200) return decodeSessionAnswer(answer.body).token;
    const error = refusalOf(answer);
    if (error.code !== 'CLOCK_SKEW' || attempt > 0) throw new ProtocolError(error.code, error.message);
    time = error.now;
  }
}

/** @throws Error when something else than the relay answered */
function refusalOf({ status, body }: { status: number; body: string }): ReturnType<typeof decodeErrorAnswer> {
  try {
    return decodeErrorAnswer(body);
  } catch {
    throw new Error(`HTTP ${status}`);
  }
}

function socket(relay: string, token: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const opened = new WebSocket(socketUrl(relay), [SUBPROTOCOL, TOKEN_PREFIX + token]);
    const timer = window.setTimeout(() => done(new Error('no answer in time')), SOCKET_TIME);
    const done = (error: Error | null): void => {
      window.clearTimeout(timer);
      opened.onopen = opened.onclose = opened.onerror = null;
      opened.close();
      if (error) reject(error);
      else resolve();
    };
    opened.onopen = () => done(null);
    opened.onclose = (event) => done(new Error(`closed with code ${event.code}`));
  });
}
