/** The relay's own rooms and connections over the simulated log. It can die, come back, and be given an old backup. */
import type { DeviceId, SpaceId } from '../../../src/protocol';
import { Connection } from '../../../src/relay/connection';
import { CONNECTION_LIMITS } from '../../../src/relay/connection-context';
import { MemoryChunks } from '../../../src/relay/memory/memory-chunks';
import { Meter } from '../../../src/relay/meter';
import { Rooms } from '../../../src/relay/rooms';
import type { Wire } from '../../../src/relay/wire';
import type { SimClock } from '../clock';
import type { SimRandom } from '../random';
import { SimLog } from './log';

const WEEK = 7 * 24 * 60 * 60 * 1000;
/** Longest sync of the disk, ms. */
const SYNC = 30;

export class SimRelay {
  readonly log: SimLog;
  up = true;
  /** An older backup took the place of its log. */
  wasRestored = false;
  private rooms: Rooms;
  private readonly connections = new Map<Connection, () => void>();
  private readonly heard = new Map<DeviceId, number>();
  private readonly founded: number;
  private readonly chunks = new MemoryChunks();
  private pruning = false;

  constructor(
    private readonly clock: SimClock,
    random: SimRandom,
    readonly space: SpaceId,
    private readonly note: (line: string) => void,
  ) {
    this.founded = clock.now();
    this.log = new SimLog({ soon: (run) => void clock.after(0, run), synced: (run) => void clock.after(1 + random.below(SYNC), run) });
    this.log.onFailed = () => {
      this.note('relay: a sync failed, the process ends');
      this.crash();
      clock.after(500, () => this.restart());
    };
    this.rooms = this.makeRooms();
  }

  /** @param cut ends the line, as seen from the device */
  attach(device: DeviceId, wire: Wire, cut: () => void): Connection {
    const context = {
      log: this.log,
      rooms: this.rooms,
      now: () => this.clock.now(),
      isAlone: async (_space: SpaceId, one: DeviceId) => this.isAlone(one),
      onAppended: () => undefined,
      meter: new Meter(),
      onConfirmed: () => this.pruneSoon(),
      files: { chunks: this.chunks, quota: 2 ** 30 },
      onOpen: () => undefined,
      onClose: (closed: Connection) => {
        this.connections.delete(closed);
        this.heard.set(device, this.clock.now());
      },
      limits: CONNECTION_LIMITS,
    };
    const connection = new Connection(wire, { space: this.space, device, token: '', expires: Infinity } as never, context);
    this.connections.set(connection, cut);
    return connection;
  }

  /** The process dies with all that its disk had not synced. */
  crash(): void {
    this.end();
    this.log.crash();
  }

  /** @returns false where there is no backup */
  restore(): boolean {
    if (!this.log.restore()) return false;
    this.wasRestored = true;
    this.end();
    return true;
  }

  restart(): void {
    if (this.up) return;
    this.up = true;
    this.rooms = this.makeRooms();
  }

  private makeRooms(): Rooms {
    return new Rooms(this.log, () => this.clock.now());
  }

  private end(): void {
    this.up = false;
    for (const [connection, cut] of [...this.connections]) {
      connection.ended('crash');
      cut();
    }
    this.connections.clear();
  }

  private isAlone(device: DeviceId): boolean {
    const now = this.clock.now();
    for (const [other, at] of this.heard) if (other !== device && now - at < WEEK) return false;
    for (const { device: other } of this.connections.keys()) if (other !== device) return false;
    return now - this.founded >= WEEK;
  }

  private pruneSoon(): void {
    if (this.pruning) return;
    this.pruning = true;
    this.clock.after(20, () => {
      this.pruning = false;
      if (!this.up) return;
      void this.log.prune().then((more) => {
        if (more) this.pruneSoon();
      });
    });
  }
}
