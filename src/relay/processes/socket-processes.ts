/** Processes beside the relay that hold its WebSockets: as many as were asked for, each started again when it ends. PROTOCOL.md [P110]-[P112]. */
import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { ERROR_MEANINGS, ProtocolError } from '../../protocol';
import type { SocketHolder } from '../doors/sockets';
import { SILENT, type Journal } from '../journal';
import { PING_EVERY } from '../relay-options';
import type { Wire, WireEvents } from '../wire';
import { ProcessEnd } from './process-end';

export interface SocketProcessesOptions {
  readonly count: number;
  readonly pingEvery?: number;
  readonly journal?: Journal;
  /** For tests: the built `socket-process.ts`. */
  readonly script?: string;
  /** For tests: bytes that may wait for one of them. */
  readonly unread?: number;
}

export class SocketProcessError extends Error {
  override readonly name = 'SocketProcessError';
}

/** Beside the bundle. */
const SCRIPT = fileURLToPath(new URL('./socket-process.mjs', import.meta.url));
/** Pauses before one is started again, ms: doubled up to the second. */
const PAUSES = { first: 100, most: 30_000 };
/** Whoever lived for so long is started again after the first pause, ms. */
const STEADY = 60_000;

export class SocketProcesses implements SocketHolder {
  private readonly ends = new Set<ProcessEnd>();
  private readonly retries = new Set<NodeJS.Timeout>();
  private isStopping = false;

  private constructor(private readonly options: SocketProcessesOptions) {}

  /** Resolves when all of them can take WebSockets. @throws SocketProcessError when one could not be started; none is left then */
  static async start(options: SocketProcessesOptions): Promise<SocketProcesses> {
    const processes = new SocketProcesses(options);
    try {
      await Promise.all(Array.from({ length: options.count }, () => processes.launch(PAUSES.first)));
    } catch (error) {
      await processes.close();
      throw error;
    }
    return processes;
  }

  /** Of those that run. */
  get pids(): number[] {
    return [...this.ends].flatMap(({ pid }) => pid ?? []);
  }

  /** The one that has the fewest takes it. */
  take(request: IncomingMessage, socket: Duplex, head: Buffer, introduce: (wire: Wire) => WireEvents): void {
    const least = this.least();
    if (least === null) throw new ProtocolError('SHUTTING_DOWN', ERROR_MEANINGS.SHUTTING_DOWN.sentence);
    if (!(socket instanceof Socket)) throw new TypeError('Only a socket of the system can be handed over.');
    least.take(request, socket, head, introduce);
  }

  wait(): number {
    return this.least()?.wait ?? 0;
  }

  private least(): ProcessEnd | null {
    let least: ProcessEnd | null = null;
    for (const end of this.ends) if (end.isReady && (least === null || end.load < least.load)) least = end;
    return least;
  }

  async close(): Promise<void> {
    this.isStopping = true;
    for (const retry of this.retries) clearTimeout(retry);
    await Promise.all([...this.ends].map((end) => end.stop()));
  }

  /** @param pause before it is started again, should it end, ms. @returns when it is ready; rejects where it ended before */
  private launch(pause: number): Promise<void> {
    const { script = SCRIPT, pingEvery = PING_EVERY, journal = SILENT, unread } = this.options;
    const startedAt = performance.now();
    return new Promise((resolve, reject) => {
      const onEnded = (why: string): void => {
        if (end !== null) this.ends.delete(end);
        reject(new SocketProcessError(`A process that was to hold WebSockets ended before it was ready (${why}).`));
        if (this.isStopping) return;
        const again = performance.now() - startedAt > STEADY ? PAUSES.first : pause;
        journal('sockets.ended', { why, again });
        this.launchLater(again);
      };
      let end: ProcessEnd | null = null;
      try {
        end = new ProcessEnd({ script, pingEvery, journal, unread, onReady: resolve, onEnded });
        this.ends.add(end);
      } catch (error) {
        onEnded(String(error)); // the system has no room for one more
      }
    });
  }

  private launchLater(pause: number): void {
    const retry = setTimeout(() => {
      this.retries.delete(retry);
      // Where it ends before it is ready, that was told and is tried again already.
      this.launch(Math.min(2 * pause, PAUSES.most)).then(undefined, () => undefined);
    }, pause);
    retry.unref();
    this.retries.add(retry);
  }
}
