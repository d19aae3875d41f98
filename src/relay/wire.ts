/** What carries the frames of one connection, as a port. */

/** What carries frames. `close` may be called more than once. */
export interface Wire {
  /** For logs. */
  readonly kind: 'webtransport' | 'websocket' | 'stream' | 'long-poll';
  /** `sent` is called when the frame has left the process, or never if the connection ends before. */
  send(frame: Uint8Array, sent?: () => void): void;
  /** Calls `run` when the other side has all that was sent so far, or never if the connection ends before. There is none where the way can't tell. */
  arrived?(run: () => void): void;
  /** Bytes that have not left yet. */
  readonly buffered: number;
  pause(): void;
  resume(): void;
  close(code: number, reason: string): void;
}

/** What a wire tells of. `alive`: a sign of life that is no frame. */
export interface WireEvents {
  message(bytes: Uint8Array): void;
  alive(): void;
  ended(why: string): void;
}
