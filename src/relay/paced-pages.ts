/**
 * Sends what a device reads of the log no faster than its line takes it in: a keystroke of another device comes over the same line, behind what is in
 * buffers that nobody can look into. PROTOCOL.md [P99]
 */
import { delivered, encodeFrame, newFlow, windowOf } from '../protocol';
import { digestOf } from './digest';
import type { LogPage } from './log';
import type { Wire } from './wire';

/** Bytes of entries in one frame, unless one entry alone is larger. */
const PIECE = 16 * 1024;
/** Windows of a streamed answer: what has come is told by requests, some frames at a time, and so late that the line would stand still half of the time. */
const HEAPS = 2;

export class PacedPages {
  private readonly flow = newFlow();
  private onTheLine = 0;
  private goOn: (() => void) | null = null;

  /** @param sendLast takes a frame that nothing follows */
  constructor(
    private readonly wire: Wire,
    private readonly sendLast: (frame: Uint8Array) => void,
  ) {}

  /** Sends a page in frames. Resolves when the next may follow, or never if the connection ends before. */
  async send(request: number, page: LogPage): Promise<void> {
    // Where nothing tells what has arrived, smaller frames would make it slower and no keystroke sooner.
    const pieces = this.wire.arrived === undefined ? [page.entries] : piecesOf(page.entries);
    for (const [i, entries] of pieces.entries()) {
      const isLast = i === pieces.length - 1;
      const frame = encodeFrame({ type: 'page', request, entries, through: isLast ? page.through : lastOf(entries), done: isLast && page.done });
      // What is one frame in all is waited for by nobody, and an idle device is spared the question whether it came.
      if (isLast && page.done && this.onTheLine === 0) this.sendLast(frame);
      else if (this.wire.arrived === undefined) await new Promise<void>((sent) => this.wire.send(frame, sent));
      else await this.pass(frame);
    }
  }

  private window(): number {
    const window = windowOf(this.flow, performance.now());
    return this.wire.kind === 'stream' && this.flow.probe === null ? HEAPS * window : window;
  }

  private async pass(frame: Uint8Array): Promise<void> {
    while (this.onTheLine >= this.window()) await new Promise<void>((goOn) => (this.goOn = goOn));
    // The way may have turned out to be one that can't tell.
    if (this.wire.arrived === undefined) return new Promise<void>((sent) => this.wire.send(frame, sent));
    const sentAt = performance.now();
    this.onTheLine += frame.length;
    this.wire.send(frame);
    this.wire.arrived(() => {
      this.onTheLine -= frame.length;
      delivered(this.flow, frame.length, sentAt, performance.now());
      this.goOn?.();
    });
  }
}

/** Up to here all has been given, as a page says it. */
function lastOf(entries: LogPage['entries']): LogPage['through'] {
  const last = entries.at(-1);
  return last === undefined ? null : { sequence: last.sequence, digest: digestOf(last.bytes) };
}

function piecesOf(entries: LogPage['entries']): LogPage['entries'][] {
  const pieces: LogPage['entries'][number][][] = [[]];
  let size = 0;
  for (const entry of entries) {
    if (size > 0 && size + entry.bytes.length > PIECE) {
      pieces.push([]);
      size = 0;
    }
    pieces.at(-1)?.push(entry);
    size += entry.bytes.length;
  }
  return pieces;
}
