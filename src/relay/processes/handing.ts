/** What goes over the channel that can hand sockets to another process, beside the pipe that carries frames. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Fields } from '../journal';

/** Its number among the files of a process that holds WebSockets: behind input, outputs and channel. */
export const PIPE = 4;

/** Comes with the socket. */
export interface HandedUpgrade {
  /** Names the WebSocket from now on. */
  readonly id: number;
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** What came behind the request already, base64. */
  readonly head: string;
}

/** From the process: a line for the journal, or `ready`. */
export interface ProcessNews {
  readonly event: string;
  readonly fields: Fields;
}
