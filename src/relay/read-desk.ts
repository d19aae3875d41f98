/** Answers what one connection reads of its log, a read after the other. PROTOCOL.md [P66] */
import { LIMITS, ProtocolError, type ClientFrame, type SpaceId } from '../protocol';
import type { EntryLog } from './log';
import type { Meter } from './meter';
import { PacedPages } from './paced-pages';
import type { Wire } from './wire';

type Read = Extract<ClientFrame, { type: 'read' }>;

export interface ReadDeskEvents {
  /** Whether answers are still wanted. */
  isOpen(): boolean;
  send(frame: Uint8Array): void;
  /** The connection can't go on. */
  failed(error: unknown): void;
}

/** A page has this many bytes of entries at most, and leaves room for its own frame. */
const PAGE_BYTES = LIMITS.frame - LIMITS.entriesPerFrame * 12 - 256;
/** Requests that may wait behind the one being answered. */
const READS = 16;

export class ReadDesk {
  private readonly waiting: Read[] = [];
  private isReading = false;

  constructor(
    private readonly space: SpaceId,
    private readonly log: EntryLog,
    private readonly meter: Meter,
    private readonly wire: Wire,
    private readonly events: ReadDeskEvents,
  ) {}

  /** @throws ProtocolError RATE_LIMITED when too many wait */
  take(read: Read): void {
    if (this.waiting.length >= READS) throw new ProtocolError('RATE_LIMITED', 'Too many reads at once.');
    this.waiting.push(read);
    if (!this.isReading) void this.answerAll().catch((error: unknown) => this.events.failed(error));
  }

  private async answerAll(): Promise<void> {
    this.isReading = true;
    const pages = new PacedPages(this.wire, (frame) => this.events.send(frame));
    try {
      for (let next = this.waiting.shift(); next !== undefined && this.events.isOpen(); next = this.waiting.shift()) await this.answer(next, pages);
    } finally {
      this.isReading = false;
    }
  }

  /** A page at a time: the next is read when the last has left, so that a slow device costs no memory. */
  private async answer({ request, after, compact, aliases }: Read, pages: PacedPages): Promise<void> {
    let from = after;
    while (this.events.isOpen()) {
      const page = await this.log.read(this.space, { after: from, compact, aliases, maxEntries: LIMITS.entriesPerFrame, maxBytes: PAGE_BYTES });
      if (!this.events.isOpen()) return;
      this.meter.delivered += page.entries.length;
      await pages.send(request, page);
      if (page.done) return;
      from = page.through?.sequence ?? from;
    }
  }
}
