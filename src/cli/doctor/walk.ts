/** Walks the way to a relay as a program outside the browser can, and ends after the first hop that fails. */
import type { LookupAddress } from 'node:dns';
import { WebSocket as NodeSocket } from 'ws';
import {
  askSession, good, judgeAddress, judgeClock, judgeHealth, judgeLink, judgeLocalNetwork, judgeName, judgeOrigins,
  judgePhones, judgePort, judgeScheme, judgeSession, judgeSilence, judgeTls, judgeUpgrade, judgeWebTransport, orPolls, skipped, tryLine, tryPolls, type HopResult, type OfferedPort,
} from '../../doctor'; // prettier-ignore
import { sessionRequestOf, spaceFingerprint, type Credentials } from '../../folder';
import { LIMITS } from '../../protocol';
import { certificateOf } from './certificate';
import { ask, askAsObsidian, askUpgrade, postOver, reasonOf } from './requests';
import { answersQuic } from './quic';
import { addressesOf, pinned, tryPort, tryPorts, portOf, type Way } from './way';

export interface Patient {
  readonly relay: string;
  /** `link`: has the keys of a space, but no device that the relay knows. */
  readonly kind: 'address' | 'set-up' | 'link' | 'device';
  readonly credentials: Credentials | null;
}

export interface WalkOptions {
  /** How long the line lies idle, in ms; 0 leaves that out. */
  readonly idle: number;
  /** For each answer, in ms. */
  readonly patience?: number;
  readonly now?: () => number;
  readonly ca?: string;
  readonly publicRoots?: readonly string[];
  readonly resolve?: (name: string) => Promise<readonly LookupAddress[]>;
}

const PATIENCE = 8_000;

/** Gives each hop as it is known. */
export async function* walk(patient: Patient, options: WalkOptions): AsyncGenerator<HopResult, void, void> {
  for await (const result of hops(patient, options)) {
    yield result;
    if (result.state === 'failed') return;
  }
}

async function* hops(patient: Patient, options: WalkOptions): AsyncGenerator<HopResult, void, void> {
  const { now = Date.now, patience = PATIENCE } = options;
  const { result, relay } = judgeAddress(patient.relay, false);
  yield result;
  if (relay === null) return;

  const { found, failure } = await addressesOf(relay, options.resolve);
  yield judgeName(relay, found, failure);
  const local = judgeLocalNetwork(found);
  if (local !== null) yield local;

  const tried = await tryPorts(relay, found, patience);
  yield judgePort(relay, tried, await sixAnswers(relay, tried, patience));
  const address = tried.find((each) => each.failure === null);
  if (address === undefined) return;
  const way: Way = { relay, address, ca: options.ca, patience };

  yield* encryption(way, now(), options.publicRoots);
  const offered = yield* plain(way, now);
  yield* upgrade(way);
  const quic = await judgeWebTransport(offered, false, async (port) => ((await answersQuic(way.address, port, patience)) ? good('webtransport', `UDP port ${port} answers. Whether a session opens can’t be tried from here, for want of HTTP/3: “Check the connection” in Obsidian does.`) : null));
  if (quic !== null) yield quic;
  yield* space(patient, way, now, options.idle);
}

/** Whether nothing of an IPv4 address of this computer answers, but its IPv6 one does. */
async function sixAnswers(relay: string, tried: readonly { readonly failure: string | null; readonly address: string }[], patience: number): Promise<boolean> {
  if (!tried.every(({ failure, address }) => failure === 'ECONNREFUSED' && /^127\./.test(address))) return false;
  return (await tryPort('::1', portOf(relay), patience)) === null;
}

async function* encryption(way: Way, now: number, publicRoots: readonly string[] | undefined): AsyncGenerator<HopResult, void, void> {
  const scheme = judgeScheme(way.relay, false);
  if (scheme !== null) {
    yield scheme;
    yield judgePhones(way.relay, false);
    return;
  }
  const facts = await certificateOf(way, publicRoots);
  yield judgeTls(way.relay, facts, now);
  yield judgePhones(way.relay, facts.isPublic);
}

async function* plain(way: Way, now: () => number): AsyncGenerator<HopResult, OfferedPort, void> {
  try {
    const health = judgeHealth(way.relay, await ask(way, `${way.relay}/health`));
    yield health.result;
    if (health.now !== null) yield judgeClock(now(), health.now);
    return health.webTransport;
  } catch (error) {
    yield judgeSilence(way.relay, reasonOf(error), false);
    return undefined;
  }
}

async function* upgrade(way: Way): AsyncGenerator<HopResult, void, void> {
  const polls = (): Promise<boolean> => tryPolls(way.relay, null, postOver(way));
  const found = await askUpgrade(way).then(
    (answer) => judgeUpgrade(answer),
    (error: unknown) => judgeUpgrade(null, reasonOf(error)),
  );
  const result = await orPolls(found, polls);
  yield result;
  try {
    yield await orPolls(judgeOrigins(await askAsObsidian(way), result.state === 'warning'), polls);
  } catch (error) {
    yield judgeSilence(way.relay, reasonOf(error), false);
  }
}

async function* space({ kind, credentials }: Patient, way: Way, now: () => number, idle: number): AsyncGenerator<HopResult, void, void> {
  if (credentials === null) {
    yield skipped('session', kind === 'set-up' ? 'A set-up link founds a space once; whether it was used is seen when it is used.' : 'Needs a device: give the folder of one, or a pairing link.');
    return;
  }
  const facts = await askSession(way.relay, {
    now,
    request: (time) => sessionRequestOf(credentials, time),
    post: (url, body) => ask(way, url, { method: 'POST', body, headers: { 'content-type': 'application/json' } }),
  });
  yield kind === 'link' ? judgeLink(facts) : judgeSession(facts);
  yield good('key', `The space’s key has the fingerprint ${spaceFingerprint(credentials)}: the same on all its devices.`);
  if ('token' in facts) yield* tryLine(way.relay, facts.token, { WebSocket: socketOver(way), poll: postOver(way), now: () => performance.now(), after, patience: way.patience }, idle);
  else yield skipped('live', 'Needs a device: give the folder of one, or run "Check the connection" in Obsidian.');
}

function after(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}

function socketOver(way: Way): typeof WebSocket {
  class WaySocket extends NodeSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols, { lookup: pinned(way), perMessageDeflate: false, maxPayload: LIMITS.frame, handshakeTimeout: way.patience, ...(way.ca === undefined ? {} : { ca: way.ca }) });
    }
  }
  return WaySocket as unknown as typeof WebSocket; // the browser's interface, as far as it is used
}
