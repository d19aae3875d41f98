/** Lines between devices and the relay: each keeps its order, has its own delay, and can be cut at any moment, losing what is on it. */
import type { DeviceId } from '../../src/protocol';
import type { Clock, Connection, Transport, TransportEvents } from '../../src/sync';
import type { SimRandom } from './random';
import type { SimRelay } from './relay';

export class SimNetwork {
  private readonly lines = new Map<DeviceId, Set<() => void>>();
  readonly unreachable = new Set<DeviceId>();
  /** Longest one-way delay, ms. */
  delay = 40;
  /** Bytes that a device's line takes towards the relay in one ms. */
  uplink = Number.POSITIVE_INFINITY;
  /** A proxy on the way cuts a line on which nothing went in either direction for so long, ms. */
  idle = Number.POSITIVE_INFINITY;
  /** How often it did. */
  idleCuts = 0;

  constructor(
    private readonly clock: Clock,
    private readonly random: SimRandom,
    private readonly relay: SimRelay,
  ) {}

  /** Cuts all lines of a device, as a lost radio does: what was under way in either direction is lost. */
  cut(device: DeviceId): void {
    for (const cut of [...(this.lines.get(device) ?? [])]) cut();
  }

  /** `isAlive`: false once the device has crashed; nothing is delivered to it then. */
  transport(device: DeviceId, isAlive: () => boolean): Transport {
    return { connect: (events) => this.connect(device, events, isAlive) };
  }

  private connect(device: DeviceId, events: TransportEvents, isAlive: () => boolean): Connection {
    let open = true;
    let toRelay = 0;
    /** Until when the line is taken by what was sent before. */
    let busy = 0;
    let toDevice = 0;
    let client: ReturnType<SimRelay['attach']> | null = null;
    const lines = this.lines.get(device) ?? new Set();
    this.lines.set(device, lines);
    let passedAt = 0;
    let isWatched = false;
    const watch = (): void => {
      const left = passedAt + this.idle - this.clock.now();
      if (open && left > 0) return void this.clock.after(left, watch);
      if (open) this.idleCuts++;
      end('LOST');
    };
    const passes = (): void => {
      passedAt = this.clock.now();
      if (isWatched || this.idle === Number.POSITIVE_INFINITY) return;
      isWatched = true;
      this.clock.after(this.idle, watch);
    };
    /** In order on one line, whatever the delays are. */
    const up = (run: () => void, bytes = 0): void => {
      passes();
      busy = Math.max(busy, this.clock.now()) + bytes / this.uplink;
      toRelay = Math.max(toRelay, busy + this.random.below(this.delay));
      this.clock.after(toRelay - this.clock.now(), () => {
        if (open) run();
      });
    };
    const down = (run: () => void, always = false): void => {
      passes();
      toDevice = Math.max(toDevice, this.clock.now() + this.random.below(this.delay));
      this.clock.after(toDevice - this.clock.now(), () => {
        if ((open || always) && isAlive()) run();
      });
    };
    const end = (code: string): void => {
      if (!open) return;
      open = false;
      lines.delete(cut);
      if (client !== null) this.relay.detach(client);
      down(() => events.onClose({ code, message: 'The line is gone.', retry: true }), true);
    };
    const cut = (): void => end('CUT');
    lines.add(cut);
    up(() => {
      if (!this.relay.up || this.unreachable.has(device)) return end('UNREACHABLE');
      client = this.relay.attach({
        device,
        send: (bytes) => {
          const copy = bytes.slice();
          down(() => events.onFrame(copy));
        },
        end: () => end('ENDED'),
      });
      down(() => events.onOpen());
    });
    return {
      send: (frame) => {
        const copy = frame.slice();
        up(() => {
          if (client !== null) this.relay.receive(client, copy);
        }, copy.length);
      },
      buffered: () => 0,
      close: () => {
        if (!open) return;
        open = false;
        lines.delete(cut);
        if (client !== null) this.relay.detach(client);
      },
    };
  }
}
