/** Walks the way to the relay as far as an app can see it, and ends after the first hop that fails. What touches the network comes in. */
import {
  askSession, good, isLocalNetwork, judgeAddress, judgeClock, judgeFetch, judgeHealth, judgePermission, judgeScheme, judgeSession, judgeSilence, judgeWebTransport, skipped, tryLine,
  type HopResult, type HttpAnswer, type LinePorts, type OfferedPort, type SessionPorts,
} from '../../doctor'; // prettier-ignore

export interface Probes extends SessionPorts {
  /** Any status is an answer; rejects when none came. Not bound by CORS. */
  readonly get: (url: string) => Promise<HttpAnswer>;
  /** The same, bound by CORS as a page is; rejects then. */
  readonly fetch: (url: string) => Promise<unknown>;
  /** State of the permission to reach the local network; null where there is none. */
  readonly permission: () => Promise<string | null>;
  /** Of the space's key. */
  readonly fingerprint: () => string;
  readonly line: LinePorts;
  readonly isMobile: boolean;
  /** null where the user did not turn it on, or the platform has none. */
  readonly webTransport: WebTransportProbe | null;
}

export interface WebTransportProbe {
  /** @returns whether it was an offer of the relay's */
  take(relay: string, frame: Uint8Array): boolean;
  /** Opens a session where the last offer said. @returns whether the relay answers on it; undefined without an offer */
  opens(relay: string, token: string): Promise<boolean | undefined>;
}

/** Gives each hop as it is known. @param idle how long the live connection is left silent, in ms; 0 leaves that out */
export async function* checkConnection(relays: readonly string[], probes: Probes, idle = 0): AsyncGenerator<HopResult, void, void> {
  for await (const result of hops(relays[0], probes, idle)) {
    yield result;
    if (result.state === 'failed') return;
  }
}

async function* hops(address: string | undefined, probes: Probes, idle: number): AsyncGenerator<HopResult, void, void> {
  const { result, relay } = judgeAddress(address, probes.isMobile);
  yield result;
  if (relay === null) return;
  yield judgeScheme(relay, probes.isMobile) ?? good('tls', 'The address uses https.');

  const permission = await probes.permission();
  const isDenied = permission === 'denied';
  if (!isDenied && permission !== null && isLocalNetwork(new URL(relay).hostname)) yield judgePermission(relay, permission);

  const url = `${relay}/health`;
  let offered: OfferedPort;
  try {
    const { result, now, webTransport } = judgeHealth(relay, await probes.get(url));
    offered = webTransport;
    yield result;
    if (now !== null) yield judgeClock(probes.now(), now);
  } catch (error) {
    yield isDenied ? judgePermission(relay, permission) : judgeSilence(relay, error instanceof Error ? error.message : String(error), true);
  }
  const passed = await probes.fetch(url).then(
    () => true,
    () => false,
  );
  if (passed || !isDenied) yield judgeFetch(relay, passed);

  const facts = await askSession(relay, probes);
  yield judgeSession(facts);
  if (!('token' in facts)) return;
  yield good('key', `The space’s key has the fingerprint ${probes.fingerprint()}: the same on all its devices.`);
  const quic = probes.webTransport;
  for await (const result of tryLine(relay, facts.token, { ...probes.line, takeOffer: quic ? (frame) => quic.take(relay, frame) : undefined }, idle)) {
    yield isDenied && result.code === 'NO_WEBSOCKET' && result.state === 'failed' ? judgePermission(relay, permission) : result;
  }
  const last = await judgeWebTransport(offered, quic !== null, async (port) => {
    const opens = await quic?.opens(relay, facts.token);
    if (opens === undefined) return skipped('webtransport', 'The relay offers it; it is off in this app, or came by no WebSocket.');
    return opens ? good('webtransport', `A session opens at UDP port ${port}, and the relay answers on it.`) : null;
  });
  if (last !== null) yield last;
}
