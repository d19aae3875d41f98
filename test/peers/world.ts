/** Whole peers (real engine, cipher, documents, notes) joined by the relay's own rooms and log in memory, over a direct wire. */
import { createIdentity, deriveSpace } from '../../src/crypto';
import type { DeviceId, SpaceId } from '../../src/protocol';
import { createPeer } from '../../src/peer';
import type { Credentials, Peer, PeerSettings } from '../../src/peer';
import { Connection } from '../../src/relay/connection';
import { CONNECTION_LIMITS } from '../../src/relay/connection-context';
import { MemoryChunks } from '../../src/relay/memory/memory-chunks';
import { Meter } from '../../src/relay/meter';
import { MemoryLog } from '../../src/relay/memory/memory-log';
import { Rooms } from '../../src/relay/rooms';
import { MemoryDisk, openMemoryStore } from '../../src/store';
import type { CloseReason, DeviceStore, Transport, TransportEvents } from '../../src/sync';
import { ManualClock } from './manual-clock';
import { syncEd25519 } from './sync-ed25519';
import type { Clock } from '../../src/sync';
import { MemoryFileRelay } from './memory-files';
import type { MemoryFiles } from './memory-files';
import { MemoryVault } from './memory-vault';

export const SETTINGS: PeerSettings = {
  tag: '#live',
  phrases: [],
  createNotes: false,
  liveFromDisk: false,
  holdFor: 20_000,
  limits: { bullets: 5_000, bytes: 2 * 1024 * 1024 },
  writeAfter: 2_000,
  writeWithin: 15_000,
};

export class World {
  readonly clock = new ManualClock();
  readonly log = new MemoryLog();
  readonly files = new MemoryFileRelay();
  private readonly chunks = new MemoryChunks();
  private readonly rooms = new Rooms(this.log, () => this.clock.now());
  private readonly connections = new Set<Connection>();
  private readonly lines = new Set<() => void>();
  private readonly devices: Device[] = [];
  private seed: number;
  readonly secret: Uint8Array;

  constructor(seed = 1) {
    this.seed = seed;
    this.secret = this.bytes(32);
  }

  /** A device of the space, started. `disk` and `credentials` of an earlier one make it the same device in a new run. */
  async device(name: string, options: Partial<DeviceOptions> = {}): Promise<Device> {
    const device = await Device.make(this, name, options);
    this.devices.push(device);
    await device.peer.start();
    return device;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => {
      this.seed = (Math.imul(this.seed, 1103515245) + 12345) >>> 0;
      return (this.seed >>> 16) & 0xff;
    });
  }

  transport(device: DeviceId, space: SpaceId, isOnline: () => boolean): Transport {
    return {
      connect: (events: TransportEvents) => {
        let connection: Connection | null = null;
        let closed = false;
        const cut = (): void => close({ code: 'LOST', message: 'The relay went away.', retry: true });
        this.lines.add(cut);
        const close = (reason: CloseReason): void => {
          if (closed) return;
          closed = true;
          this.lines.delete(cut);
          connection?.ended(reason.code);
          if (connection) this.connections.delete(connection);
          events.onClose(reason);
        };
        setImmediate(() => {
          if (closed) return;
          if (!isOnline()) return close({ code: 'UNREACHABLE', message: 'No network.', retry: true });
          const context = {
            log: this.log,
            rooms: this.rooms,
            now: () => this.clock.now(),
            isAlone: async () => false,
            onAppended: () => undefined, meter: new Meter(), onConfirmed: () => undefined,
            files: { chunks: this.chunks, quota: 2 ** 30 },
            onOpen: () => undefined,
            onClose: () => undefined,
            limits: CONNECTION_LIMITS,
          };
          const wire = {
            kind: 'websocket' as const,
            buffered: 0,
            send: (frame: Uint8Array, sent?: () => void) => {
              const copy = frame.slice();
              setImmediate(() => {
                sent?.();
                if (!closed && isOnline()) events.onFrame(copy);
                else close({ code: 'LOST', message: 'The connection was lost.', retry: true });
              });
            },
            pause: () => undefined,
            resume: () => undefined,
            close: (code: number, reason: string) => close({ code: String(code), message: reason, retry: true }),
          };
          connection = new Connection(wire, { space, device, token: '', expires: Infinity } as never, context);
          this.connections.add(connection);
          events.onOpen();
        });
        return {
          send: (frame) => {
            const copy = frame.slice();
            setImmediate(() => {
              if (!closed && isOnline()) connection?.receive(copy);
              else close({ code: 'LOST', message: 'The connection was lost.', retry: true });
            });
          },
          buffered: () => 0,
          close: () => close({ code: 'CLOSED', message: 'Closed.', retry: true }),
        };
      },
    };
  }

  /** Lets time and the event loop run until something holds. Bounded: fails with what was waited for. */
  async until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    for (let round = 0; round < 6_000; round += 1) {
      if (await holds()) return;
      this.clock.advance(round < 2_000 ? 5 : 25);
      await new Promise(setImmediate);
    }
    throw new Error(`Still not so: ${what}`);
  }

  /** Lets an amount of time pass, with everything that happens in it. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 100) {
      this.clock.advance(Math.min(100, left));
      for (let i = 0; i < 4; i += 1) await new Promise(setImmediate);
    }
  }

  /** The relay goes and comes again: every line is cut, what was on it is lost. */
  restartRelay(): void {
    for (const cut of [...this.lines]) cut();
  }

  async end(): Promise<void> {
    for (const device of this.devices) await device.stop();
    for (const connection of this.connections) connection.ended('end');
  }
}

export interface DeviceOptions {
  readonly vault: MemoryVault;
  readonly disk: MemoryDisk;
  readonly credentials: Credentials;
  readonly settings: Partial<PeerSettings>;
  readonly online: boolean;
  /** Its attachments; without them files stay where they are. */
  readonly files: MemoryFiles;
  readonly isMetered: boolean;
  readonly folder: string;
  readonly indent: string;
}

export class Device {
  readonly problems: string[] = [];
  private stopped = false;

  private constructor(
    readonly world: World,
    readonly name: string,
    readonly vault: MemoryVault,
    readonly disk: MemoryDisk,
    readonly store: DeviceStore,
    readonly credentials: Credentials,
    readonly settings: Partial<PeerSettings>,
    private readonly line: { online: boolean; alive: boolean },
    readonly files: MemoryFiles | null,
  ) {}

  /** Whether each byte costs now. */
  isMetered = false;

  peer!: Peer; // set by `make` before anyone sees the device

  static async make(world: World, name: string, options: Partial<DeviceOptions>): Promise<Device> {
    const line = { online: options.online ?? true, alive: true };
    /** What a dead program asked for never comes. */
    const clock: Clock = { now: () => world.clock.now(), after: (ms, run) => world.clock.after(ms, () => (line.alive ? run() : undefined)) };
    const vault = options.vault ?? new MemoryVault(options.folder ?? 'daily', options.indent ?? '\t', () => clock.now());
    const disk = options.disk ?? new MemoryDisk();
    const store = openMemoryStore(disk);
    const credentials = options.credentials ?? {
      secret: world.secret,
      epoch: 0,
      epochSecret: null,
      seed: createIdentity((n) => world.bytes(n)).seed,
      relays: ['http://127.0.0.1:1'],
    };
    const device = new Device(world, name, vault, disk, store, credentials, options.settings ?? {}, line, options.files ?? null);
    device.isMetered = options.isMetered ?? false;
    const id = createIdentity(() => credentials.seed).deviceId as DeviceId;
    device.peer = await createPeer({
      clock,
      random: { bytes: (n) => world.bytes(n), unit: () => 0.5 },
      ed25519: syncEd25519,
      store,
      vault: vault.forOwner(),
      transport: world.transport(id, deriveSpace(world.secret).spaceId as SpaceId, () => line.online && line.alive),
      credentials,
      settings: () => ({ ...SETTINGS, ...options.settings }),
      deviceName: name,
      onProblem: (code, message) => device.problems.push(`${code}: ${message}`),
      onCloned: () => device.problems.push('CLONED'),
      ...(options.files && { files: { vault: options.files, transfers: world.files.transfersOf(name), isMetered: () => device.isMetered } }),
    });
    if (options.files) options.files.onChange = (path) => line.alive && device.peer.fileChanged(path);
    return device;
  }

  async live(): Promise<void> {
    await this.world.until(`${this.name} is live`, () => this.peer.status().phase === 'live');
  }

  goOffline(): void {
    this.line.online = false;
    this.peer.notify('offline');
  }

  goOnline(): void {
    this.line.online = true;
    this.peer.notify('online');
  }

  /** Power goes. Of what the disk had not made safe, the first `kept` batches survive. */
  die(kept: number): void {
    this.stopped = true;
    this.line.alive = false;
    this.vault.owner += 1;
    this.disk.crash(kept);
    void this.store.close();
  }

  async stop(): Promise<void> {
    if (this.stopped) return;
    this.stopped = true;
    const work = this.peer.stop();
    let done = false;
    void work.finally(() => {
      done = true;
    });
    await this.world.until(`${this.name} stopped`, () => done);
    await work;
    await this.store.close();
  }
}
