/** The relay's side of one process that holds WebSockets: hands them over, carries their frames, and tells when the process ends. */
import { fork, type ChildProcess } from 'node:child_process';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Journal } from '../journal';
import type { Wire, WireEvents } from '../wire';
import { PIPE, type HandedUpgrade, type ProcessNews } from './handing';
import { HeldWire } from './held-wire';
import { decodeCount, NONE, Pipe, type Kind } from './pipe';

/** For it to end by itself, beyond the time that devices have to answer a close, ms. */
const END_TIME = 5_000;
/** Of the pings' length, without an answer; then it is ended. */
const SILENT_BEATS = 2;
/** Bytes that may wait for it in all, unless it is told otherwise; then it is ended, too: they take the relay's memory. */
const UNREAD = 256 * 1024 * 1024;
/** Room for young objects, MB: what passes by is gone at once, and V8's 16 would be 7 kB more for each of 3,000 devices. */
const YOUNG = '--max-semi-space-size=1';
/** How the time for one follows that of the last: by this factor upwards, however long that took, since some wait until thousands of requests have been read and those behind them don't; by this part of the difference downwards. */
const FOLLOWS = { up: 1.02, down: 1 / 8 };
/** What a line that breaks ends with (RFC 6455, 7.1.5). */
const BROKEN = '1006';

export interface ProcessEndOptions {
  readonly script: string;
  /** ms, as the relay's. */
  readonly pingEvery: number;
  readonly journal: Journal;
  /** Bytes that may wait for it. */
  readonly unread?: number;
  readonly onReady: () => void;
  /** Called once, also where it never started; its connections have ended by then. @param why for logs */
  readonly onEnded: (why: string) => void;
}

interface Handed {
  /** ms */
  readonly since: number;
  readonly socket: Socket;
  readonly introduce: (wire: Wire) => WireEvents;
}

export class ProcessEnd {
  isReady = false;
  private readonly child: ChildProcess;
  private readonly pipe: Pipe;
  /** Handed over, and not open yet. */
  private readonly handed = new Map<number, Handed>();
  private readonly wires = new Map<number, HeldWire>();
  /** Not sent yet. */
  private readonly queue: HandedUpgrade[] = [];
  private isHanding = false;
  /** From one socket that was handed over to the next, ms. */
  private each = 0.5;
  /** Since when the present one is being handed over, ms. */
  private handingSince = 0;
  private last = NONE;
  /** Beats since it answered. */
  private silent = 0;
  private readonly beats: NodeJS.Timeout;
  private isOver = false;
  private readonly ended: Promise<void>;

  constructor(private readonly options: ProcessEndOptions) {
    this.child = fork(options.script, [String(options.pingEvery)], { execArgv: [...process.execArgv, YOUNG], stdio: ['ignore', 'ignore', 'inherit', 'ipc', 'pipe'] });
    const stream = this.child.stdio[PIPE] as Duplex; // asked for above
    stream.on('error', () => undefined); // its end tells more
    this.pipe = new Pipe(stream, (kind, id, bytes) => this.hear(kind, id, bytes), { beyond: options.unread ?? UNREAD, run: () => this.child.kill('SIGKILL') });
    this.child.on('message', (news) => this.news(news as ProcessNews)); // from our own script
    this.beats = setInterval(() => this.beat(), options.pingEvery);
    this.beats.unref();
    this.ended = new Promise((resolve) => {
      const over = (why: string): void => {
        if (this.isOver) return;
        this.isOver = true;
        clearInterval(this.beats);
        this.endAll();
        options.onEnded(why);
        resolve();
      };
      // Only when its pipe has been read to the end, so that what it passed on last is taken.
      this.child.once('close', (code, signal) => over(signal ?? `exit code ${code}`));
      this.child.on('error', (error) => {
        if (this.child.pid === undefined) over(error.message);
      });
    });
  }

  /** WebSockets, those on their way included. */
  get load(): number {
    return this.handed.size + this.wires.size;
  }

  /** Until one that is given now is handed over, ms. */
  get wait(): number {
    if (!this.isHanding) return 0;
    // Who is next has waited so long already: the pace now may be another than it was.
    const next = this.handed.get(this.queue[0]?.id ?? NONE)?.since ?? this.handingSince;
    return Math.max(performance.now() - Math.min(next, this.handingSince), this.queue.length * this.each);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  take(request: IncomingMessage, socket: Socket, head: Buffer, introduce: (wire: Wire) => WireEvents): void {
    const { method = '', url = '', headers } = request;
    const id = ++this.last;
    this.handed.set(id, { since: performance.now(), socket, introduce });
    // Nobody may say anything before the answer (RFC 6455, 4.1), so nothing is lost by reading on, which is how it is seen that a device gave up.
    socket.on('error', ignore).once('end', () => socket.destroy()).resume();
    this.queue.push({ id, method, url, headers, head: head.toString('base64') });
    if (!this.isHanding) this.handNext();
  }

  /**
   * Hands over one socket after the other: Node waits for an answer to each. When thousands of devices come back at once some give up before it is their
   * turn; to hand those over, too, would keep the others waiting until they do the same.
   */
  private handNext(): void {
    this.isHanding = false;
    for (let upgrade = this.queue.shift(); upgrade !== undefined; upgrade = this.queue.shift()) {
      const { id } = upgrade;
      const socket = this.handed.get(id)?.socket;
      if (socket === undefined || socket.destroyed) {
        this.release(id);
        continue;
      }
      this.isHanding = true;
      // Node would have the server count it as one of the process's, and wait for its end there, even where the process is gone.
      Object.assign(socket, { server: null });
      stopReading(socket);
      this.handingSince = performance.now();
      this.child.send(upgrade, socket, (error) => {
        const took = performance.now() - this.handingSince;
        this.each = took > this.each ? Math.min(took, FOLLOWS.up * this.each) : this.each + FOLLOWS.down * (took - this.each);
        if (error !== null) this.release(id);
        this.handNext();
      });
      return;
    }
  }

  /** Closes all WebSockets. Resolves when the process has ended. */
  async stop(): Promise<void> {
    this.pipe.tell('stop', NONE);
    const timer = setTimeout(() => this.child.kill('SIGKILL'), END_TIME);
    await this.ended;
    clearTimeout(timer);
  }

  private hear(kind: Kind, id: number, bytes: Uint8Array): void {
    this.silent = 0;
    if (kind === 'open') {
      this.open(id);
      return;
    }
    const wire = this.wires.get(id);
    if (kind === 'ended') {
      this.release(id);
      this.wires.delete(id);
      wire?.events?.ended(Buffer.from(bytes).toString());
    } else if (kind === 'frame') wire?.events?.message(bytes);
    else if (kind === 'alive') wire?.events?.alive();
    else if (kind === 'left') wire?.left(decodeCount(bytes));
    else if (kind === 'arrived') wire?.answered();
    else if (kind === 'kept') wire?.keeps(decodeCount(bytes));
    else if (kind === 'settled') wire?.hasSettled();
  }

  /** One that hangs would keep its devices, and be given more. */
  private beat(): void {
    if (++this.silent > SILENT_BEATS) this.child.kill('SIGKILL');
    else this.pipe.tell('alive', NONE);
  }

  private open(id: number): void {
    const handed = this.release(id);
    const wire = new HeldWire(id, this.pipe);
    this.wires.set(id, wire);
    wire.events = handed?.introduce(wire) ?? null;
  }

  /** What is left of a socket here when the process has it, or can't have it any more. */
  private release(id: number): Handed | undefined {
    const handed = this.handed.get(id);
    this.handed.delete(id);
    handed?.socket.destroy();
    return handed;
  }

  private news({ event, fields }: ProcessNews): void {
    if (event !== 'ready') return this.options.journal(event, fields);
    this.isReady = true;
    this.options.onReady();
  }

  private endAll(): void {
    this.isReady = false;
    for (const id of [...this.handed.keys()]) this.release(id);
    const wires = [...this.wires.values()];
    this.wires.clear();
    for (const { events } of wires) events?.ended(BROKEN);
  }
}

/**
 * Node closes this side of a socket only when the process has said that it has the other, which may have answered the device by then. What the device says to
 * that would be read here, and be lost. `pause` goes on reading until a buffer is full.
 */
function stopReading(socket: Socket): void {
  const { _handle: handle } = socket as unknown as { readonly _handle: { readStop(): number } | null }; // Node's own, of every socket
  handle?.readStop();
}

function ignore(): void {
  // it is destroyed then, and left out
}
