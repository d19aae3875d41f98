/** What a device reads of the log, beside what it is told live. PROTOCOL.md [P99] */
import { WebSocket } from 'ws';
import { LIMITS, socketUrl, SUBPROTOCOL, TOKEN_PREFIX } from '../protocol';
import { PacedPages } from './paced-pages';
import { TestSocket, type TestDevice } from './testing/device';
import { Harness } from './testing/harness';

const harness = new Harness();
const READ = { type: 'read', request: 1, after: 0, compact: false, aliases: null } as const;
const PIECE = 16 * 1024;

/** A device that says only when it is told to that it has what was sent. */
class Withholding extends TestSocket {
  readonly pings: Buffer[] = [];

  static async of(device: TestDevice): Promise<Withholding> {
    await device.session();
    const webSocket = new WebSocket(socketUrl(device.relay), [SUBPROTOCOL, TOKEN_PREFIX + device.token], { autoPong: false });
    const socket = new Withholding(webSocket);
    webSocket.on('ping', (data) => socket.pings.push(data));
    await new Promise<void>((resolve, reject) => webSocket.once('open', resolve).once('error', reject));
    socket.send({ type: 'open', cursors: [], visible: true });
    await socket.next('welcome');
    return socket;
  }

  get pieces(): number {
    return this.frames.filter(({ type }) => type === 'page').length;
  }

  /** Has all that came so far. */
  confirm(): void {
    const last = this.pings.at(-1);
    if (last !== undefined) this.webSocket.pong(last);
  }
}

describe('[P99] pages', () => {
  test('go in small frames, each with its own end, and one entry that is larger goes alone', async () => {
    const { laptop, a, b } = await harness.pair();
    const sizes = [...Array.from({ length: 40 }, () => 3_000), 50_000, 3_000];
    for (const size of sizes) a.append([laptop.entry({}, size)]);
    await a.results(sizes.length);
    b.send(READ);
    const pages = await b.pages(1);
    for (const { entries, through } of pages) {
      if (entries.length > 1) expect(entries.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBeLessThanOrEqual(PIECE);
      expect(through?.sequence).toBe(entries.at(-1)?.sequence);
    }
    expect(pages.flatMap(({ entries }) => entries)).toHaveLength(sizes.length);
  });

  test('wait while nothing says that the ones before have come, and a letter does not wait behind them', async () => {
    const { laptop, a } = await harness.pair();
    const missed = Array.from({ length: 60 }, () => laptop.entry({}, 17_000));
    for (const each of missed) a.append([each]);
    await a.results(missed.length);
    const reader = await Withholding.of(await harness.join(laptop));
    harness.kept(reader);
    reader.send(READ);
    await reader.until('the first ping', () => reader.pings[0]);
    a.append([laptop.entry()]);
    await reader.entries(1);
    // One, of the sixty that the device did not have: of what it did not confirm there is no more on its line.
    expect(reader.pieces).toBe(1);
    reader.confirm();
    await reader.until('the next', () => (reader.pieces > 1 ? true : null));
    reader.webSocket.on('ping', (data) => reader.webSocket.pong(data));
    reader.confirm();
    const pages = await reader.pages(1);
    expect(pages.flatMap(({ entries }) => entries).slice(0, missed.length)).toHaveLength(missed.length);
  });

  test('are as large as a frame where the way does not tell what has come', async () => {
    const sent: number[] = [];
    const wire = { kind: 'stream', buffered: 0, send: (frame: Uint8Array, then?: () => void) => (sent.push(frame.length), then?.()), pause: () => undefined, resume: () => undefined, close: () => undefined } as const;
    const entries = Array.from({ length: 20 }, (_, i) => ({ sequence: i + 1, bytes: new Uint8Array(12_000) }));
    await new PacedPages(wire, () => undefined).send(1, { entries, through: null, done: false });
    expect(sent).toHaveLength(1);
    expect(sent[0]).toBeLessThanOrEqual(LIMITS.frame);
  });

  test('that are one frame in all are asked nothing about: an idle line stays quiet', async () => {
    const { laptop, a } = await harness.pair();
    a.append([laptop.entry()]);
    await a.results(1);
    const reader = await Withholding.of(await harness.join(laptop));
    harness.kept(reader);
    for (const after of [0, Number.MAX_SAFE_INTEGER]) {
      reader.send({ ...READ, after });
      await reader.pages(1);
    }
    expect(reader.pings).toEqual([]);
  });
});
