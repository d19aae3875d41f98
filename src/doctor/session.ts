/** Whether the relay knows this device: asks for a session by a signed request. PROTOCOL.md [P26] [P50] [P53]. */
import { decodeErrorAnswer, decodeSessionAnswer, ERROR_MEANINGS, requestUrl, type ErrorAnswer, type ErrorCode } from '../protocol';
import { bad, good, type HopResult } from './hop';
import type { HttpAnswer } from './http';

export interface SessionPorts {
  /** Rejects when no answer came. */
  readonly post: (url: string, body: string) => Promise<HttpAnswer>;
  /** The signed request of a device, made at a time. */
  readonly request: (time: number) => Promise<string>;
  readonly now: () => number;
}

/** A token; or the relay's refusal; or what else happened, in words. */
export type SessionFacts = { readonly token: string } | { readonly refused: ErrorCode } | { readonly failed: string };

/** A clock that is off is corrected once, as a device does it. */
export async function askSession(relay: string, { post, request, now }: SessionPorts): Promise<SessionFacts> {
  let time = now();
  for (let attempt = 0; ; attempt++) {
    let answer: HttpAnswer;
    try {
      answer = await post(requestUrl(relay, 'session'), await request(time));
    } catch (error) {
      return { failed: error instanceof Error ? error.message : String(error) };
    }
    let refusal: ErrorAnswer;
    try {
      if (answer.status === 200) return { token: decodeSessionAnswer(answer.body).token };
      refusal = decodeErrorAnswer(answer.body);
    } catch {
      return { failed: `HTTP ${answer.status}` };
    }
    if (refusal.code !== 'CLOCK_SKEW' || attempt > 0) return { refused: refusal.code };
    time = refusal.now;
  }
}

export function judgeSession(facts: SessionFacts): HopResult {
  if ('token' in facts) return good('session', 'The relay knows this device.');
  if ('refused' in facts) return refusedBy('session', facts.refused);
  return bad('session', 'SESSION_BLOCKED', `The relay answers, but not this request (${facts.failed}).`, 'If a proxy stands before the relay, let it pass POST and OPTIONS for the relay’s whole path.');
}

/** A pairing link has no device yet: the relay refuses a stranger, but only when it has the link's space. */
export function judgeLink(facts: SessionFacts): HopResult {
  if ('refused' in facts && facts.refused === 'UNAUTHORIZED') return good('session', 'The relay has the space of this link.');
  if ('refused' in facts && facts.refused === 'UNKNOWN_SPACE') {
    return bad('session', 'UNKNOWN_SPACE', 'The relay does not have the space that this link’s key is for.', 'Make a new link on a device that works (Add a device). If the devices have the same relay and still differ, one of them is of another space.');
  }
  return judgeSession(facts);
}

export function refusedBy(hop: 'session' | 'live' | 'upgrade', code: ErrorCode): HopResult {
  const { sentence, hint } = ERROR_MEANINGS[code];
  return bad(hop, code, sentence, hint);
}
