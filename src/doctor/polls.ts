/** Whether frames get through by plain requests where no WebSocket does: then it works, only not as well. PROTOCOL.md [P42] [P84]. */
import { decodePollAnswer, decodeRelayFrame, encodeFrame, encodePollRequest, fromBase64Url, pollUrl, TOKEN_BYTES, type PollAnswer, type PollRequest } from '../protocol';
import type { HopResult } from './hop';

/** POSTs bytes without a header of its own. Rejects when no answer came. */
export type BytesPost = (url: string, body: Uint8Array) => Promise<{ readonly status: number; readonly body: Uint8Array }>;

/** How long the relay may hold a request of the check, ms. */
const HOLD = 3_000;
/** Verdicts that concern WebSockets alone. */
const OF_SOCKETS: readonly string[] = ['UPGRADE_REFUSED', 'UPGRADE_LOST', 'NO_WEBSOCKET', 'BUFFERED', 'LINE_CUT'];

/** A failure of WebSockets is a warning where long polls get through. */
export async function orPolls(result: HopResult, tryThem: () => Promise<boolean>): Promise<HopResult> {
  if (result.state !== 'failed' || !OF_SOCKETS.includes(result.code) || !(await tryThem())) return result;
  return { ...result, state: 'warning', text: `${result.text} Plain requests get through, and Blockwire uses those instead: slower, and harder on a phone’s battery.` };
}

/** @param token of a session: says hello and waits for the welcome; null: sees whether the relay itself answers */
export async function tryPolls(relay: string, token: string | null, post: BytesPost): Promise<boolean> {
  const ask = async (request: PollRequest): Promise<PollAnswer> => decodePollAnswer((await post(pollUrl(relay), encodePollRequest(request))).body);
  try {
    if (token === null) return (await ask({ type: 'end', link: new Uint8Array(TOKEN_BYTES) })).type === 'batch';
    const begun = await ask({ type: 'begin', token: fromBase64Url(token, TOKEN_BYTES) });
    if (begun.type !== 'begun') return false;
    const { link } = begun;
    await ask({ type: 'up', link, number: 1, frames: [encodeFrame({ type: 'open', cursors: [], visible: false })] });
    const batch = await ask({ type: 'down', link, received: 0, hold: HOLD });
    await ask({ type: 'end', link });
    return batch.type === 'batch' && batch.frames.some((frame) => decodeRelayFrame(frame).type === 'welcome');
  } catch {
    return false;
  }
}
