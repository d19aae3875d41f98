/** Walks the way to the relay as far as an app can see it, and ends after the first hop that fails. What touches the network comes in. */
import {
  askSession, good, isLocalNetwork, judgeAddress, judgeClock, judgeFetch, judgeHealth, judgePermission, judgeScheme, judgeSession, judgeSilence, tryLine,
  type HopResult, type HttpAnswer, type LinePorts, type SessionPorts,
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
  try {
    const { result, now } = judgeHealth(relay, await probes.get(url));
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
  for await (const result of tryLine(relay, facts.token, probes.line, idle)) {
    yield isDenied && result.code === 'NO_WEBSOCKET' && result.state === 'failed' ? judgePermission(relay, permission) : result;
  }
}
