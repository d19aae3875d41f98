/** Walks the way to the relay hop by hop, and names the first hop that fails with its cure. Pure: what touches the network comes in. */
import { ERROR_MEANINGS, LIMITS, parseRelayUrl, ProtocolError, SUBPROTOCOL } from '../../protocol';

export type Hop = 'address' | 'encryption' | 'relay' | 'session' | 'socket';

export interface HopResult {
  readonly hop: Hop;
  readonly name: string;
  readonly ok: boolean;
  /** What was found. */
  readonly text: string;
  /** What to do; '' where there is nothing to do. */
  readonly cure: string;
}

export interface Probes {
  /** GET with any status; rejects when no answer came. */
  readonly get: (url: string) => Promise<{ readonly status: number; readonly body: string }>;
  /** Asks for a session as this device. @throws ProtocolError with the relay's code, any other error when no answer came */
  readonly session: (relay: string) => Promise<string>;
  /** Opens a WebSocket with the session and closes it. Rejects when it did not open. */
  readonly socket: (relay: string, token: string) => Promise<void>;
  readonly now: () => number;
  readonly isMobile: boolean;
}

const NAMES: Readonly<Record<Hop, string>> = {
  address: 'Address',
  encryption: 'Encryption on the way (TLS)',
  relay: 'Relay',
  session: 'Session',
  socket: 'Live connection (WebSocket)',
};

/** Gives each hop as it is known, and ends after the first that fails. */
export async function* checkConnection(relays: readonly string[], probes: Probes): AsyncGenerator<HopResult, void, void> {
  const address = checkAddress(relays[0], probes.isMobile);
  yield address.result;
  if (!address.relay) return;
  const { relay } = address;
  const encryption = checkEncryption(relay, probes.isMobile);
  yield encryption;
  if (!encryption.ok) return;
  const health = await checkHealth(relay, probes);
  yield health;
  if (!health.ok) return;
  const session = await checkSession(relay, probes);
  yield session.result;
  if (session.token === null) return;
  yield await checkSocket(relay, session.token, probes);
}

function checkAddress(text: string | undefined, isMobile: boolean): { result: HopResult; relay: string | null } {
  if (text === undefined) return { result: bad('address', 'No relay is known.', 'Run "Set up" and paste a link.'), relay: null };
  let relay: string;
  try {
    relay = parseRelayUrl(text);
  } catch (error) {
    const why = error instanceof ProtocolError ? error.message : 'The address of the relay can’t be read.';
    return { result: bad('address', why, 'Leave the space, and set up again with a new link.'), relay: null };
  }
  if (isMobile && isLoopback(relay)) {
    const cure = 'Start the relay with an address that this device can reach (--public-url or --tailscale), then add this device again.';
    return { result: bad('address', `${hostOf(relay)} means this very device, and no relay runs on a phone.`, cure), relay: null };
  }
  return { result: good('address', `The relay is ${hostOf(relay)}.`), relay };
}

function checkEncryption(relay: string, isMobile: boolean): HopResult {
  if (relay.startsWith('https:')) return good('encryption', 'The address uses https.');
  if (isLoopback(relay)) return good('encryption', 'Not needed on this computer.');
  const text = `${hostOf(relay)} has no TLS. Your text is sealed in any case, but apps refuse such addresses${isMobile ? ', and phones always do' : ''}.`;
  return bad('encryption', text, 'Put Caddy or Tailscale before the relay, which give it a certificate by themselves, then add this device again.');
}

async function checkHealth(relay: string, probes: Probes): Promise<HopResult> {
  const host = hostOf(relay);
  let answer: { status: number; body: string };
  try {
    answer = await probes.get(`${relay}/health`);
  } catch (error) {
    return bad('relay', `No answer came from ${host} (${messageOf(error)}).`, unreachableCure(relay));
  }
  const { status, body } = answer;
  if (status === 502 || status === 504) return bad('relay', `The proxy at ${host} answers, but can’t reach the relay behind it (HTTP ${status}).`, 'Start the relay, and check the port in the proxy’s settings.');
  const health = healthOf(body);
  if (!health) {
    const text = `Something answers at ${host} (HTTP ${status}), but it is not a Blockwire relay.`;
    return bad('relay', text, 'Check the address and its path, and whether the network asks you to log in first.');
  }
  if (!health.protocols.includes(SUBPROTOCOL)) return bad('relay', 'The relay speaks another version of Blockwire.', 'Update Blockwire here and on the relay.');
  if (!health.ok) return bad('relay', 'The relay runs, but can’t work now.', 'Look at what it prints: its disk may be full.');
  const skew = Math.abs(health.now - probes.now());
  const clock = health.now > 0 && skew > LIMITS.clockSkew ? ` This device’s clock and the relay’s differ by ${Math.round(skew / 60_000)} minutes; Blockwire allows for that.` : '';
  return good('relay', `A Blockwire relay answers at ${host}.${clock}`);
}

async function checkSession(relay: string, probes: Probes): Promise<{ result: HopResult; token: string | null }> {
  try {
    return { token: await probes.session(relay), result: good('session', 'The relay knows this device.') };
  } catch (error) {
    if (error instanceof ProtocolError) {
      const { sentence, hint } = ERROR_MEANINGS[error.code];
      return { token: null, result: bad('session', sentence, hint) };
    }
    return { token: null, result: bad('session', `The relay answers, but not this request (${messageOf(error)}).`, 'If a proxy stands before the relay, let it pass POST and OPTIONS for the relay’s whole path.') };
  }
}

async function checkSocket(relay: string, token: string, probes: Probes): Promise<HopResult> {
  try {
    await probes.socket(relay, token);
    return good('socket', 'The live connection opens. All is well.');
  } catch (error) {
    const text = `Requests pass, but the live connection does not open (${messageOf(error)}).`;
    return bad('socket', text, 'If a proxy stands before the relay, let it pass WebSockets (the Upgrade header). Some networks and security programs block them.');
  }
}

function unreachableCure(relay: string): string {
  if (isLoopback(relay)) return 'Start the relay on this computer: npx blockwire relay.';
  const base = 'Check that the relay runs, that this device is online, and that the address is right.';
  return relay.startsWith('https:') ? `${base} Open the address in a browser here: a warning about its certificate means that this device does not trust it; phones need a publicly trusted one.` : base;
}

function healthOf(body: string): { ok: boolean; now: number; protocols: readonly unknown[] } | null {
  try {
    const value: unknown = JSON.parse(body);
    if (value === null || typeof value !== 'object') return null;
    const { relay, ok, now, protocol } = value as Record<string, unknown>;
    if (relay !== 'blockwire') return null;
    return { ok: ok === true, now: typeof now === 'number' ? now : 0, protocols: Array.isArray(protocol) ? protocol : [] };
  } catch {
    return null;
  }
}

export function isLoopback(relay: string): boolean {
  return /^(localhost|127(\.[0-9]+){3}|\[::1\])$/.test(new URL(relay).hostname);
}

function hostOf(relay: string): string {
  return new URL(relay).host;
}
function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
function good(hop: Hop, text: string): HopResult {
  return { hop, name: NAMES[hop], ok: true, text, cure: '' };
}
function bad(hop: Hop, text: string, cure: string): HopResult {
  return { hop, name: NAMES[hop], ok: false, text, cure };
}
