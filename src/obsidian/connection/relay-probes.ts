/** How the plugin reaches a relay outside its live connection: plain requests (which know no CORS in Obsidian), and the probes of the check. */
import { Platform, requestUrl } from 'obsidian';
import type { Ed25519 } from '../../crypto';
import { sessionRequest, spaceFingerprint, type Credentials, type Post } from '../../peer';
import { LIMITS } from '../../protocol';
import { bytesByFetch, Offers, streamByFetch, systemClock, webTransportWay, type BytesPort } from '../../transport';
import type { Probes, WebTransportProbe } from './check';

/** The live connection of the check gets this long for each answer, in ms. */
const PATIENCE = LIMITS.handshake + 5_000;

/** What carries frames where no WebSocket opens: a page's own request, which can be given up while it waits. */
export const pollByFetch = bytesByFetch((url, init) => window.fetch(url, init));
export const streamByPage = streamByFetch((url, init) => window.fetch(url, init));

/** The app's own request knows no CORS. It can't be given up, nor heard before its end. */
export const pollByApp = async (url: string, body: Uint8Array): ReturnType<BytesPort> => {
  const answer = await requestUrl({ url, method: 'POST', body: body.slice().buffer, throw: false });
  return { status: answer.status, body: new Uint8Array(answer.arrayBuffer), after: answer.headers['retry-after'] ?? answer.headers['Retry-After'] };
};

export const post: Post = async (url, body) => {
  const answer = await requestUrl({ url, method: 'POST', body, contentType: 'application/json', throw: false });
  return { status: answer.status, body: answer.text };
};

/** @param usesWebTransport whether the user turned it on */
export function probesFor(credentials: Credentials, ed25519: () => Promise<Ed25519>, random: (length: number) => Uint8Array, usesWebTransport: boolean): Probes {
  return {
    async get(url) {
      const answer = await requestUrl({ url, throw: false });
      return { status: answer.status, body: answer.text };
    },
    post,
    // A page's own request is what is asked about here.
    fetch: (url) => window.fetch(url, { credentials: 'omit', cache: 'no-store' }),
    permission,
    request: async (time) => sessionRequest(credentials, time, await ed25519(), random),
    fingerprint: () => spaceFingerprint(credentials),
    line: {
      WebSocket,
      // The way that is left where no other is.
      poll: (url, body) => Promise.race([pollByApp(url, body), later(PATIENCE)]),
      now: () => performance.now(),
      after: (ms, run) => {
        const timer = window.setTimeout(run, ms);
        return () => window.clearTimeout(timer);
      },
      patience: PATIENCE,
    },
    now: () => Date.now(),
    isMobile: Platform.isMobile,
    webTransport: usesWebTransport && 'WebTransport' in window ? webTransportProbe(window.WebTransport) : null,
  };
}

/** By the very way that the device takes. @param platform the browser's own */
export function webTransportProbe(platform: typeof WebTransport): WebTransportProbe {
  const offers = new Offers(() => true);
  const way = webTransportWay({ WebTransport: platform, offers, clock: systemClock });
  const unheard = { onFrame: () => undefined, onEnd: () => undefined };
  return {
    take: (relay, frame) => offers.take(relay, frame) !== null,
    async opens(relay, token) {
      if (offers.of(relay) === null) return undefined;
      const channel = await way.open(relay, token, unheard, new AbortController().signal).catch(() => null);
      channel?.close();
      return channel !== null;
    },
  };
}

function later(ms: number): Promise<never> {
  return new Promise((_, reject) => window.setTimeout(() => reject(new Error('no answer in time')), ms));
}

/** Chromium calls it so from 142 on, and otherwise from 145 on; others throw. */
async function permission(): Promise<string | null> {
  for (const name of ['local-network', 'local-network-access']) {
    try {
      return (await navigator.permissions.query({ name: name as PermissionName })).state;
    } catch {
      // Not known by this name.
    }
  }
  return null;
}
