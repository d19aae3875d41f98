/** Node answers 408 to a request that it has not read in time, also where it is this process that is late. PROTOCOL.md [P113] */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { afterWholeTurn } from './whole-turn';

const TIMED_OUT = 'ERR_HTTP_REQUEST_TIMEOUT';
const ANSWER = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n';

/** Lets the server read once more before it gives up a connection of which it has read nothing. @param rest for all of what is there then to come, ms */
export function readBeforeTimeout(server: Server, rest: number): void {
  const emit = server.emit.bind(server) as (event: string | symbol, ...values: unknown[]) => boolean;
  // Not a listener: all other errors would lose Node's own answers by that.
  server.emit = (event: string | symbol, ...values: unknown[]): boolean => {
    const [error, socket] = values as [NodeJS.ErrnoException, Socket];
    if (event !== 'clientError' || error.code !== TIMED_OUT || socket.bytesRead > 0) return emit(event, ...values);
    afterWholeTurn(() => {
      if (socket.destroyed) return;
      if (socket.bytesRead === 0) socket.end(ANSWER, () => socket.destroy());
      // Node looks at its time no more.
      else socket.setTimeout(rest, () => socket.destroy());
    });
    return true;
  };
}
