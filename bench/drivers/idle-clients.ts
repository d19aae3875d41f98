/** Devices that are connected and do nothing: each opens, asks as the engine does whether its line lives, and comes back by the engine's own pauses when it breaks. */
import { WebSocket } from 'ws';
import { decodeRelayFrame, encodeFrame, socketUrl, SUBPROTOCOL, TOKEN_PREFIX } from '../../src/protocol';
import { backoff } from '../../src/sync';
import { serve } from '../servers/serve.mjs';

/** For a socket to open, as in the transport, ms. */
const OPENING = 5_000;
/** Silence after which the engine asks, ms. */
const WATCH = 25_000;
/** Asks for what can't be there. */
const PROBE = encodeFrame({ type: 'read', request: 1, after: Number.MAX_SAFE_INTEGER, compact: true, aliases: null });

interface Status {
  /** Answers of the relay in place of an upgrade, e.g. 401 or 429, and lines that it ended with a code. */
  readonly refused: readonly string[];
  /** Answers that told a device when to come again. */
  readonly putOff: number;
  /** When each device that came back did, ms since 1970. */
  readonly returns: readonly number[];
}

let isOver = false;
let all: IdleDevice[] = [];
const refused: string[] = [];
let putOff = 0;
const returns: number[] = [];

class IdleDevice {
  /** Hears of presence that came. */
  onPresence: () => void = () => undefined;
  private socket: WebSocket | null = null;
  private attempt = 0;
  private isBack = false;

  constructor(
    private readonly url: string,
    private readonly protocols: readonly string[],
    /** A bare server welcomes nobody. */
    private readonly isBare: boolean,
    /** Its address on this computer. */
    private readonly from: string | undefined,
  ) {}

  say(): void {
    this.socket?.send(encodeFrame({ type: 'presence', bytes: new Uint8Array(64) }));
  }

  /** Resolves once it is welcomed, for the first time. */
  connect(): Promise<void> {
    return new Promise((resolve) => {
      const socket = new WebSocket(this.url, [...this.protocols], { perMessageDeflate: false, handshakeTimeout: OPENING, localAddress: this.from });
      this.socket = socket;
      let isIn = false;
      let watch: NodeJS.Timeout | undefined;
      /** The relay's word when to come again, ms. */
      let after: number | null = null;
      const welcomed = (): void => {
        isIn = true;
        if (!this.isBare) watch = setInterval(() => socket.send(PROBE), WATCH);
        this.attempt = 0;
        if (this.isBack) returns.push(Date.now());
        this.isBack = true;
        resolve();
      };
      socket.on('unexpected-response', (_, response) => {
        const told = response.headers['retry-after'];
        if (response.statusCode === 503 && told !== undefined) {
          after = 1_000 * Number(told);
          putOff++;
        } else refused.push(String(response.statusCode));
        socket.terminate(); // to end its request would tell it nothing
      });
      socket.on('error', () => undefined);
      socket.on('open', () => (this.isBare ? welcomed() : socket.send(encodeFrame({ type: 'open', cursors: [], visible: false }))));
      socket.on('message', (data: Buffer) => {
        const { type } = decodeRelayFrame(data);
        if (!isIn && type === 'welcome') welcomed();
        else if (type === 'presence') this.onPresence();
      });
      socket.on('close', (code) => {
        clearInterval(watch);
        if (isOver) return;
        if (code >= 4000) refused.push(String(code));
        // Whoever waits for the first connection waits for the next try.
        setTimeout(() => void this.connect().then(resolve), after === null ? backoff(this.attempt++, Math.random()) : after + 1_000 * Math.random());
      });
    });
  }
}

/** An address of its own for each, as devices have: of one with thousands of ports in use, the system takes a millisecond and more to find a free one. */
function addressOf(network: number, i: number): string {
  return `127.${network}.${i >> 8}.${i & 0xff}`;
}

serve({
  /** Connects these devices, some at a time. @param tokens of sessions, two of each space; without any, `count` clients of a bare server at `url` @param from number of the network 127.x that they come from @param atOnce connections that are being made at once; a return knows no such order */
  async connect({ url, tokens, count, from, atOnce = 100 }: { url: string; tokens?: readonly string[]; count: number; from?: number; atOnce?: number }): Promise<void> {
    all = Array.from({ length: count }, (_, i) => {
      const token = tokens?.[i];
      const address = from === undefined ? undefined : addressOf(from, i);
      return token === undefined ? new IdleDevice(`${url}/${Math.floor(i / 2)}`, [], true, address) : new IdleDevice(socketUrl(url), [SUBPROTOCOL, TOKEN_PREFIX + token], false, address);
    });
    const devices = [...all];
    await Promise.all(Array.from({ length: atOnce }, async () => {
      for (let next = devices.pop(); next !== undefined; next = devices.pop()) await next.connect();
    })); // prettier-ignore
  },
  /** Presence from one device of a space to the other, in one space after the other. @returns how long each took, ms */
  async words({ count }: { count: number }): Promise<number[]> {
    const took: number[] = [];
    for (let i = 0; i < count; i++) {
      const [one, other] = [all[(2 * i) % all.length], all[(2 * i + 1) % all.length]];
      const began = performance.now();
      await new Promise<void>((resolve) => {
        if (other !== undefined) other.onPresence = resolve;
        one?.say();
      });
      took.push(performance.now() - began);
    }
    return took;
  },
  status: (): Status => ({ refused, putOff, returns }),
  end(): void {
    isOver = true;
  },
});
