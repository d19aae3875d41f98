/** The address of a relay: http or https, with a path prefix if it shares a host, and nothing else. PROTOCOL.md [P30]. */
import { ProtocolError } from './errors';

/**
 * @returns the address in one form: lower-case host, no trailing slash, default port left out
 * @throws ProtocolError BAD_FRAME with a sentence for people
 */
export function parseRelayUrl(text: string): string {
  const trimmed = text.trim();
  let url: URL;
  try {
    url = new URL(trimmed);
  } catch {
    throw bad(
      /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed)
        ? 'The relay address is incomplete.'
        : 'The relay address must start with https:// (or http:// on this computer).',
    );
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw bad('The relay address must start with https:// (or http:// on this computer).');
  }
  if (url.username !== '' || url.password !== '') throw bad('The relay address must not hold a user name or password.');
  if (url.search !== '' || url.hash !== '' || /[?#]/.test(trimmed)) throw bad('The relay address must not hold a "?" or "#".');
  return url.origin + url.pathname.replace(/\/+$/, '');
}

/** Where a signed request goes. @param relay as `parseRelayUrl` returned it */
export function requestUrl(relay: string, request: 'found' | 'join' | 'session'): string {
  return `${relay}/v1/${request}`;
}

/** Where the WebSocket goes. @param relay as `parseRelayUrl` returned it */
export function socketUrl(relay: string): string {
  return `${relay.replace(/^http/, 'ws')}/v1/socket`;
}

/** Where frames go by plain requests. @param relay as `parseRelayUrl` returned it */
export function pollUrl(relay: string): string {
  return `${relay}/v1/poll`;
}

/** Whether the address means the very computer that uses it. @param relay as `parseRelayUrl` returned it */
export function isLoopback(relay: string): boolean {
  return isLoopbackHost(new URL(relay).hostname);
}

/** @param host a name or an IP address; IPv6 with or without brackets */
export function isLoopbackHost(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/.test(host);
}

function bad(message: string): ProtocolError {
  return new ProtocolError('BAD_FRAME', message);
}
