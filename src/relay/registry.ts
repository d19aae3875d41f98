/** Who may connect: spaces, their devices, sessions and set-up tickets, as a port. Every engine runs `registry.contract.ts`. */
import type { DeviceId, SpaceId } from '../protocol';

export interface Registry {
  /** All spaces, oldest first. */
  spaces(): Promise<readonly SpaceId[]>;
  space(space: SpaceId): Promise<Foundation | null>;
  /**
   * Uses up the ticket, makes the space and its first device; all or nothing. The same device asking again for the space it
   * founded (an answer was lost) is `known`.
   */
  found(request: Founding): Promise<'founded' | 'known' | 'bad-ticket' | 'taken'>;
  /** Adds a device, or finds it there already. `full`: the space has `most` devices. */
  admit(space: SpaceId, device: DeviceId, deviceKey: Uint8Array, now: number, most: number): Promise<'admitted' | 'full'>;
  /** Public key of a device of a space, or null. */
  deviceKey(space: SpaceId, device: DeviceId): Promise<Uint8Array | null>;
  /** Notes that a device is there; exact to the hour. */
  heard(space: SpaceId, device: DeviceId, now: number): Promise<void>;
  /** When any other device was last heard, or when the space was founded if there is none. */
  othersHeard(space: SpaceId, device: DeviceId): Promise<number>;

  /** Keeps a session until `expires`, under a hash of its token. */
  openSession(tokenHash: Uint8Array, space: SpaceId, device: DeviceId, expires: number, now: number): Promise<void>;
  session(tokenHash: Uint8Array, now: number): Promise<SessionRecord | null>;
  extendSession(tokenHash: Uint8Array, expires: number): Promise<void>;

  /** The oldest ticket that was not used yet, or null. */
  unusedTicket(): Promise<string | null>;
  addTicket(ticket: string, now: number): Promise<void>;
}

export interface Foundation {
  /** Ed25519 public key that admits devices. */
  readonly admissionKey: Uint8Array;
  readonly founded: number;
}

export interface Founding extends Foundation {
  readonly ticket: string;
  readonly space: SpaceId;
  readonly device: DeviceId;
  readonly deviceKey: Uint8Array;
}

export interface SessionRecord {
  readonly space: SpaceId;
  readonly device: DeviceId;
  readonly expires: number;
}

/** `heard` is written at most this often for a device, in ms: every write is a sync of the disk. */
export const HEARD_EVERY = 60 * 60 * 1000;
