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
}

/** Digests told at once; more blocks than these rarely change within one message. */
const DIGESTS = 40;
/** Least time between two messages that only report digests. */
const REPORT_EVERY = 500;
/** How long a cursor is shown after its device was last heard from. */
const CURSOR_FOR = 60_000;

interface Heard {
  readonly cursor: BulletSelection | null;
  readonly at: number;
}

export class Presence {
  private engine: Pick<SyncEngine, 'presence'> | null = null;
  private cursor: BulletSelection | null = null;
  private readonly mine = new Map<string, string>();
  private readonly lastAt = new Map<DeviceId, number>();
  private readonly heard = new Map<DeviceId, Heard>();
  /** Block -> device -> its digest and when it was told. */
  private readonly theirs = new Map<string, Map<string, { digest: string; at: number }>>();
  /** Block -> device -> when the two were last seen equal. */
  private readonly equal = new Map<string, Map<string, number>>();
  private cancelReport: (() => void) | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly onChange: () => void,
  ) {}

  connect(engine: Pick<SyncEngine, 'presence'>): void {
    this.engine = engine;
  }

  stop(): void {
    this.cancelReport?.();
    this.cancelReport = null;
  }

  select(cursor: BulletSelection | null): void {
    if (JSON.stringify(cursor) === JSON.stringify(this.cursor)) return;
    this.cursor = cursor;
    this.tell();
  }

  /** This device's digest of a block after any change of it. */
  mineIs(block: string, digest: string): void {
    this.mine.delete(block);
    this.mine.set(block, digest);
    if (this.mine.size > DIGESTS) for (const oldest of [...this.mine.keys()].slice(0, this.mine.size - DIGESTS)) this.mine.delete(oldest);
    this.compare(block);
    this.cancelReport ??= this.clock.after(REPORT_EVERY, () => {
      this.cancelReport = null;
      this.tell();
    });
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
    for (const [block, digest] of Object.entries(body.digests)) this.theirsIs(block, device, digest, this.clock.now());
    this.onChange();
    return true;
  }

  /** Tells all again when somebody new is there to hear it, and forgets the cursors of who left. */
  peersChanged(peers: Peers, arrived: boolean): void {
    const there = new Set(peers.connected);
    for (const device of [...this.heard.keys()]) if (!there.has(device)) this.heard.delete(device);
    if (arrived) this.tell();
    this.onChange();
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

  /** Whether the block, as it is now, is what that device last told. */
  isEqual(block: string, device: string): boolean {
    const mine = this.mine.get(block);
    return mine !== undefined && this.theirs.get(block)?.get(device)?.digest === mine;
  }

  private compare(block: string): void {
    const mine = this.mine.get(block);
    for (const [device, { digest, at }] of this.theirs.get(block) ?? []) {
      if (digest !== mine) continue;
      let times = this.equal.get(block);
      if (!times) this.equal.set(block, (times = new Map<string, number>()));
      times.set(device, Math.max(at, times.get(device) ?? 0));
      this.onChange();
    }
  }

  private tell(): void {
    const body: Body = { v: 1, cursor: this.cursor, digests: Object.fromEntries(this.mine) };
    this.engine?.presence(new TextEncoder().encode(JSON.stringify(body)));
  }
}

function decode(bytes: Uint8Array): Body | null {
  try {
    const value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as Partial<Body>;
    if (value.v !== 1 || typeof value.digests !== 'object' || value.digests === null) return null;
    const digests = Object.fromEntries(Object.entries(value.digests).filter(([, digest]) => typeof digest === 'string').slice(0, DIGESTS));
    return { v: 1, cursor: isSelection(value.cursor) ? value.cursor : null, digests };
  } catch {
    return null;
  }
}

function isSelection(value: unknown): value is BulletSelection {
  const selection = value as Partial<BulletSelection> | null | undefined;
  return typeof selection?.block === 'string' && isPoint(selection.anchor) && isPoint(selection.head);
}

function isPoint(value: unknown): boolean {
  const point = value as { bullet?: unknown; offset?: unknown } | undefined;
  return typeof point?.bullet === 'string' && Number.isSafeInteger(point.offset) && (point.offset as number) >= 0;
}
