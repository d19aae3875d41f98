/** Whether a WebSocket upgrade gets through to the relay, judged by one without a session: the relay itself must be who refuses it. PROTOCOL.md [P55]. */
import { decodeErrorAnswer, type ErrorCode } from '../protocol';
import { bad, good, type HopResult } from './hop';
import type { HttpAnswer } from './http';
import { refusedBy } from './session';

const PASS = 'Let the proxy pass WebSockets: nginx needs proxy_http_version 1.1 and the Upgrade and Connection headers. Some networks and security programs block them.';

/** @param answer null: none came; `why` says it in the platform's words */
export function judgeUpgrade(answer: HttpAnswer | null, why = ''): HopResult {
  if (answer === null) return bad('upgrade', 'UPGRADE_REFUSED', `A WebSocket upgrade gets no answer (${why}).`, PASS);
  const code = codeIn(answer.body);
  if (code === 'UNAUTHORIZED') return good('upgrade', 'A WebSocket upgrade reaches the relay.');
  if (code === 'BAD_FRAME') return bad('upgrade', 'UPGRADE_LOST', 'A WebSocket upgrade reaches the relay as a plain request: the Upgrade header is lost on the way.', PASS);
  if (code !== null) return refusedBy('upgrade', code);
  return bad('upgrade', 'UPGRADE_REFUSED', `A WebSocket upgrade is answered by something before the relay (HTTP ${answer.status}).`, PASS);
}

/** The relay's own code in an answer, null when it is none of the relay's. */
export function codeIn(body: string): ErrorCode | null {
  try {
    return decodeErrorAnswer(body).code;
  } catch {
    return null;
  }
}
