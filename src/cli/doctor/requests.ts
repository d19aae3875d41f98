/** Plain requests, preflights and upgrades over one way, as browsers and devices make them. */
import { randomBytes } from 'node:crypto';
import { request as overHttp, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as overHttps } from 'node:https';
import { codeIn, OBSIDIAN_ORIGINS, type BytesPost, type HttpAnswer, type OriginFacts } from '../../doctor';
import { requestUrl, socketUrl, SUBPROTOCOL } from '../../protocol';
import { systemCode } from '../cli-error';
import { pinned, type Way } from './way';

/** More of an answer is not read, bytes. */
const LONGEST = 64 * 1024;

export interface WholeAnswer extends HttpAnswer {
  readonly bytes: Uint8Array;
  /** Each value of a header, as it came. */
  readonly header: (name: string) => readonly string[];
}

interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Over a line that nobody vouches for: only for what is no secret. */
  readonly untrusted?: boolean;
}

/** Any status is an answer; a redirect is not followed. @throws the system's error when no answer comes */
export function ask(way: Way, url: string, { method = 'GET', headers = {}, body, untrusted = false }: Ask = {}): Promise<WholeAnswer> {
  return new Promise((resolve, reject) => {
    const request = open(way, url, method, { ...headers, ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }) }, untrusted);
    const timer = setTimeout(() => request.destroy(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' })), way.patience);
    request.on('response', (response) => void whole(response).then(resolve, reject).finally(() => clearTimeout(timer)));
    // A 101 without a frame after it is all that matters here.
    request.on('upgrade', (response, socket) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ status: response.statusCode ?? 0, body: '', bytes: new Uint8Array(0), header: (name) => headerOf(response, name) });
    });
    request.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    request.end(body);
  });
}

/** An upgrade without a session. */
export function askUpgrade(way: Way, origin?: string): Promise<WholeAnswer> {
  return ask(way, socketUrl(way.relay).replace(/^ws/, 'http'), {
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': randomBytes(16).toString('base64'),
      'sec-websocket-protocol': SUBPROTOCOL,
      ...(origin === undefined ? {} : { origin }),
    },
  });
}

/** Frames by plain requests, as a device sends them. */
export function postOver(way: Way): BytesPost {
  return async (url, body) => {
    const { status, bytes } = await ask(way, url, { method: 'POST', body });
    return { status, body: bytes };
  };
}

/** What each of Obsidian's origins gets. @throws the system's error when no answer comes */
export async function askAsObsidian(way: Way): Promise<OriginFacts[]> {
  const facts: OriginFacts[] = [];
  for (const [origin] of OBSIDIAN_ORIGINS) {
    const plain = await ask(way, `${way.relay}/health`, { headers: { origin } });
    const preflight = await ask(way, requestUrl(way.relay, 'session'), {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization,content-type' },
    });
    facts.push({
      origin,
      allowed: plain.header('access-control-allow-origin'),
      preflight: {
        status: preflight.status,
        allowed: preflight.header('access-control-allow-origin'),
        methods: preflight.header('access-control-allow-methods').join(),
        headers: preflight.header('access-control-allow-headers').join(),
      },
      upgrade: codeIn((await askUpgrade(way, origin)).body),
    });
  }
  return facts;
}

/** In few words, without an address. */
export function reasonOf(error: unknown): string {
  return systemCode(error) || (error instanceof Error ? error.message : String(error));
}

function open(way: Way, url: string, method: string, headers: Readonly<Record<string, string>>, untrusted: boolean): ClientRequest {
  const shared = { method, headers, agent: false, lookup: pinned(way) };
  if (url.startsWith('http:')) return overHttp(url, shared);
  return overHttps(url, { ...shared, rejectUnauthorized: !untrusted, ...(way.ca === undefined ? {} : { ca: way.ca }) });
}

function whole(response: IncomingMessage): Promise<WholeAnswer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let length = 0;
    const done = (): void => {
      const bytes = Buffer.concat(parts);
      resolve({ status: response.statusCode ?? 0, body: bytes.toString('utf8'), bytes, location: response.headers.location, header: (name) => headerOf(response, name) });
    };
    response.on('data', (part: Buffer) => {
      parts.push(part);
      if ((length += part.length) <= LONGEST) return;
      done();
      response.destroy();
    });
    response.on('end', done);
    response.on('error', reject);
    response.on('aborted', () => reject(Object.assign(new Error('the answer broke off'), { code: 'ECONNRESET' })));
  });
}

function headerOf(response: IncomingMessage, name: string): string[] {
  const { rawHeaders } = response;
  return rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === name);
}
