/** The address itself: what can be said of it before anything is sent. */
import { isLoopback, parseRelayUrl, ProtocolError } from '../protocol';
import { bad, good, type HopResult } from './hop';

/** @param text null: there is none @returns `relay` null: nothing further can be tried */
export function judgeAddress(text: string | undefined, isMobile: boolean): { result: HopResult; relay: string | null } {
  if (text === undefined) return { result: bad('address', 'NO_RELAY', 'No relay is known.', 'Run "Set up" and paste a link.'), relay: null };
  let relay: string;
  try {
    relay = parseRelayUrl(text);
  } catch (error) {
    const why = error instanceof ProtocolError ? error.message : 'The address of the relay can’t be read.';
    return { result: bad('address', 'BAD_ADDRESS', why, 'Leave the space, and set up again with a new link.'), relay: null };
  }
  if (isMobile && isLoopback(relay)) {
    const cure = 'Start the relay with an address that this device can reach (--public-url or --tailscale), then add this device again.';
    return { result: bad('address', 'LOOPBACK_ON_PHONE', `${hostOf(relay)} means this very device, and no relay runs on a phone.`, cure), relay: null };
  }
  return { result: good('address', `The relay is ${hostOf(relay)}.`), relay };
}

/** Whether the way needs TLS, and the address has it. @returns null: it has, so its certificate matters */
export function judgeScheme(relay: string, isMobile: boolean): HopResult | null {
  if (relay.startsWith('https:')) return null;
  if (isLoopback(relay)) return good('tls', 'Not needed on this computer.');
  const text = `${hostOf(relay)} has no TLS. Your text is sealed in any case, but apps refuse such addresses${isMobile ? ', and phones always do' : ''}.`;
  return bad('tls', 'PLAIN_HTTP', text, 'Put Caddy or Tailscale before the relay, which give it a certificate by themselves, then add this device again.');
}

/**
 * Whether browsers count it to the local network, which pages of Chromium 142 and later reach only with permission.
 * @param host an IP address, with or without brackets, or a name
 */
export function isLocalNetwork(host: string): boolean {
  const ip = host.replace(/^\[|\]$/g, '').toLowerCase();
  return /^(10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)[\d.]+$|^f[cd][0-9a-f]{2}:|^fe[89ab][0-9a-f]:|\.(local|lan|home\.arpa)$/.test(ip);
}

export function hostOf(relay: string): string {
  return new URL(relay).host;
}
