/**
 * One device's connection, whatever carries it: waiting for its first frame, opening (the log is asked), open, closed; or for files alone.
 * Frames that come while it opens are kept and handled in order.
 */
import {
  decodeClientFrame,
  encodeFrame,
  HeaderReader,
  isFileRequest,
  LIMITS,
  ProtocolError,
  ERROR_CODES,
  type AppendResult,
  type ClientFrame,
  type DeviceId,
  type ErrorCode,
  type LaneHead,
  type SpaceId,
} from '../protocol';
import type { Session } from './admission';
import { AppendGathering } from './append-gathering';
import type { ConnectionContext } from './connection-context';
import { entryFrames } from './entry-frames';
import { FileDesk } from './file-desk';
import { LogError } from './log-error';
import type { LoggedEntry, NewEntry } from './log';
import { ReadDesk } from './read-desk';
import { refusalFor } from './refusal';
import type { Guest, Room } from './rooms';
import { settle, type Wire } from './wire';

/** Base of the close codes that stand for an error, see [P41]. */
const ERROR_CLOSE = 4000;
const GOING_AWAY = 1001;
/** An append of what was sent before may search the log: it counts as so many frames. */
const RETRY_COST = 100;
/** Presence waits while more than this has not left. */
const PRESENCE_BUFFERED = 64 * 1024;
const PRESENCE_RETRY = 50;

export class Connection implements Guest {
  readonly space: SpaceId;
  readonly device: DeviceId;
  visible = false;
  private state: 'waiting' | 'opening' | 'open' | 'files' | 'closed' = 'waiting';
  private readonly room: Room;
  /** Made for the first frame of files, as `headers` and `appends` for the first append: most devices are connected for hours without one. */
  private desk: FileDesk | null = null;
  /** Until `open` has come. */
  private handshake: NodeJS.Timeout | null;
  /** More waits than may, and it is being found out whose fault that is. */
  private isDoubted = false;
  /** Log's head at the time of `open`. */
  private head = 0;
  private early: LoggedEntry[] = [];
  private held: ClientFrame[] = [];
  private headers: HeaderReader | null = null;
  private appends: AppendGathering | null = null;
  private unacknowledged = 0;
  private results: AppendResult[] = [];
  private reads: ReadDesk | null = null;
  /** Of other devices, held back until the wire has room; null while there is none. */
  private presence: Map<DeviceId, Uint8Array> | null = null;
  private presenceTimer: NodeJS.Timeout | null = null;
  private isPaused = false;
  private isStopping = false;
  private pauseTimer: NodeJS.Timeout | null = null;
  private credit: number;
  private creditAt: number;

  constructor(
    private readonly wire: Wire,
    readonly session: Session,
    private readonly context: ConnectionContext,
  ) {
    this.space = session.space;
    this.device = session.device;
    this.credit = context.limits.frameBurst;
    this.creditAt = context.now();
    this.room = context.rooms.enter(this.space, this);
    this.handshake = setTimeout(() => {
      settle(wire, () => {
        if (this.state === 'waiting') this.tooSlow();
      });
    }, context.limits.opening ?? LIMITS.opening);
  }

  get kind(): Wire['kind'] {
    return this.wire.kind;
  }

  /** Bytes that this device has not taken yet, and entries of it that are not on the disk yet. */
  get queued(): { readonly bytes: number; readonly entries: number } {
    return { bytes: this.wire.buffered, entries: this.unacknowledged };
  }

  get isOpen(): boolean {
    return this.state === 'open';
  }

  /** Takes one message as it came. Never throws. */
  receive(message: Uint8Array): void {
    if (this.state === 'closed') return;
    try {
      this.spend();
      const frame = decodeClientFrame(message);
      if (this.state === 'open' || this.state === 'files') this.handle(frame);
      else this.handleBeforeOpen(frame);
    } catch (error) {
      this.failWith(error);
    }
  }

  /** The wire has ended, for whatever reason. */
  ended(why: string): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    if (this.handshake !== null) clearTimeout(this.handshake);
    if (this.pauseTimer !== null) clearTimeout(this.pauseTimer);
    if (this.presenceTimer !== null) clearTimeout(this.presenceTimer);
    this.context.rooms.leave(this.space, this);
    this.context.onClose(this, why);
  }

  /** Takes no more frames; what came before is still answered. */
  stopReading(): void {
    this.isStopping = true;
    this.pause();
  }

  /** The relay stops, as planned. */
  goAway(): void {
    if (this.state === 'closed') return;
    this.flushResults();
    this.wire.send(encodeFrame({ type: 'error', code: 'SHUTTING_DOWN', message: 'The relay is stopping.' }));
    this.wire.close(GOING_AWAY, 'SHUTTING_DOWN');
    this.ended('SHUTTING_DOWN');
  }

  /** Ends the connection for an error that is the relay's or its disk's. */
  fail(code: ErrorCode, message: string): void {
    if (this.state === 'closed') return;
    this.context.meter.refuse(code);
    this.wire.send(encodeFrame({ type: 'error', code, message }));
    this.wire.close(ERROR_CLOSE + ERROR_CODES.indexOf(code), code);
    this.ended(code);
  }

  deliver(entries: readonly LoggedEntry[], frames: () => readonly Uint8Array[]): void {
    if (this.state === 'opening') this.early.push(...entries);
    if (this.state !== 'open') return;
    const [first] = entries;
    if (first === undefined) return;
    // An engine may tell of entries late that the welcome counted already.
    if (first.sequence <= this.head) {
      const fresh = entries.filter(({ sequence }) => sequence > this.head);
      this.context.meter.delivered += fresh.length;
      for (const frame of entryFrames(fresh)) this.send(frame);
      return;
    }
    this.context.meter.delivered += entries.length;
    for (const frame of frames()) this.send(frame);
  }

  present(device: DeviceId, frame: Uint8Array): void {
    if (this.wire.buffered <= PRESENCE_BUFFERED) {
      this.send(frame);
      return;
    }
    (this.presence ??= new Map()).set(device, frame);
    this.presenceTimer ??= setTimeout(() => this.sendPresence(), PRESENCE_RETRY);
  }

  send(frame: Uint8Array, sent?: () => void): void {
    if (this.state === 'closed') return;
    if (this.keepsTooMuch && !this.isDoubted) {
      this.isDoubted = true;
      settle(this.wire, () => {
        this.isDoubted = false;
        if (this.keepsTooMuch) this.tooSlow();
      });
    }
    this.wire.send(frame, sent);
  }

  private get keepsTooMuch(): boolean {
    return (this.wire.untaken ?? this.wire.buffered) > this.context.limits.buffered;
  }

  /** An error frame would queue behind all the rest; the close code says it. The device tries again: its line may be better then. */
  private tooSlow(): void {
    if (this.state === 'closed') return;
    this.context.meter.refuse('SLOW_CONSUMER');
    this.wire.close(ERROR_CLOSE + ERROR_CODES.indexOf('SLOW_CONSUMER'), 'SLOW_CONSUMER');
    this.ended('SLOW_CONSUMER');
  }

  /** What was held back, as soon as the wire has room. */
  private sendPresence(): void {
    this.presenceTimer = null;
    const held = this.presence ?? [];
    this.presence = null;
    for (const [device, frame] of held) this.present(device, frame);
  }

  private handleBeforeOpen(frame: ClientFrame): void {
    if (this.state === 'opening') {
      if (frame.type === 'open') throw new ProtocolError('BAD_FRAME', 'A connection is opened once.');
      this.held.push(frame);
      // Nothing else bounds what is kept here.
      if (this.held.length >= 64) this.pause();
      return;
    }
    if (frame.type !== 'open' && frame.type !== 'files') throw new ProtocolError('BAD_FRAME', 'A connection starts with open.');
    if (this.handshake !== null) clearTimeout(this.handshake);
    this.handshake = null;
    if (frame.type === 'files') {
      this.state = 'files';
      this.context.onOpen(this);
      return this.handle(frame);
    }
    this.state = 'opening';
    this.visible = frame.visible;
    void this.open(frame).catch((error: unknown) => this.failWith(error));
  }

  private async open(frame: Extract<ClientFrame, { type: 'open' }>): Promise<void> {
    const { log } = this.context;
    const match = await log.match(this.space, frame.cursors);
    const { head, lanes } = await log.heads(this.space, this.device);
    if (this.state !== 'opening') return;
    this.state = 'open';
    this.head = head;
    this.welcome(match, lanes);
    const early = this.early.filter(({ sequence, device }) => sequence > head && device !== this.device);
    this.early = [];
    this.context.meter.delivered += early.length;
    for (const each of entryFrames(early)) this.send(each);
    this.room.peersChanged();
    this.context.onOpen(this);
    const held = this.held;
    this.held = [];
    for (const each of held) if (this.state === 'open') this.handle(each);
    this.resumeIfCalm();
  }

  private welcome(match: number, lanes: readonly LaneHead[]): void {
    this.send(encodeFrame({ type: 'welcome', head: this.head, match, lanes, peers: this.room.peersFor(this) }));
  }

  private newFileDesk(): FileDesk {
    const { files, meter, onConfirmed } = this.context;
    return new FileDesk(this.space, files, meter, {
      send: (frame, sent) => this.send(frame, sent),
      calmer: () => this.resumeIfCalm(),
      failed: (error) => this.failWith(error),
      dropped: onConfirmed,
    });
  }

  private newReadDesk(): ReadDesk {
    const { log, meter } = this.context;
    return new ReadDesk(this.space, log, meter, this.wire, {
      isOpen: () => this.isOpen,
      send: (frame) => this.send(frame),
      failed: (error) => this.failWith(error),
    });
  }

  private handle(frame: ClientFrame): void {
    if (isFileRequest(frame)) {
      this.desk ??= this.newFileDesk();
      this.desk.take(frame);
      if (this.desk.pending > LIMITS.filesUnanswered) this.pause();
      return;
    }
    if (this.state === 'files') throw new ProtocolError('BAD_FRAME', 'This connection is for files.');
    if (frame.type === 'append') return this.append(frame.entries);
    this.appends?.flush();
    switch (frame.type) {
      case 'open':
        throw new ProtocolError('BAD_FRAME', 'A connection is opened once.');
      case 'read':
        return (this.reads ??= this.newReadDesk()).take(frame);
      case 'lease':
        return this.send(encodeFrame({ type: 'leased', alias: frame.alias, granted: this.room.lease(this, frame.alias) }));
      case 'confirm':
        void this.confirm(frame).catch((error: unknown) => this.failWith(error));
        return;
      case 'presence':
        return this.room.present(this.device, frame.bytes);
      case 'visible':
        if (frame.visible === this.visible) return;
        this.visible = frame.visible;
        return this.room.peersChanged();
    }
  }

  private append(bytes: readonly Uint8Array[]): void {
    const headers = (this.headers ??= new HeaderReader());
    const entries = bytes.map((each): NewEntry => {
      const header = headers.read(each);
      if (header.space !== this.space || header.device !== this.device) {
        throw new ProtocolError('UNAUTHORIZED', 'An entry is of another space or device than the session.');
      }
      return { header, bytes: each };
    });
    this.unacknowledged += entries.length;
    if (this.unacknowledged > LIMITS.unacknowledged) this.pause();
    (this.appends ??= new AppendGathering((gathered) => this.store(gathered))).take(entries);
  }

  private store(entries: readonly NewEntry[]): void {
    const began = performance.now();
    this.context.log.append(this.space, this.device, entries).then(
      (results) => this.appended(entries, results, performance.now() - began),
      (error: unknown) => this.refused(entries, error, performance.now() - began),
    );
  }

  private appended(entries: readonly NewEntry[], results: readonly AppendResult[], took: number): void {
    this.unacknowledged -= entries.length;
    this.context.meter.append(results, took);
    this.context.onAppended(this, entries, null, took);
    if (results.some(({ status }) => status === 'duplicate' || status === 'conflict')) this.credit -= RETRY_COST;
    for (const { header } of entries) {
      if (header.kind === 'snapshot' && header.part === header.parts - 1) this.room.release(this.device, header.alias);
    }
    // What one turn of the event loop stored is acknowledged in one frame.
    if (this.results.length === 0) process.nextTick(() => this.flushResults());
    for (const result of results) this.results.push(result);
    this.resumeIfCalm();
  }

  private flushResults(): void {
    for (let i = 0; i < this.results.length; i += LIMITS.entriesPerFrame) {
      this.send(encodeFrame({ type: 'appended', results: this.results.slice(i, i + LIMITS.entriesPerFrame) }));
    }
    this.results = [];
  }

  /** A full space or disk refuses appends and nothing else; after a failed write the connection can't go on. */
  private refused(entries: readonly NewEntry[], error: unknown, took: number): void {
    this.unacknowledged -= entries.length;
    if (this.state === 'closed') return;
    const isFull = error instanceof LogError && (error.reason === 'space-full' || error.reason === 'disk-full');
    if (!isFull) return this.failWith(error);
    const refusal = refusalFor(error);
    this.context.meter.refuse(refusal.code);
    this.context.onAppended(this, entries, refusal.code, took);
    this.send(encodeFrame({ type: 'error', ...refusal }));
    this.resumeIfCalm();
  }

  private async confirm({ alias, sequence }: Extract<ClientFrame, { type: 'confirm' }>): Promise<void> {
    const { log, isAlone, onConfirmed } = this.context;
    const snapshot = await log.snapshot(this.space, alias);
    if (snapshot === null || snapshot.sequence !== sequence || snapshot.confirmed) return;
    // Its author may vouch for it only in a later connection than the one that wrote it, when there is no one else.
    if (snapshot.device === this.device && (sequence > this.head || !(await isAlone(this.space, this.device)))) return;
    if (await log.confirm(this.space, alias, sequence)) onConfirmed();
  }

  /** Reads more slowly from a device that sends without end. */
  private spend(): void {
    const { framesPerSecond, frameBurst } = this.context.limits;
    const now = this.context.now();
    this.credit = Math.min(frameBurst, this.credit + (Math.max(0, now - this.creditAt) * framesPerSecond) / 1_000) - 1;
    this.creditAt = now;
    if (this.credit > 0 || this.pauseTimer !== null) return;
    this.pause();
    this.pauseTimer = setTimeout(() => {
      this.pauseTimer = null;
      this.resumeIfCalm();
    }, 100);
  }

  private pause(): void {
    if (this.isPaused) return;
    this.isPaused = true;
    this.wire.pause();
  }

  private resumeIfCalm(): void {
    if (!this.isPaused || this.isStopping || (this.state !== 'open' && this.state !== 'files') || this.pauseTimer !== null) return;
    if (this.unacknowledged > LIMITS.unacknowledged || (this.desk?.pending ?? 0) > LIMITS.filesUnanswered) return;
    this.isPaused = false;
    this.wire.resume();
  }

  private failWith(error: unknown): void {
    if (error instanceof LogError && error.reason === 'closed') return this.goAway();
    const { code, message } = refusalFor(error);
    this.fail(code, message);
  }
}
