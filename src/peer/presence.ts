/**
 * What devices tell each other without storing it: where a person's cursor is, and the digests of the blocks that changed lately,
 * which is how "identical on Phone, 2 s ago" is known rather than guessed.
 */
import type { DeviceId, Peers } from '../protocol';
import type { Clock, SyncEngine } from '../sync';

/** A selection in terms of bullets, so that it means the same in every note. Offsets are UTF-16 units of the bullet's text. */
export interface BulletSelection {
  readonly block: string;
  readonly anchor: { readonly bullet: string; readonly offset: number };
  readonly head: { readonly bullet: string; readonly offset: number };
}

interface Body {
  readonly v: 1;
  readonly cursor: BulletSelection | null;
  readonly digests: Readonly<Record<string, string>>;
  /** When this device came, or got to know another, ms since the epoch: who hears of it first tells it everything again. Older devices leave it out. */
  readonly came?: number;
  /** Blocks whose digests the others are asked for. [S61] */
  readonly ask?: readonly string[];
  readonly mend?: Mend;
}

/** A request to send the whole of these blocks, named by its time. [S62] */
export interface Mend {
  readonly at: number;
  readonly blocks: readonly string[];
}

export interface PresenceListener {
  asked(blocks: readonly string[]): void;
  askedToMend(from: DeviceId, at: number, blocks: readonly string[]): void;
  answered(from: DeviceId, digests: Readonly<Record<string, string>>): void;
}

/** Digests in one message; those of more blocks follow in further ones. */
const DIGESTS = 40;
/** Time between two messages that report digests. */
const REPORT_EVERY = 500;
/** How long a cursor is shown after its device was last heard from. */
const CURSOR_FOR = 60_000;

/** A device that is connected for this long, ms, has sent and heard all that waited. */
const STEADY = 60_000;
/** Times kept of each block and device, and the least between two of them, ms. */
const EQUAL_TIMES = 32;
const EQUAL_GRAIN = 1_000;

interface Heard {
  readonly cursor: BulletSelection | null;
  readonly at: number;
}

export class Presence {
  private engine: Pick<SyncEngine, 'presence'> | null = null;
  private cursor: BulletSelection | null = null;
  /** Of blocks that were in memory in this run, those that changed or were looked at last at the end. */
  private readonly mine = new Map<string, string>();
  /** Blocks whose digest the others have not heard since they came or it changed. */
  private readonly untold = new Set<string>();
  /** Blocks of the message that was sent last: a new cursor replaces it on its way. */
  private telling: readonly string[] = [];
  private came = 0;
  private asking: Pick<Body, 'ask' | 'mend'> = {};
  private listener: PresenceListener | null = null;
  /** When each device said that it came. */
  private readonly greeted = new Map<DeviceId, number>();
  private hasPeers = false;
  private readonly lastAt = new Map<DeviceId, number>();
  private readonly heard = new Map<DeviceId, Heard>();
  /** Block -> device -> its digest and when it was told. */
  private readonly theirs = new Map<string, Map<string, { digest: string; at: number }>>();
  /** Block -> device -> when the two were last seen equal. */
  private readonly equal = new Map<string, Map<string, number>>();
  /** Since when each device is connected, and when it last was for a while. */
  private readonly since = new Map<DeviceId, number>();
  private readonly steadyAt = new Map<DeviceId, number>();
  /** Block and device -> times of this run at which the two were equal, oldest first. */
  private readonly equalTimes = new Map<string, number[]>();
  private cancelReport: (() => void) | null = null;
  private stopped = false;

  constructor(
    private readonly clock: Clock,
    private readonly onChange: () => void,
    /** Blocks of the notes that are open here. */
    private readonly open: () => Iterable<string>,
  ) {}

  connect(engine: Pick<SyncEngine, 'presence'>): void {
    this.engine = engine;
  }

  listen(listener: PresenceListener): void {
    this.listener = listener;
  }

  /** Asks the others what these blocks are there, and to send the whole of those that are to be mended; both at most 40. */
  ask(blocks: readonly string[], mend?: Mend): void {
    this.asking = { ...(blocks.length > 0 && { ask: blocks }), ...(mend && { mend }) };
    this.tell();
  }

  /** This device's digest of a block; undefined if it is not known in this run, '' if the block is not here. */
  digestOf(block: string): string | undefined {
    return this.mine.get(block);
  }

  stop(): void {
    this.stopped = true;
    this.cancelReport?.();
    this.cancelReport = null;
  }

  select(cursor: BulletSelection | null): void {
    if (JSON.stringify(cursor) === JSON.stringify(this.cursor)) return;
    this.cursor = cursor;
    this.tell();
  }

  /** This device's digest of a block that came into memory, or after any change of it. */
  mineIs(block: string, digest: string): void {
    this.mine.delete(block);
    this.mine.set(block, digest);
    this.compare(block);
    this.untold.add(block);
    this.reportSoon();
  }

  /** A block has news that is not in memory: what it is now is not known before it is. */
  mineIsUnknown(block: string): void {
    this.mine.delete(block);
  }

  /** Another device's digest of a block, told by presence or carried by one of its entries. */
  theirsIs(block: string, device: string, digest: string, at: number): void {
    let devices = this.theirs.get(block);
    if (!devices) this.theirs.set(block, (devices = new Map<string, { digest: string; at: number }>()));
    devices.set(device, { digest, at });
    this.compare(block);
  }

  /** @returns whether the body could be read; a body of another version is ignored */
  receive(device: DeviceId, bytes: Uint8Array): boolean {
    const body = decode(bytes);
    if (!body) return false;
    this.lastAt.set(device, this.clock.now());
    this.heard.set(device, { cursor: body.cursor, at: this.clock.now() });
    if (body.came !== undefined && this.greeted.get(device) !== body.came) {
      this.greeted.set(device, body.came);
      this.tellAgain();
    }
    for (const [block, digest] of Object.entries(body.digests)) this.theirsIs(block, device, digest, this.clock.now());
    this.listener?.answered(device, body.digests);
    if (body.ask) this.listener?.asked(body.ask);
    if (body.mend) this.listener?.askedToMend(device, body.mend.at, body.mend.blocks);
    this.onChange();
    return true;
  }

  /** Tells all again when somebody new is there to hear it, and forgets the cursors of who left. */
  peersChanged(peers: Peers, arrived: boolean): void {
    const there = new Set(peers.connected);
    this.noteSteady();
    for (const device of [...this.since.keys()]) if (!there.has(device)) this.since.delete(device);
    for (const device of there) if (!this.since.has(device)) this.since.set(device, this.clock.now());
    for (const device of [...this.heard.keys()]) if (!there.has(device)) this.heard.delete(device);
    if (arrived) {
      // Others may not notice that this device was away: a short while falls between two messages of the relay.
      if (!this.hasPeers) this.came = this.clock.now();
      this.tellAgain();
    }
    this.hasPeers = there.size > 0;
    this.onChange();
  }

  /** What a device said before its key was known here could not be read: it is asked to say it again. */
  rosterChanged(): void {
    if (!this.hasPeers) return;
    this.came = this.clock.now();
    this.tellAgain();
  }

  /** When a device was last heard from in this run, milliseconds since the epoch. */
  lastHeard(device: DeviceId): number | null {
    return this.lastAt.get(device) ?? null;
  }

  selectionsIn(block: string): { device: DeviceId; selection: BulletSelection }[] {
    const since = this.clock.now() - CURSOR_FOR;
    const out: { device: DeviceId; selection: BulletSelection }[] = [];
    for (const [device, { cursor, at }] of this.heard) if (cursor?.block === block && at >= since) out.push({ device, selection: cursor });
    return out;
  }

  /** When this block was last seen equal here and on each other device, milliseconds since the epoch. */
  equalAt(block: string): ReadonlyMap<string, number> {
    return this.equal.get(block) ?? new Map<string, number>();
  }

  /** Whether a device was connected for a while after a time: what it had written before is here, and it knows what was written here. */
  hasMet(device: DeviceId, time: number): boolean {
    this.noteSteady();
    return (this.steadyAt.get(device) ?? 0) >= time + STEADY;
  }

  private noteSteady(): void {
    const now = this.clock.now();
    for (const [device, since] of this.since) if (now - since >= STEADY) this.steadyAt.set(device, now);
  }

  /** Whether a device was seen to have the block as it was here at some time between two. */
  wasEqual(block: string, device: DeviceId, from: number, to: number): boolean {
    return (this.equalTimes.get(`${block}/${device}`) ?? []).some((at) => at >= from && at <= to);
  }

  /** Whether the block, as it is now, is what that device last told. */
  isEqual(block: string, device: string): boolean {
    const mine = this.mine.get(block);
    return mine !== undefined && mine !== '' && this.theirs.get(block)?.get(device)?.digest === mine;
  }

  private compare(block: string): void {
    const mine = this.mine.get(block);
    for (const [device, { digest, at }] of this.theirs.get(block) ?? []) {
      if (digest !== mine || digest === '') continue;
      let times = this.equal.get(block);
      if (!times) this.equal.set(block, (times = new Map<string, number>()));
      times.set(device, Math.max(at, times.get(device) ?? 0));
      this.noteEqual(`${block}/${device}`);
      this.onChange();
    }
  }

  private noteEqual(name: string): void {
    const times = this.equalTimes.get(name) ?? [];
    const now = this.clock.now();
    if (now - (times.at(-1) ?? 0) < EQUAL_GRAIN) return;
    this.equalTimes.set(name, [...times.slice(1 - EQUAL_TIMES), now]);
  }

  /** Tells somebody who came what is open here, and what changed lately. */
  private tellAgain(): void {
    for (const block of [...this.open(), ...this.latest()]) this.untold.add(block);
    this.report();
  }

  private reportSoon(): void {
    if (this.stopped) return;
    this.cancelReport ??= this.clock.after(REPORT_EVERY, () => this.report());
  }

  /** Tells as many as one message holds of what is untold; the others after a while. */
  private report(): void {
    this.cancelReport?.();
    this.cancelReport = null;
    const next = [...this.untold].slice(0, DIGESTS);
    for (const block of next) this.untold.delete(block);
    this.telling = [...new Set([...next, ...this.latest()])].slice(0, DIGESTS);
    this.tell();
    if (this.untold.size > 0) this.reportSoon();
  }

  /** Blocks that changed or were looked at last, newest first. */
  private latest(): string[] {
    return [...this.mine.keys()].slice(-DIGESTS).reverse();
  }

  private tell(): void {
    const known = this.telling.flatMap((block) => {
      const digest = this.mine.get(block);
      return digest === undefined ? [] : [[block, digest] as const];
    });
    const body: Body = { v: 1, cursor: this.cursor, digests: Object.fromEntries(known), came: this.came, ...this.asking };
    this.engine?.presence(new TextEncoder().encode(JSON.stringify(body)));
  }
}

function decode(bytes: Uint8Array): Body | null {
  try {
    const value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as Partial<Body>;
    if (value.v !== 1 || typeof value.digests !== 'object' || value.digests === null) return null;
    const digests = Object.fromEntries(Object.entries(value.digests).filter(([, digest]) => typeof digest === 'string').slice(0, DIGESTS));
    const { ask, mend } = value;
    const asking = { ...(isBlocks(ask) && { ask }), ...(Number.isSafeInteger(mend?.at) && isBlocks(mend?.blocks) && { mend }) };
    return { ...asking, v: 1, cursor: isSelection(value.cursor) ? value.cursor : null, digests, ...(Number.isSafeInteger(value.came) ? { came: value.came } : {}) };
  } catch {
    return null;
  }
}

function isBlocks(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length <= DIGESTS && value.every((one) => typeof one === 'string');
}

function isSelection(value: unknown): value is BulletSelection {
  const selection = value as Partial<BulletSelection> | null | undefined;
  return typeof selection?.block === 'string' && isPoint(selection.anchor) && isPoint(selection.head);
}

function isPoint(value: unknown): boolean {
  const point = value as { bullet?: unknown; offset?: unknown } | undefined;
  return typeof point?.bullet === 'string' && Number.isSafeInteger(point.offset) && (point.offset as number) >= 0;
}
