/**
 * A relay as PROTOCOL.md has it, in memory, with what makes relays hard: it passes entries on before its disk has them, its disk
 * takes time, a crash loses what was not on it, and an old backup may come back.
 */
import { createHash } from 'node:crypto';
import {
  decodeClientFrame,
  encodeFrame,
  readEntryHeader,
  type Alias,
  type AppendResult,
  type ClientFrame,
  type Cursor,
  type DeviceId,
  type Digest,
  type EntryHeader,
  type FileRequest,
  type Lane,
  type LaneHead,
  type Peers,
  type RelayFrame,
  type StoredEntry,
} from '../../src/protocol';
import type { Clock } from '../../src/sync';
import type { SimRandom } from './random';

const NONE = '0'.repeat(32) as Digest;
const PAGE_ENTRIES = [3, 50];
const PAGE_BYTES = 256 * 1024;
const WEEK = 7 * 24 * 60 * 60 * 1000;

interface Row extends StoredEntry {
  readonly header: EntryHeader;
  readonly digest: Digest;
  pruned: boolean;
}
interface Disk {
  readonly rows: readonly Row[];
  readonly lanes: ReadonlyMap<string, LaneHead>;
}
export interface RelaySocket {
  readonly device: DeviceId;
  send(bytes: Uint8Array): void;
  /** The relay hangs up. */
  end(): void;
}
interface Client {
  readonly socket: RelaySocket;
  opened: boolean;
  visible: boolean;
  /** As the welcome said. */
  head: number;
}

export class SimRelay {
  private rows: Row[] = [];
  private lanes = new Map<string, LaneHead>();
  private durable: Disk = { rows: [], lanes: new Map() };
  private backupDisk: Disk | null = null;
  private nextSequence = 1;
  private clients: Client[] = [];
  private waiting: { readonly client: Client; readonly results: AppendResult[] }[] = [];
  private syncing = false;
  private era = 0;
  private readonly leases = new Map<Alias, Client>();
  /** When each device was last there. */
  private readonly heard = new Map<DeviceId, number>();
  private readonly founded: number;
  up = true;
  /** Entries sent in pages. */
  paged = 0;

  constructor(
    private readonly clock: Clock,
    private readonly random: SimRandom,
  ) {
    this.founded = clock.now();
  }

  get log(): readonly Row[] {
    return this.rows.filter((row) => !row.pruned);
  }

  get head(): number {
    return this.rows[this.rows.length - 1]?.sequence ?? 0;
  }

  holds(cursor: Cursor): boolean {
    return this.rows.some((row) => row.sequence === cursor.sequence && row.digest === cursor.digest);
  }

  attach(socket: RelaySocket): Client {
    const client: Client = { socket, opened: false, visible: false, head: 0 };
    this.clients.push(client);
    return client;
  }

  detach(client: Client): void {
    const index = this.clients.indexOf(client);
    if (index < 0) return;
    this.clients.splice(index, 1);
    this.heard.set(client.socket.device, this.clock.now());
    for (const [alias, holder] of this.leases) if (holder === client) this.leases.delete(alias);
    if (client.opened) this.tellPeers();
  }

  receive(client: Client, bytes: Uint8Array): void {
    if (!this.clients.includes(client)) return;
    const frame = decodeClientFrame(bytes);
    if (!client.opened && frame.type !== 'open') throw new Error(`[P56] ${frame.type} before open`);
    this.handle(client, frame);
  }

  /** Everything that was not on the disk is gone; sequence numbers go on in the next block. */
  crash(): void {
    this.load(this.durable);
    this.up = false;
  }

  restart(): void {
    this.up = true;
  }

  backup(): void {
    this.backupDisk = this.durable;
  }

  /** The relay's owner brings an old backup back. False if there is none. */
  restore(): boolean {
    if (this.backupDisk === null) return false;
    this.load(this.backupDisk);
    this.up = false;
    return true;
  }

  private load(disk: Disk): void {
    this.era++;
    this.durable = disk;
    this.rows = disk.rows.map((row) => ({ ...row }));
    this.lanes = new Map(disk.lanes);
    this.nextSequence = Math.ceil((this.nextSequence + 1) / 1000) * 1000 + 1;
    this.waiting = [];
    this.syncing = false;
    this.leases.clear();
    for (const { socket } of this.clients.splice(0)) socket.end();
  }

  private handle(client: Client, frame: ClientFrame): void {
    switch (frame.type) {
      case 'open': {
        client.opened = true;
        client.visible = frame.visible;
        client.head = this.head;
        const match = frame.cursors.find((cursor) => this.holds(cursor))?.sequence ?? 0;
        this.send(client, { type: 'welcome', head: this.head, match, lanes: [this.headOf(client, 'live'), this.headOf(client, 'bulk')], peers: this.peersOf(client) });
        this.tellPeers();
        return;
      }
      case 'append':
        return this.append(client, frame.entries);
      case 'read':
        return this.read(client, frame);
      case 'lease': {
        const holder = this.leases.get(frame.alias);
        const granted = holder === undefined || holder === client;
        if (granted) this.leases.set(frame.alias, client);
        return this.send(client, { type: 'leased', alias: frame.alias, granted });
      }
      case 'confirm':
        return this.confirm(client, frame.alias, frame.sequence);
      case 'presence':
        for (const other of this.others(client)) this.send(other, { type: 'presence', device: client.socket.device, bytes: frame.bytes });
        return;
      case 'visible':
        client.visible = frame.visible;
        return this.tellPeers();
      default:
        frame satisfies FileRequest;
        throw new Error('There are no files in this simulation.');
    }
  }

  private append(client: Client, entries: readonly Uint8Array[]): void {
    const results: AppendResult[] = [];
    const fresh: Row[] = [];
    for (const view of entries) {
      const bytes = view.slice();
      const header = readEntryHeader(bytes);
      if (header.device !== client.socket.device) throw new Error('[P61] an entry of another device');
      const key = `${header.device} ${header.lane}`;
      const head = this.lanes.get(key)?.counter ?? 0;
      const { lane, counter } = header;
      const digest = digestOf(bytes);
      if (counter > head + 1) results.push({ status: 'gap', lane, counter, expected: head + 1 });
      else if (counter <= head) {
        const old = this.rows.find((row) => row.header.device === header.device && row.header.lane === lane && row.header.counter === counter);
        results.push(old?.digest === digest ? { status: 'duplicate', lane, counter, sequence: old.sequence } : { status: 'conflict', lane, counter });
      } else {
        const row: Row = { sequence: this.nextSequence++, bytes, header, digest, pruned: false };
        this.rows.push(row);
        this.lanes.set(key, { lane, counter, digest });
        fresh.push(row);
        results.push({ status: 'stored', lane, counter, sequence: row.sequence });
        if (header.kind === 'snapshot' && header.part === header.parts - 1) this.leases.delete(header.alias);
      }
    }
    if (fresh.length > 0) for (const other of this.others(client)) this.send(other, { type: 'entries', entries: fresh });
    this.waiting.push({ client, results });
    this.sync();
  }

  /** Group commit: what came meanwhile goes with the next. */
  private sync(): void {
    if (this.syncing || this.waiting.length === 0) return;
    this.syncing = true;
    const batch = this.waiting;
    const disk: Disk = { rows: [...this.rows], lanes: new Map(this.lanes) };
    const era = this.era;
    this.waiting = [];
    this.clock.after(1 + this.random.below(30), () => {
      if (era !== this.era) return;
      this.syncing = false;
      this.durable = disk;
      for (const { client, results } of batch) if (this.clients.includes(client)) this.send(client, { type: 'appended', results });
      this.sync();
    });
  }

  /**
   * Pages take their time, and live entries come between them. Some reads end at the head that the welcome named, some at the head
   * of their last page: both are what PROTOCOL.md allows.
   */
  private read(client: Client, request: Extract<ClientFrame, { type: 'read' }>): void {
    this.page(client, request, request.after, this.random.chance(0.5) ? client.head : Number.MAX_SAFE_INTEGER);
  }

  private page(client: Client, request: Extract<ClientFrame, { type: 'read' }>, after: number, limit: number): void {
    if (!this.clients.includes(client)) return;
    const { compact, aliases } = request;
    const entries: StoredEntry[] = [];
    const size = PAGE_ENTRIES[this.random.below(PAGE_ENTRIES.length)] ?? 1;
    let bytes = 0;
    let through: Cursor | null = null;
    let done = true;
    for (const row of this.rows) {
      if (row.sequence <= after || row.sequence > limit) continue;
      const skipped = row.pruned || (aliases !== null && !aliases.includes(row.header.alias)) || (compact && this.isCovered(row));
      if (!skipped) {
        if (entries.length >= size || bytes + row.bytes.length > PAGE_BYTES) {
          done = false;
          break;
        }
        entries.push(row);
        bytes += row.bytes.length;
      }
      through = { sequence: row.sequence, digest: row.digest };
    }
    this.paged += entries.length;
    this.send(client, { type: 'page', request: request.request, entries, through, done });
    if (!done && through !== null) this.clock.after(this.random.below(30), () => this.page(client, request, through.sequence, limit));
  }

  private confirm(client: Client, alias: Alias, sequence: number): void {
    const newest = this.newestSnapshot(alias);
    if (newest?.sequence !== sequence) return;
    if (newest.header.device === client.socket.device && (sequence > client.head || !this.isAlone(client))) return;
    for (const row of this.rows) if (row.header.alias === alias && row.header.kind === 'update' && row.sequence <= newest.header.covers) row.pruned = true;
  }

  /** No other device for a week. [P68] */
  private isAlone(client: Client): boolean {
    for (const [device, heard] of this.heard) if (device !== client.socket.device && this.clock.now() - heard < WEEK) return false;
    return this.others(client).length === 0 && this.clock.now() - this.founded >= WEEK;
  }

  private isCovered(row: Row): boolean {
    const newest = this.newestSnapshot(row.header.alias);
    return newest !== undefined && row.header.kind === 'update' && row.sequence <= newest.header.covers;
  }

  private newestSnapshot(alias: Alias): Row | undefined {
    let newest: Row | undefined;
    for (const row of this.rows) if (row.header.alias === alias && row.header.kind === 'snapshot' && row.header.part === row.header.parts - 1) newest = row;
    return newest;
  }

  private headOf(client: Client, lane: Lane): LaneHead {
    return this.lanes.get(`${client.socket.device} ${lane}`) ?? { lane, counter: 0, digest: NONE };
  }

  private others(client: Client): Client[] {
    return this.clients.filter((other) => other.opened && other.socket.device !== client.socket.device);
  }

  private peersOf(client: Client): Peers {
    const others = this.others(client);
    const named = (clients: readonly Client[]): DeviceId[] => [...new Set(clients.map(({ socket }) => socket.device))];
    return { connected: named(others), visible: named(others.filter((other) => other.visible)) };
  }

  private tellPeers(): void {
    for (const client of this.clients) if (client.opened) this.send(client, { type: 'peers', peers: this.peersOf(client) });
  }

  private send(client: Client, frame: RelayFrame): void {
    client.socket.send(encodeFrame(frame));
  }
}

function digestOf(bytes: Uint8Array): Digest {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 32) as Digest;
}
