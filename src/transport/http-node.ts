/** The HTTP ports for Node. `fetch` there compiles its parser while it runs, which keeps a short program from ending for a second or more. Imported by path: no bundle for browsers holds it. */
import { Agent, request as overHttp, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as TlsAgent, request as overHttps } from 'node:https';
import { LIMITS } from '../protocol';
import type { BytesPort } from './link';
import type { HttpPort } from './session';
import type { StreamPort } from './stream';

/** How long an answer may keep one waiting, ms. */
const ANSWER_WITHIN = 15_000;
/** The longest answer that is read, bytes: a relay's have a few hundred. */
const LONGEST = 64 * 1024;

/** No redirect is followed: it comes back as the status it is. */
export function httpByNode(): HttpPort {
  // A connection kept for later would keep the program from ending.
  return async (url, body, signal) => {
    const answer = await post(url, Buffer.from(body), LONGEST, { agent: false, timeout: ANSWER_WITHIN, headers: { 'content-type': 'application/json' }, ...(signal && { signal }) });
    return { status: answer.status, body: answer.body.toString('utf8') };
  };
}

/** Its connections are kept while something goes over them; a free one keeps no program from ending. */
export function bytesByNode(): BytesPort {
  const plain = new Agent({ keepAlive: true });
  const secure = new TlsAgent({ keepAlive: true });
  return (url, body, signal) => post(url, body, LIMITS.pollBody, { agent: url.startsWith('https:') ? secure : plain, signal });
}

/** A connection of its own for each: it lasts. */
export function streamByNode(): StreamPort {
  return async (url, body, signal) => {
    const response = await open(url, body, { agent: false, signal });
    return { status: response.statusCode ?? 0, chunks: response };
  };
}

/** @param longest answer that is read, bytes */
async function post(url: string, content: Uint8Array, longest: number, options: RequestOptions): Promise<{ status: number; body: Buffer; after?: string }> {
  const response = await open(url, content, options);
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let length = 0;
    response.on('data', (part: Buffer) => {
      parts.push(part);
      length += part.length;
      if (length > longest) response.destroy(new Error('The answer is too long.'));
    });
    response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts), after: response.headers['retry-after'] }));
    response.on('error', reject);
  });
}

/** Resolves with the answer's head. */
function open(url: string, content: Uint8Array, options: RequestOptions): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { ...options.headers, 'content-length': content.length };
    const request = (url.startsWith('https:') ? overHttps : overHttp)(url, { ...options, method: 'POST', headers }, resolve);
    request.on('timeout', () => request.destroy(new Error('No answer came in time.')));
    request.on('error', reject);
    request.end(content);
  });
}
