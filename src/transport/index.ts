/** How frames reach the relay. The socket for Node is in ws-node.ts, apart, so that no bundle for browsers holds it. */
export { createWebSocketTransport, type WebSocketTransportOptions } from './websocket';
export { type HttpPort, type KeptSession, type SessionKeeper, type SessionOptions } from './session';
export { httpByFetch } from './http';
export { systemClock, systemRandom } from './system';
