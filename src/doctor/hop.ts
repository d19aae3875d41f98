/** What the check of a connection says of one hop on the way to the relay: the same on the command line and in the plugin. */

/** In the order of the way. No program can see all of them. */
export type Hop =
  | 'address' | 'dns' | 'local-network' | 'tcp' | 'tls' | 'phones' | 'http' | 'clock' | 'upgrade' | 'origins' | 'session' | 'key' | 'live' | 'idle' | 'webtransport'; // prettier-ignore

/** `warning`: it works, but not for everyone or not for long. `skipped`: can't be tried from here. */
export type HopState = 'ok' | 'warning' | 'failed' | 'skipped';

/** Every code that a check can end with beside the relay's own (ERROR_CODES); docs/troubleshooting.md has them all. */
export const VERDICTS = [
  'NO_RELAY', 'BAD_ADDRESS', 'LOOPBACK_ON_PHONE', 'NO_SUCH_NAME', 'NAME_SERVER', 'LOCAL_NETWORK', 'PORT_CLOSED', 'NO_ROUTE', 'NO_ANSWER', 'IPV6_ONLY',
  'PLAIN_HTTP', 'NOT_TLS', 'TLS_FAILED', 'CERT_EXPIRED', 'CERT_EXPIRES_SOON', 'CERT_NOT_YET', 'CERT_SELF_SIGNED', 'CERT_UNTRUSTED', 'CERT_OTHER_NAME', 'PRIVATE_CA',
  'UNREACHABLE', 'PROXY_NO_RELAY', 'PROXY_REFUSES', 'WRONG_PATH', 'REDIRECTED', 'CAPTIVE_PORTAL', 'WEB_PAGE', 'NOT_A_RELAY', 'RELAY_UNABLE', 'CLOCK_OFF',
  'UPGRADE_LOST', 'UPGRADE_REFUSED', 'CORS_MISSING', 'CORS_DOUBLED', 'PREFLIGHT', 'SESSION_BLOCKED', 'NO_WEBSOCKET', 'BUFFERED', 'LINE_CUT', 'IDLE_CUT', 'WEBTRANSPORT_DOWN', 'WEBTRANSPORT_BLOCKED',
] as const; // prettier-ignore
export type Verdict = (typeof VERDICTS)[number];

export interface HopResult {
  readonly hop: Hop;
  readonly name: string;
  readonly state: HopState;
  /** 'OK', a `Verdict`, or the relay's own code. */
  readonly code: string;
  /** What was found. */
  readonly text: string;
  /** What to do; '' where there is nothing to do. */
  readonly cure: string;
}

const NAMES: Readonly<Record<Hop, string>> = {
  address: 'Address',
  dns: 'Name (DNS)',
  'local-network': 'Local network',
  tcp: 'Port (TCP)',
  tls: 'Encryption on the way (TLS)',
  phones: 'Trust on phones',
  http: 'Relay',
  clock: 'Clock',
  upgrade: 'WebSocket upgrade',
  origins: 'Obsidian’s origins (CORS)',
  session: 'Session',
  key: 'Key',
  live: 'Live connection (WebSocket)',
  idle: 'Idle line',
  webtransport: 'WebTransport (UDP)',
};

export function good(hop: Hop, text: string): HopResult {
  return { hop, name: NAMES[hop], state: 'ok', code: 'OK', text, cure: '' };
}
export function warning(hop: Hop, code: Verdict, text: string, cure: string): HopResult {
  return { hop, name: NAMES[hop], state: 'warning', code, text, cure };
}
/** @param code a `Verdict` or the relay's own */
export function bad(hop: Hop, code: string, text: string, cure: string): HopResult {
  return { hop, name: NAMES[hop], state: 'failed', code, text, cure };
}
export function skipped(hop: Hop, text: string): HopResult {
  return { hop, name: NAMES[hop], state: 'skipped', code: 'SKIPPED', text, cure: '' };
}

/** What a check comes to: its first hop that fails, else its first warning, else null when all is well. */
export function verdictOf(results: readonly HopResult[]): HopResult | null {
  return results.find(({ state }) => state === 'failed') ?? results.find(({ state }) => state === 'warning') ?? null;
}
