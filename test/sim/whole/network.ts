/** Lines between devices and the relay: each keeps its order, has its own delays, and can be cut, go silent, or be out of reach. */
import type { DeviceId } from '../../../src/protocol';
import type { Connection as RelayConnection } from '../../../src/relay/connection';
import type { CloseReason, Connection, Transport, TransportEvents } from '../../../src/sync';
import type { SimClock } from '../clock';
import type { SimRandom } from '../random';
import type { SimRelay } from './relay';

interface Line {
  cut(): void;
  /** Until then nothing that is sent arrives, and nobody is told. */
  silentUntil: number;
}

/** What is seen of every frame, in both directions. */
export type Tap = (frame: Uint8Array, device: DeviceId, to: 'relay' | 'device') => void;

export class SimNetwork {
  /** Devices out of reach. */
  readonly unreachable = new Set<DeviceId>();
  /** Longest one-way delay, ms. */
  delay = 40;
  private readonly lines = new Map<DeviceId, Set<Line>>();

  constructor(
    private readonly clock: SimClock,
    private readonly random: SimRandom,
    private readonly relay: SimRelay,
    private readonly tap: Tap,
  ) {}

  /** What is under way in either direction is lost. */
  cut(device: DeviceId): void {
    for (const line of [...(this.lines.get(device) ?? [])]) line.cut();
  }

  /** Half open: for so many ms all is lost and neither side is told; then the line is found dead. */
  silence(device: DeviceId, ms: number): void {
    for (const line of this.lines.get(device) ?? []) {
      line.silentUntil = this.clock.now() + ms;
      this.clock.after(ms, () => line.cut());
    }
  }

  /** @param isAlive false once the program is dead: nothing is delivered to it */
  transport(device: DeviceId, isAlive: () => boolean): Transport {
    return { connect: (events) => this.connect(device, events, isAlive) };
  }

  private connect(device: DeviceId, events: TransportEvents, isAlive: () => boolean): Connection {
    const lines = this.lines.get(device) ?? new Set<Line>();
    this.lines.set(device, lines);
    let open = true;
    let lastUp = 0;
    let lastDown = 0;
    let there: RelayConnection | null = null;
    const line: Line = { cut: () => end({ code: 'LOST', message: 'The connection was lost.', retry: true }), silentUntil: 0 };
    lines.add(line);
    const later = (last: number): number => Math.max(last, this.clock.now() + this.random.below(this.delay));
    const up = (run: () => void): void => {
      if (this.clock.now() < line.silentUntil) return;
      lastUp = later(lastUp);
      this.clock.after(lastUp - this.clock.now(), () => {
        if (open) run();
      });
    };
    const down = (run: () => void, always = false): void => {
      if (this.clock.now() < line.silentUntil && !always) return;
      lastDown = later(lastDown);
      this.clock.after(lastDown - this.clock.now(), () => {
        if ((open || always) && isAlive()) run();
      });
    };
    const end = (reason: CloseReason): void => {
      if (!open) return;
      open = false;
      lines.delete(line);
      there?.ended(reason.code);
      down(() => events.onClose(reason), true);
    };
    up(() => {
      if (!this.relay.up || this.unreachable.has(device)) return end({ code: 'UNREACHABLE', message: 'No answer.', retry: true });
      there = this.relay.attach(
        device,
        {
          kind: 'websocket',
          buffered: 0,
          send: (frame, sent) => {
            const copy = frame.slice();
            this.tap(copy, device, 'device');
            this.clock.after(0, () => sent?.());
            down(() => events.onFrame(copy));
          },
          pause: () => undefined,
          resume: () => undefined,
          close: (code, why) => down(() => end({ code: why === '' ? String(code) : why, message: 'The relay hung up.', retry: true })),
        },
        line.cut,
      );
      down(() => events.onOpen());
    });
    return {
      send: (frame) => {
        const copy = frame.slice();
        this.tap(copy, device, 'relay');
        up(() => there?.receive(copy));
      },
      buffered: () => 0,
      close: () => {
        // Its own end is told to the caller too, never from within the call.
        this.clock.after(0, () => end({ code: 'CLOSED', message: 'Closed.', retry: true }));
      },
    };
  }
}
