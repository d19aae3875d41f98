/** How frames reach the relay. What is for Node is in ws-node.ts and http-node.ts, apart, so that no bundle for browsers holds it. */
export { createTransport, type RelayTransport, type TransportOptions } from './transport';
export { createWebSocketTransport, webSocketWay } from './websocket';
export { webTransportWay } from './webtransport';
export { Offers } from './offers';
export { longPollWay, shortPollWay } from './long-poll';
export { streamWay, type StreamPort } from './stream';
export { type BytesPort } from './link';
export { FrameTap, type Passing } from './frame-tap';
export { type LadderKeeper } from './ladder';
export { type Way, type WayName } from './way';
export { type HttpPort, type KeptSession, type SessionKeeper, type SessionOptions } from './session';
export { bytesByFetch, httpByFetch, streamByFetch } from './http';
export { systemClock, systemRandom } from './system';
