/** The HTTP port over `fetch`, where the platform's is allowed to reach the relay (Node; browsers, by the relay's CORS headers). */
import type { BytesPort } from './long-poll';
import type { HttpPort } from './session';

export function httpByFetch(fetch: typeof globalThis.fetch = globalThis.fetch): HttpPort {
  return async (url, body, signal) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      ...(signal && { signal }),
      // No cookies: the relay has none, and a cross-origin request with them would be refused.
      credentials: 'omit',
      cache: 'no-store',
      redirect: 'error',
    });
    return { status: response.status, body: await response.text() };
  };
}

/** No header beside the browser's own: so no page has to ask for leave first, and a proxy that takes headers away does no harm. */
export function bytesByFetch(fetch: typeof globalThis.fetch = globalThis.fetch): BytesPort {
  return async (url, body, signal) => {
    const response = await fetch(url, { method: 'POST', body: body.slice(), signal, credentials: 'omit', cache: 'no-store', redirect: 'error' });
    return { status: response.status, body: new Uint8Array(await response.arrayBuffer()) };
  };
}
