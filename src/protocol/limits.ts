/** Sizes in bytes, times in milliseconds. Both sides enforce them; PROTOCOL.md cites them. */
export const LIMITS = {
  /** One WebSocket message. */
  frame: 320 * 1024,
  /** One sealed entry; larger bodies travel in parts. */
  entry: 256 * 1024,
  entriesPerFrame: 4096,
  /** Parts of one large body. */
  parts: 1024,
  /** Devices of one space that a relay names in one frame. */
  devices: 256,
  /** UTF-8 bytes of an error's message. */
  errorMessage: 512,
  cursors: 8,
  aliasesPerRead: 64,
  presence: 8 * 1024,
  /** A sealed chunk of a file: all are of one length. */
  fileChunk: 16_344,
  /** Chunks of one file: 1 GB. */
  fileChunks: 65_536,
  /** Chunks of files that a device may have sent, or asked for, without an answer. */
  filesUnanswered: 256,
  /** Entries that a device may have sent without an acknowledgement. */
  unacknowledged: 256,
  /** For the headers of a request, and for a TLS handshake. */
  handshake: 5_000,
  /** For `open` after the upgrade: a device on a poor line needs a while, and gives up by itself then. */
  opening: 15_000,
  /** A session lives this long after its last use. */
  session: 24 * 60 * 60 * 1000,
  /** A signed request is accepted within this distance of the relay's clock. */
  clockSkew: 5 * 60 * 1000,
  pairingLink: 300,
  requestBody: 4 * 1024,
  /** Frames that one plain request carries, unless one alone is larger. */
  batch: 128 * 1024,
  framesPerBatch: 1024,
  /** A request that carries frames, or its answer: one frame of any size, and what is around it. */
  pollBody: 321 * 1024,
  /** The longest that a request for frames waits for them: below the idle time-outs of proxies. */
  pollHold: 25_000,
  /** How often either side gives a sign of life where an answer is streamed. */
  streamAlive: 25_000,
} as const;

/** Offered first among the WebSocket subprotocols: a server echoes the first, and the token must not be echoed. */
export const SUBPROTOCOL = 'blockwire.1';
/** The session token travels as a second subprotocol with this prefix. */
export const TOKEN_PREFIX = 'blockwire.session.';
