/** What carries the frames of one connection, as a port. */
import { afterWholeTurn } from './whole-turn';

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
  /** Those of them that the other side does not take. Where it is missing, all of them: none wait for a process of the relay's own. */
  readonly untaken?: number;
  /** Calls `run` when all that had come from the other side by now has been told, however late a process of the relay's own is; or never if the connection ends before. */
  settled?(run: () => void): void;
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

/** Calls `run` once what the other side had said by now was told, and its socket was written to again. */
export function settle(wire: Wire, run: () => void): void {
  if (wire.settled === undefined) afterWholeTurn(run);
  else wire.settled(run);
}
