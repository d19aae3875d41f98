/** WebTransport, where the relay offers it: whether its UDP port can be reached. Never a failure, since all goes by WebSocket as well. PROTOCOL.md [P75] [P100]. */
import { skipped, warning, type HopResult } from './hop';

/** What the relay's /health says: a UDP port, null while nobody listens there, undefined where its owner does not want it. */
export type OfferedPort = number | null | undefined;

/**
 * @param isWanted the user turned it on here
 * @param reach tries the port; null: nothing comes back
 * @returns null where there is nothing to say
 */
export async function judgeWebTransport(port: OfferedPort, isWanted: boolean, reach: (port: number) => Promise<HopResult | null>): Promise<HopResult | null> {
  if (port === undefined) return isWanted ? skipped('webtransport', 'The relay does not offer it.') : null;
  if (port === null) {
    return warning('webtransport', 'WEBTRANSPORT_DOWN', 'The relay’s process for it is not there now; all goes by WebSocket.', 'The relay starts it again within a minute. If it stays away, the relay’s log says why (webtransport.ended).');
  }
  return (
    (await reach(port)) ??
    warning('webtransport', 'WEBTRANSPORT_BLOCKED', `Nothing comes back from UDP port ${port}; all goes by WebSocket.`, 'Let UDP through to that port of the relay’s computer: firewall and router. A proxy does not pass it on.')
  );
}
