/** A connection of a test, and what it needs: a device of a real relay. */
import { createTransport, httpByFetch, systemClock, systemRandom, type HttpPort, type KeptSession, type TransportOptions, type Way } from '..';
import type { TestDevice } from '../../relay/testing/device';
import { decodeRelayFrame, encodeFrame, type ClientFrame, type RelayFrame } from '../../protocol';
import type { CloseReason, Connection, Transport, TransportEvents } from '../../sync';

/** Opens a connection and waits for its end or its opening. */
export class TestLine implements TransportEvents {
  readonly frames: RelayFrame[] = [];
  readonly opened: Promise<'open' | CloseReason>;
  readonly closed: Promise<CloseReason>;
  readonly connection: Connection;
  opens = 0;
  closes = 0;
  way = '';
  onOpen!: (way?: string) => void; // set in the constructor, before connect
  onClose!: (reason: CloseReason) => void; // likewise
  private heard: (() => void)[] = [];

  constructor(transport: Transport) {
    let open: (result: 'open' | CloseReason) => void;
    this.opened = new Promise((resolve) => (open = resolve));
    this.closed = new Promise((resolve) => {
      this.onClose = (reason) => {
        this.closes++;
        open(reason);
        resolve(reason);
      };
    });
    this.onOpen = (way = '') => {
      this.opens++;
      this.way = way;
      open('open');
    };
    this.connection = transport.connect(this);
  }

  onFrame(bytes: Uint8Array): void {
    this.frames.push(decodeRelayFrame(bytes));
    for (const resolve of this.heard.splice(0)) resolve();
  }

  send(frame: ClientFrame): void {
    this.connection.send(encodeFrame(frame));
  }

  /** Says hello, and waits for the welcome. */
  async welcome(): Promise<void> {
    const opened = await this.opened;
    if (opened !== 'open') throw new Error(`${opened.code}: ${opened.message}`);
    this.send({ type: 'open', cursors: [], visible: true });
    await this.next('welcome');
  }

  /** The first frame of a type; it stays. */
  async next<Type extends RelayFrame['type']>(type: Type): Promise<Extract<RelayFrame, { type: Type }>> {
    for (;;) {
      const found = this.frames.find((frame) => frame.type === type);
      if (found !== undefined) return found as Extract<RelayFrame, { type: Type }>;
      await new Promise<void>((resolve) => this.heard.push(resolve));
    }
  }

  /** Waits until what came holds. */
  async until(holds: (frames: readonly RelayFrame[]) => boolean): Promise<void> {
    while (!holds(this.frames)) await new Promise<void>((resolve) => this.heard.push(resolve));
  }
}

/** Lines that end with their test. */
export class TestLines {
  private readonly lines: TestLine[] = [];

  /** Registers the hook of a test file. */
  constructor() {
    afterEach(() => {
      for (const { connection } of this.lines.splice(0)) connection.close();
    });
  }

  open(options: TransportOptions): TestLine {
    return this.over(createTransport(options));
  }

  over(transport: Transport): TestLine {
    const line = new TestLine(transport);
    this.lines.push(line);
    return line;
  }
}

export class TestKeeper {
  kept: KeptSession | null = null;
  async load(): Promise<KeptSession | null> {
    return this.kept;
  }
  save(session: KeptSession | null): void {
    this.kept = session;
  }
}

export function optionsOf(device: TestDevice, ways: readonly Way[], more: Partial<TransportOptions> = {}): TransportOptions {
  return {
    relays: [device.relay],
    ways,
    space: device.space.id,
    device: device.id,
    sign: async (bytes) => device.keys.sign(bytes),
    http: httpByFetch(),
    clock: systemClock,
    random: systemRandom,
    ...more,
  };
}

/** An HTTP port that tells of each request. */
export function watchedHttp(see: (url: string) => void): HttpPort {
  const http = httpByFetch();
  return (url, body) => {
    see(url);
    return http(url, body);
  };
}

/** A way that tells of each attempt. */
export function watchedWay(way: Way, see: (relay: string) => void): Way {
  return {
    name: way.name,
    open: (relay, token, events, signal) => {
      see(relay);
      return way.open(relay, token, events, signal);
    },
  };
}
