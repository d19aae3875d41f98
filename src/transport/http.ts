/** The HTTP port over `fetch`, where the platform's is allowed to reach the relay (Node; browsers, by the relay's CORS headers). */
import type { BytesPort } from './link';
import type { HttpPort } from './session';
import type { StreamPort } from './stream';

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

type Fetch = typeof globalThis.fetch;

/** No header beside the browser's own: so no page has to ask for leave first, and a proxy that takes headers away does no harm. */
function send(fetch: Fetch, url: string, body: Uint8Array, signal: AbortSignal): Promise<Response> {
  return fetch(url, { method: 'POST', body: body.slice(), signal, credentials: 'omit', cache: 'no-store', redirect: 'error' });
}

export function bytesByFetch(fetch: Fetch = globalThis.fetch): BytesPort {
  return async (url, body, signal) => {
    const response = await send(fetch, url, body, signal);
    return { status: response.status, body: new Uint8Array(await response.arrayBuffer()), after: response.headers.get('retry-after') };
  };
}

/** Rejects where the platform can't give an answer piece by piece. */
export function streamByFetch(fetch: Fetch = globalThis.fetch): StreamPort {
  return async (url, body, signal) => {
    const response = await send(fetch, url, body, signal);
    if (response.body === null) throw new TypeError('An answer without a body.');
    return { status: response.status, chunks: chunksOf(response.body.getReader()) };
  };
}

/** Browsers can't iterate over a body yet. */
async function* chunksOf(reader: ReadableStreamDefaultReader<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}
