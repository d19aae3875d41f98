/** The HTTP port for Node. `fetch` there compiles its parser while it runs, which keeps a short program from ending for a second or more. Imported by path: no bundle for browsers holds it. */
import { request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import type { HttpPort } from './session';

/** How long an answer may keep one waiting, ms. */
const ANSWER_WITHIN = 15_000;
/** The longest answer that is read, bytes: a relay's have a few hundred. */
const LONGEST = 64 * 1024;

/** No redirect is followed: it comes back as the status it is. */
export function httpByNode(): HttpPort {
  return (url, body, signal) =>
    new Promise((resolve, reject) => {
      const content = Buffer.from(body);
      const request = (url.startsWith('https:') ? overHttps : overHttp)(
        url,
        {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'content-length': content.length },
          agent: false, // a connection kept for later would keep the program from ending
          timeout: ANSWER_WITHIN,
          ...(signal && { signal }),
        },
        (response) => {
          const parts: Buffer[] = [];
          let length = 0;
          response.on('data', (part: Buffer) => {
            parts.push(part);
            length += part.length;
            if (length > LONGEST) response.destroy(new Error('The answer is too long.'));
          });
          response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString('utf8') }));
          response.on('error', reject);
        },
      );
      request.on('timeout', () => request.destroy(new Error('No answer came in time.')));
      request.on('error', reject);
      request.end(content);
    });
}
