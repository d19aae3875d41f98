/** What answers at the relay's address, judged by GET {relay}/health. PROTOCOL.md [P75]. */
import { ERROR_MEANINGS, isLoopback, LIMITS, SUBPROTOCOL, type ErrorCode } from '../protocol';
import { hostOf } from './address';
import { bad, good, warning, type HopResult } from './hop';
import type { OfferedPort } from './webtransport';

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  /** Where a redirect leads, if the program can see it. */
  readonly location?: string | undefined;
}

const UPDATE = 'Update Blockwire here and on the relay.';
const CHECK_PATH = 'Check the address and its path, and what the proxy passes on to the relay.';

export interface HealthFacts {
  readonly result: HopResult;
  /** The relay's clock, null unless it told. */
  readonly now: number | null;
  readonly webTransport?: OfferedPort;
}

export function judgeHealth(relay: string, { status, body, location }: HttpAnswer): HealthFacts {
  const host = hostOf(relay);
  const fails = (code: string, text: string, cure: string): { result: HopResult; now: null } => ({ result: bad('http', code, text, cure), now: null });
  const health = healthOf(body);
  if (health !== null) {
    const { now, code, webTransport } = health;
    if (!health.protocols.includes(SUBPROTOCOL)) return { now, result: bad('http', 'VERSION', 'The relay speaks another version of Blockwire.', UPDATE) };
    if (health.ok) return { now, webTransport, result: good('http', `A Blockwire relay answers at ${host}.`) };
    if (code !== null) return { now, result: bad('http', code, ERROR_MEANINGS[code].sentence, ERROR_MEANINGS[code].hint) };
    return { now, result: bad('http', 'RELAY_UNABLE', 'The relay runs, but can’t work now.', 'Look at what it prints: its disk may be full, or it is stopping.') };
  }
  if (location !== undefined && isElsewhere(location, relay)) {
    return fails('CAPTIVE_PORTAL', `${host} leads to another site, as a network’s log-in page does.`, 'Open any page in a browser here and log in to the network. If it asks for nothing, the proxy redirects: let it pass the address on to the relay.');
  }
  if (status === 511) return fails('CAPTIVE_PORTAL', 'This network wants you to log in first.', 'Open any page in a browser here and log in.');
  if (status >= 300 && status < 400) {
    return fails('REDIRECTED', `${host} redirects to another address.`, 'Give the address that it redirects to, or let the proxy answer without a redirect.');
  }
  if (status === 502 || status === 503 || status === 504) {
    return fails('PROXY_NO_RELAY', `The proxy at ${host} answers, but can’t reach the relay behind it (HTTP ${status}).`, 'Start the relay, and check the port in the proxy’s settings.');
  }
  if (status === 401 || status === 403 || status === 407) {
    return fails('PROXY_REFUSES', `Something before the relay at ${host} refuses requests (HTTP ${status}).`, 'Let the proxy pass the relay’s path without a password of its own; the relay checks who may connect.');
  }
  if (status === 404 || status === 405 || status === 410) return fails('WRONG_PATH', `There is no relay at this path of ${host} (HTTP ${status}).`, CHECK_PATH);
  if (/^\s*<(!doctype|html)/i.test(body)) {
    return fails('WEB_PAGE', `A web page answers at ${host}, no relay: a network’s log-in page, or another site.`, `Open any page in a browser here and log in if the network asks for it. If not: ${CHECK_PATH.charAt(0).toLowerCase()}${CHECK_PATH.slice(1)}`);
  }
  return fails('NOT_A_RELAY', `Something answers at ${host} (HTTP ${status}), but it is not a Blockwire relay.`, CHECK_PATH);
}

/** No answer came. @param why in the platform's words @param isApp it can't see certificates */
export function judgeSilence(relay: string, why: string, isApp: boolean): HopResult {
  const text = `No answer came from ${hostOf(relay)} (${why}).`;
  if (isLoopback(relay)) return bad('http', 'UNREACHABLE', text, 'Start the relay on this computer: npx blockwire relay.');
  const base = 'Check that the relay runs, that this device is online, and that the address is right.';
  return bad(
    'http',
    'UNREACHABLE',
    text,
    isApp && relay.startsWith('https:')
      ? `${base} Open the address in a browser here: a warning about its certificate means that this device does not trust it; phones need a publicly trusted one. "blockwire doctor" on a computer sees more.`
      : base,
  );
}

/** Both in ms since 1970. */
export function judgeClock(here: number, relay: number): HopResult {
  const skew = Math.abs(here - relay);
  if (skew <= LIMITS.clockSkew) return good('clock', 'This device’s clock and the relay’s agree.');
  return warning('clock', 'CLOCK_OFF', `This device’s clock and the relay’s differ by ${lengthOf(skew)}; Blockwire allows for that.`, 'Set the clock of this device, or of the relay’s computer, to follow the network’s time.');
}

/** @returns such as "60 minutes" or "3 days" */
export function lengthOf(ms: number): string {
  return ms < 3 * 60 * 60 * 1000 ? `${Math.round(ms / 60_000)} minutes` : ms < 48 * 60 * 60 * 1000 ? `${Math.round(ms / 3_600_000)} hours` : `${Math.round(ms / 86_400_000)} days`;
}

function healthOf(body: string): { webTransport: OfferedPort; ok: boolean; now: number | null; protocols: readonly unknown[]; code: ErrorCode | null } | null {
  try {
    const value: unknown = JSON.parse(body);
    if (value === null || typeof value !== 'object') return null;
    const { relay, ok, now, protocol, code, webtransport } = value as Record<string, unknown>;
    if (relay !== 'blockwire') return null;
    return {
      ok: ok === true,
      webTransport: webtransport === null || isPort(webtransport) ? webtransport : undefined,
      now: typeof now === 'number' && now > 0 ? now : null,
      protocols: Array.isArray(protocol) ? protocol : [],
      code: typeof code === 'string' && Object.hasOwn(ERROR_MEANINGS, code) ? (code as ErrorCode) : null,
    };
  } catch {
    return null;
  }
}

function isPort(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 65_536;
}

/** A name with or without "www." is the same site. */
function isElsewhere(location: string, relay: string): boolean {
  try {
    const there = new URL(location, relay).hostname;
    const here = new URL(relay).hostname;
    return there !== here && !there.endsWith(`.${here}`) && !here.endsWith(`.${there}`);
  } catch {
    return false;
  }
}
