/** The connected devices of each space: passes new entries, presence and peers between them. */
import { encodeFrame, FILES_ALIAS, type Alias, type DeviceId, type Peers, type SpaceId } from '../protocol';
import { entryFrames } from './entry-frames';
import type { EntryLog, LoggedEntry } from './log';

/** What a room needs of a connection. */
export interface Guest {
  readonly device: DeviceId;
  readonly visible: boolean;
  /** Welcomed: hears of peers and presence. */
  readonly isOpen: boolean;
  /** New entries of other devices, ascending; `frames` are they, packed. */
  deliver(entries: readonly LoggedEntry[], frames: () => readonly Uint8Array[]): void;
  /** A frame that must arrive, or the connection ends. */
  send(frame: Uint8Array): void;
  /** Presence of another device; where the connection is slow, a newer one of that device takes its place. */
  present(device: DeviceId, frame: Uint8Array): void;
}

/** How long a device may take to post the snapshot that it was given leave for, in ms. */
const LEASE_TIME = 60_000;
/** Leaves that one connection may hold at once. Devices ask for one at a time. */
const LEASES = 16;

export class Room {
  readonly guests = new Set<Guest>();
  private readonly unsubscribe: () => void;
  /** Null while there is none, as `presence`: most of thousands of rooms are idle. */
  private leases: Map<Alias, { readonly guest: Guest; readonly until: number }> | null = null;
  /** Peers that each guest was last told of, in one string. */
  private readonly known = new WeakMap<Guest, string>();
  private presence: Map<DeviceId, Uint8Array> | null = null;
  private presenceTurn: NodeJS.Immediate | null = null;
  private peersTurn: NodeJS.Immediate | null = null;

  constructor(
    space: SpaceId,
    log: EntryLog,
    private readonly now: () => number,
  ) {
    this.unsubscribe = log.subscribe(space, (batch) => this.publish(batch));
  }

  close(): void {
    this.unsubscribe();
    if (this.presenceTurn !== null) clearImmediate(this.presenceTurn);
    if (this.peersTurn !== null) clearImmediate(this.peersTurn);
  }

  leave(guest: Guest): void {
    this.guests.delete(guest);
    for (const [alias, lease] of this.leases ?? []) if (lease.guest === guest) this.leases?.delete(alias);
    this.peersChanged();
  }

  /** The open devices other than this one's, which counts as told of them. */
  peersFor(guest: Guest): Peers {
    const connected = new Set<DeviceId>();
    const visible = new Set<DeviceId>();
    for (const other of this.guests) {
      if (!other.isOpen || other.device === guest.device) continue;
      connected.add(other.device);
      if (other.visible) visible.add(other.device);
    }
    this.known.set(guest, `${[...connected].sort().join()} ${[...visible].sort().join()}`);
    return { connected: [...connected], visible: [...visible] };
  }

  /** Tells everyone, once this turn of the event loop has ended. */
  peersChanged(): void {
    this.peersTurn ??= setImmediate(() => {
      this.peersTurn = null;
      for (const guest of this.guests) {
        if (!guest.isOpen) continue;
        const known = this.known.get(guest);
        const peers = this.peersFor(guest);
        if (known !== this.known.get(guest)) guest.send(encodeFrame({ type: 'peers', peers }));
      }
    });
  }

  /** Passes on the newest presence of each device that was sent in this turn. */
  present(device: DeviceId, bytes: Uint8Array): void {
    (this.presence ??= new Map()).set(device, bytes);
    this.presenceTurn ??= setImmediate(() => this.passPresence());
  }

  /** Whether this guest is now the one that posts the document's next snapshot. */
  lease(guest: Guest, alias: Alias): boolean {
    if (alias === FILES_ALIAS) return false;
    const leases = (this.leases ??= new Map<Alias, { readonly guest: Guest; readonly until: number }>());
    const held = leases.get(alias);
    const now = this.now();
    if (held !== undefined && held.guest.device !== guest.device && held.until > now) return false;
    let own = 0;
    for (const [each, lease] of leases) {
      if (lease.until <= now) leases.delete(each);
      else if (lease.guest === guest && each !== alias) own++;
    }
    if (own >= LEASES) return false;
    leases.set(alias, { guest, until: now + LEASE_TIME });
    return true;
  }

  /** The device's snapshot is stored: another may post the next. */
  release(device: DeviceId, alias: Alias): void {
    if (this.leases?.get(alias)?.guest.device === device) this.leases.delete(alias);
  }

  private publish(batch: readonly LoggedEntry[]): void {
    const authors = new Set<DeviceId>();
    for (const { device } of batch) authors.add(device);
    let shared: Uint8Array[] | null = null;
    const all = (): Uint8Array[] => (shared ??= entryFrames(batch));
    for (const guest of this.guests) {
      if (!authors.has(guest.device)) {
        guest.deliver(batch, all);
      } else if (authors.size > 1) {
        const others = batch.filter(({ device }) => device !== guest.device);
        guest.deliver(others, () => entryFrames(others));
      }
    }
  }

  private passPresence(): void {
    this.presenceTurn = null;
    const presence = this.presence ?? [];
    this.presence = null;
    for (const [device, bytes] of presence) {
      const frame = encodeFrame({ type: 'presence', device, bytes });
      for (const guest of this.guests) if (guest.isOpen && guest.device !== device) guest.present(device, frame);
    }
  }
}

/** Rooms by space; one is there while anyone is in it. */
export class Rooms {
  private readonly rooms = new Map<SpaceId, Room>();

  constructor(
    private readonly log: EntryLog,
    private readonly now: () => number,
  ) {}

  enter(space: SpaceId, guest: Guest): Room {
    let room = this.rooms.get(space);
    if (room === undefined) this.rooms.set(space, (room = new Room(space, this.log, this.now)));
    room.guests.add(guest);
    return room;
  }

  leave(space: SpaceId, guest: Guest): void {
    const room = this.rooms.get(space);
    if (room === undefined) return;
    room.leave(guest);
    if (room.guests.size > 0) return;
    room.close();
    this.rooms.delete(space);
  }

  /** Every guest of every room. */
  *guests(): Iterable<Guest> {
    for (const room of this.rooms.values()) yield* room.guests;
  }
}
