/** A WebSocket for Node, where the platform has none that can be told its limits. Imported by path: no bundle for browsers holds it. */
import { WebSocket as NodeSocket } from 'ws';
import { LIMITS } from '../protocol';

class BoundedSocket extends NodeSocket {
  constructor(url: string, protocols: string[]) {
    super(url, protocols, { perMessageDeflate: false, maxPayload: LIMITS.frame, handshakeTimeout: 5_000 });
  }
}

/** `ws` has the browser's interface as far as websocket.ts uses it, but not its type. */
export const NodeWebSocket = BoundedSocket as unknown as typeof WebSocket;
