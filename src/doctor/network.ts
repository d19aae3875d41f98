/** Name, port and certificate: what only a program outside the browser can see, told in Node's and OpenSSL's codes. */
import { isLoopback } from '../protocol';
import { hostOf, isLocalNetwork } from './address';
import { bad, good, warning, type HopResult } from './hop';
import { lengthOf } from './http';

export interface FoundAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/** @param failure the system's code, e.g. ENOTFOUND */
export function judgeName(relay: string, found: readonly FoundAddress[], failure: string | null): HopResult {
  const { hostname } = new URL(relay);
  if (failure === 'EAI_AGAIN' || failure === 'ETIMEOUT' || failure === 'ESERVFAIL') {
    return bad('dns', 'NAME_SERVER', `The name ${hostname} can’t be looked up now (${failure}).`, 'Check that this computer is online, and its DNS servers.');
  }
  if (failure !== null || found.length === 0) {
    return bad('dns', 'NO_SUCH_NAME', `No computer has the name ${hostname}${failure === null ? '' : ` (${failure})`}.`, 'Check the spelling, and that its DNS record exists. A new record can take some minutes. A .ts.net name needs Tailscale to be connected.');
  }
  if (isAddress(hostname)) return good('dns', 'The address has no name to look up.');
  return good('dns', `${hostname} is ${found.map(({ address }) => address).join(', ')}.`);
}

export interface TcpFacts extends FoundAddress {
  /** null: it connected. */
  readonly failure: string | null;
}

/**
 * @param tried every address of the name
 * @param sixAnswers for an IPv4 address of this computer where nothing listens: whether the same port of ::1 does
 */
export function judgePort(relay: string, tried: readonly TcpFacts[], sixAnswers = false): HopResult {
  const url = new URL(relay);
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  const open = tried.filter(({ failure }) => failure === null);
  const four = tried.filter(({ family }) => family === 4);
  if (open.length > 0) {
    if (isAddress(url.hostname) || isLoopback(relay) || open.some(({ family }) => family === 4)) return good('tcp', `Port ${port} is open.`);
    const text = four.length === 0 ? `${url.hostname} has an IPv6 address only.` : `${url.hostname} answers on IPv6 only, not on its IPv4 address.`;
    return warning('tcp', 'IPV6_ONLY', `${text} It works here, but not from networks without IPv6, such as many companies’ and hotels’.`, 'Give the name an A record too, and let the relay or its proxy listen on IPv4.');
  }
  if (sixAnswers) {
    return bad('tcp', 'IPV6_ONLY', `Nothing listens at ${hostOf(relay)}, but something does at [::1]:${port}: the relay listens on IPv6 only.`, `Use ${url.protocol}//[::1]:${port}, or start the relay with --host 127.0.0.1.`);
  }
  const failures = tried.map(({ failure }) => failure);
  if (four.length === 0 && failures.every((failure) => failure !== null && /^E(NETUNREACH|HOSTUNREACH|ADDRNOTAVAIL|AFNOSUPPORT)$/.test(failure))) {
    return bad('tcp', 'IPV6_ONLY', `${url.hostname} has an IPv6 address only, and this network has no IPv6.`, 'Give the name an A record too, and let the relay or its proxy listen on IPv4; or use another network.');
  }
  if (failures.includes('ECONNREFUSED')) {
    const cure = isLoopback(relay) ? 'Start the relay on this computer: npx blockwire relay. It prints the port that it listens on.' : 'Start the proxy or the relay there, and check the port in the address.';
    return bad('tcp', 'PORT_CLOSED', `The computer is there, but nothing listens on port ${port}.`, cure);
  }
  if (failures.includes('ETIMEDOUT')) {
    return bad('tcp', 'NO_ANSWER', `${hostOf(relay)} does not answer at all.`, 'Is that computer on? Check its firewall, and that the router passes the port on. A Tailscale address needs Tailscale on this device, too.');
  }
  return bad('tcp', 'NO_ROUTE', `There is no way from here to ${hostOf(relay)} (${failures.join(', ')}).`, 'Check that this computer is online, and in the network or VPN that the relay is in.');
}

/** For people with a relay in their own network. @returns null where browsers need no permission */
export function judgeLocalNetwork(tried: readonly FoundAddress[]): HopResult | null {
  const local = tried.find(({ address }) => isLocalNetwork(address));
  if (local === undefined) return null;
  return good('local-network', `${local.address} is in a local network: Obsidian (Chromium 142 and later) asks before it goes there, so say yes.`);
}

export interface TlsFacts {
  /** The connection itself failed, in the system's or OpenSSL's code; the rest is empty then. */
  readonly failure: string | null;
  /** Why the certificate is not trusted, in OpenSSL's code, or null. */
  readonly distrust: string | null;
  /** Ms since 1970. */
  readonly validFrom: number;
  readonly validTo: number;
  /** That it is for, e.g. "relay.example.org". */
  readonly names: readonly string[];
  /** Whether its root is one that browsers and phones ship with. */
  readonly isPublic: boolean;
  /** The relay's clock, asked over the untrusted line for nothing else; null when it did not tell. */
  readonly relayNow: number | null;
}

const WEEKS = 14 * 24 * 60 * 60 * 1000;
const RENEW = 'Renew it. Caddy and Tailscale do that by themselves; certbot needs its timer and a reload of the proxy.';
const PUBLIC = 'Use a certificate from a public authority: Caddy and Tailscale get one by themselves.';

export function judgeTls(relay: string, facts: TlsFacts, now: number): HopResult {
  const host = hostOf(relay);
  const { failure, distrust, validFrom, validTo, relayNow } = facts;
  if (failure !== null) {
    if (/WRONG_VERSION|EPROTO|HTTP_REQUEST|PACKET_LENGTH/.test(failure)) return bad('tls', 'NOT_TLS', `${host} does not speak TLS on this port.`, 'Use the port of the proxy that has the certificate (443 as a rule), or http:// for a relay on this computer.');
    return bad('tls', 'TLS_FAILED', `No encrypted connection to ${host} comes about (${failure}).`, 'Check the proxy’s certificate and its settings for this name; it should offer TLS 1.2 or later.');
  }
  if (distrust === 'CERT_HAS_EXPIRED' || distrust === 'CERT_NOT_YET_VALID') {
    if (relayNow !== null && relayNow >= validFrom && relayNow <= validTo) {
      return bad('tls', 'CLOCK_OFF', `By this computer’s clock the certificate is not valid, but by the relay’s, which differs by ${lengthOf(Math.abs(now - relayNow))}, it is.`, 'Set the clock of this computer to follow the network’s time.');
    }
    return distrust === 'CERT_HAS_EXPIRED'
      ? bad('tls', 'CERT_EXPIRED', `The certificate of ${host} ended on ${day(validTo)}.`, RENEW)
      : bad('tls', 'CERT_NOT_YET', `The certificate of ${host} begins only on ${day(validFrom)}.`, 'Check the clocks of this computer and of the one that made the certificate.');
  }
  if (distrust === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return bad('tls', 'CERT_OTHER_NAME', `The certificate at ${host} is for ${facts.names.join(', ') || 'another name'}.`, 'Check the address. If it is right, a network’s log-in page may be in between (open any page in a browser), or the proxy lacks a certificate for this name.');
  }
  if (distrust === 'DEPTH_ZERO_SELF_SIGNED_CERT') return bad('tls', 'CERT_SELF_SIGNED', `The certificate of ${host} is self-signed: nobody vouches for it, and phones never accept it.`, PUBLIC);
  if (distrust !== null) {
    return bad('tls', 'CERT_UNTRUSTED', `The certificate of ${host} is not trusted here (${distrust}).`, `${PUBLIC} If it is from one, the proxy must send the whole chain (fullchain.pem), not the last certificate alone.`);
  }
  if (validTo - now < WEEKS) return warning('tls', 'CERT_EXPIRES_SOON', `The certificate of ${host} is trusted, but ends on ${day(validTo)}.`, RENEW);
  return good('tls', `The certificate of ${host} is trusted, and good until ${day(validTo)}.`);
}

/** iOS and Android take no certificate of a private authority, whatever this computer thinks of it. */
export function judgePhones(relay: string, isPublic: boolean): HopResult {
  if (relay.startsWith('http:')) return good('phones', 'This address is for this computer only; phones need an https address of their own.');
  if (isPublic) return good('phones', 'Its authority is one that phones trust.');
  return warning('phones', 'PRIVATE_CA', 'This computer trusts the certificate’s authority, but it is no public one: Obsidian on iOS and Android refuses it.', PUBLIC);
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** @param hostname of a URL */
function isAddress(hostname: string): boolean {
  return /^[\d.]+$|^\[/.test(hostname);
}
