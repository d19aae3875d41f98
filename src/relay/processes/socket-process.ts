/** A process that holds WebSockets for a relay, which starts it with a pipe. It knows no space, device or session, and ends with the relay. PROTOCOL.md [P110]-[P112]. */
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { Sockets } from '../doors/sockets';
import { HeldSocket } from './held-socket';
import { NONE, Pipe } from './pipe';
import { PIPE, type HandedUpgrade, type ProcessNews } from './handing';

/** Bytes that may wait for a relay that is busy, before no more is read from devices. */
const WAITING = 1024 * 1024;

const held = new Map<number, HeldSocket>();
const full = new Set<HeldSocket>();
const tellRelay = (news: ProcessNews): void => {
  if (process.connected) process.send?.(news);
};
const sockets = new Sockets({ pingEvery: Number(process.argv[2]), journal: (event, fields = {}) => tellRelay({ event, fields }) });
const stream = new Socket({ fd: PIPE, readable: true, writable: true, ...{ writableHighWaterMark: WAITING } });
const pipe = new Pipe(stream, (kind, id, bytes) => {
  if (kind === 'stop') void sockets.close().then(() => stream.end());
  else if (id === NONE) pipe.tell(kind, NONE);
  else held.get(id)?.take(kind, bytes);
});

// The relay's end, however it comes, is the end of this process.
stream.on('error', () => undefined).once('close', () => process.exit(0));
process.once('disconnect', () => process.exit(0));
// A terminal or a service manager tells all processes at once. The relay has things to say to devices before these may go.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

stream.on('drain', () => {
  const calm = [...full];
  full.clear();
  for (const each of calm) each.calm();
});

process.on('message', ({ id, method, url, headers, head }: HandedUpgrade, socket?: Socket) => {
  const gone = (): boolean => pipe.tell('ended', id);
  // It was closed on its way here.
  if (socket === undefined) return void gone();
  const request = Object.assign(new IncomingMessage(socket), { method, url, headers });
  socket.once('close', gone).on('error', ignore);
  sockets.take(request, socket, Buffer.from(head, 'base64'), (wire) => {
    socket.off('close', gone).off('error', ignore);
    const each = new HeldSocket(id, wire, pipe, (paused) => full.add(paused), (over) => held.delete(over)); // prettier-ignore
    held.set(id, each);
    return each;
  });
});

tellRelay({ event: 'ready', fields: {} });

function ignore(): void {
  // the close that follows is enough
}
