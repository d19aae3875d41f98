import { request as overHttp } from 'node:http';
import { randomBytes } from 'node:crypto';
import {
  decodePollAnswer, decodeRelayFrame, encodeFrame, encodePollRequest, errorOfCloseCode, fromBase64Url, LIMITS, pollUrl, StreamReader, TOKEN_BYTES,
  type ClientFrame, type PollAnswer, type PollRequest, type RelayFrame,
} from '../../protocol'; // prettier-ignore
import { Harness } from '../testing/harness';
import type { TestDevice } from '../testing/device';
import type { NewEntry } from '../log';
import { RELAY_LIMITS } from '../relay-options';
import type { RunningRelay } from '../start';
import { LINK_TIMES } from './poll-link';

const harness = new Harness();

interface Raw {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

async function raw(relay: string, body: BodyInit, more: RequestInit = {}): Promise<Raw> {
  const response = await fetch(pollUrl(relay), { method: 'POST', body, ...more });
  return { status: response.status, headers: response.headers, body: new Uint8Array(await response.arrayBuffer()) };
}

async function ask(relay: string, request: PollRequest, more: RequestInit = {}): Promise<PollAnswer> {
  const { status, body } = await raw(relay, encodePollRequest(request).slice(), more);
  if (status !== 200) throw new Error(`${status} ${Buffer.from(body).toString()}`);
  return decodePollAnswer(body);
}

/** One link of a device, by hand: each request is one call. */
class TestLink {
  number = 0;
  received = 0;
  private frames: RelayFrame[] = [];

  private constructor(
    readonly relay: string,
    readonly key: Uint8Array,
  ) {}

  static async begin(device: TestDevice): Promise<TestLink> {
    if (device.token === '') await device.session();
    const answer = await ask(device.relay, { type: 'begin', token: fromBase64Url(device.token, TOKEN_BYTES) });
    if (answer.type !== 'begun') throw new Error(answer.type);
    return new TestLink(device.relay, answer.link);
  }

  /** With a link that was welcomed. */
  static async open(device: TestDevice): Promise<TestLink> {
    const link = await TestLink.begin(device);
    await link.up({ type: 'open', cursors: [], visible: true });
    await link.until('welcome');
    return link;
  }

  up(...frames: ClientFrame[]): Promise<PollAnswer> {
    return this.upAs(++this.number, ...frames);
  }

  upAs(number: number, ...frames: ClientFrame[]): Promise<PollAnswer> {
    return ask(this.relay, { type: 'up', link: this.key, number, frames: frames.map(encodeFrame) });
  }

  down(hold = 5_000, received = this.received, more: RequestInit = {}): Promise<Extract<PollAnswer, { type: 'batch' }>> {
    return ask(this.relay, { type: 'down', link: this.key, received, hold }, more) as Promise<Extract<PollAnswer, { type: 'batch' }>>;
  }

  /** Asks until a frame of the type has come, and takes it; those before it are let go. */
  async until<Type extends RelayFrame['type']>(type: Type): Promise<Extract<RelayFrame, { type: Type }>> {
    for (let i = 0; i < 20; i++) {
      for (let frame = this.frames.shift(); frame !== undefined; frame = this.frames.shift()) {
        if (frame.type === type) return frame as Extract<RelayFrame, { type: Type }>;
      }
      const batch = await this.down();
      this.received = batch.number;
      this.frames = batch.frames.map(decodeRelayFrame);
      if (batch.code !== 0) throw new Error(`Ended with ${batch.code}.`);
    }
    throw new Error(`No ${type}.`);
  }
}

const append = (...entries: NewEntry[]): ClientFrame => ({ type: 'append', entries: entries.map(({ bytes }) => bytes) });
const typesOf = ({ frames }: { frames: readonly Uint8Array[] }): string[] => frames.map((bytes) => decodeRelayFrame(bytes).type);

async function two(more: Parameters<Harness['start']>[0] = {}): Promise<{ relay: RunningRelay; laptop: TestDevice; phone: TestDevice }> {
  const relay = await harness.start(more);
  const laptop = await harness.found(relay);
  return { relay, laptop, phone: await harness.join(laptop) };
}

describe('beginning', () => {
  test('[P80] a link and a socket are in the same room', async () => {
    const { laptop, phone } = await two();
    const socket = harness.kept(await phone.open());
    const link = await TestLink.open(laptop);
    expect((await socket.next('peers')).peers.connected).toEqual([laptop.id]);
    const entry = laptop.entry();
    await link.up(append(entry));
    expect((await socket.entries(1))[0]?.bytes).toEqual(new Uint8Array(entry.bytes));
    expect((await link.until('appended')).results).toMatchObject([{ status: 'stored' }]);
    socket.append([phone.entry()]);
    expect((await link.until('entries')).entries).toHaveLength(1);
  });

  test('[P80] is refused without a session, and to a device or an address with too many', async () => {
    const { laptop } = await two({ limits: { connectionsOfDevice: 1, requests: { perSecond: 0.001, burst: 7 } } });
    const begin = (token: Uint8Array): Promise<Raw> => raw(laptop.relay, encodePollRequest({ type: 'begin', token }).slice());
    const refused = async (token: Uint8Array): Promise<unknown> => (JSON.parse(Buffer.from((await begin(token)).body).toString()) as { code: unknown }).code;
    expect(await refused(randomBytes(32))).toBe('SESSION_EXPIRED');
    await TestLink.begin(laptop);
    const token = fromBase64Url(laptop.token, TOKEN_BYTES);
    expect(await refused(token)).toBe('RATE_LIMITED'); // too many of this device
    expect(await refused(token)).toBe('RATE_LIMITED');
    const last = await begin(token);
    expect(last.status).toBe(429);
    expect(last.headers.get('retry-after')).not.toBeNull();
  });

  test('[P73] [P74] [P80] every answer has CORS, and another origin none', async () => {
    const { laptop } = await two();
    const link = await TestLink.open(laptop);
    const headers = { origin: 'app://obsidian.md' };
    const of = (request: PollRequest): BodyInit => encodePollRequest(request).slice();
    const answers = [
      await raw(laptop.relay, of({ type: 'down', link: link.key, received: link.received, hold: 0 }), { headers }),
      await raw(laptop.relay, of({ type: 'end', link: randomBytes(32) }), { headers }),
      await raw(laptop.relay, 'x', { headers }),
      await raw(laptop.relay, of({ type: 'begin', token: randomBytes(32) }), { headers }),
      await raw(laptop.relay, new Uint8Array(2_000), { headers }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 400, 401, 400]);
    for (const answer of answers) {
      expect(answer.headers.get('access-control-allow-origin')).toBe('app://obsidian.md');
      expect(answer.headers.get('cache-control')).toContain('no-store');
    }
    const evil = await raw(laptop.relay, of({ type: 'begin', token: fromBase64Url(laptop.token, TOKEN_BYTES) }), { headers: { origin: 'https://evil.example' } });
    expect(evil.status).toBe(403);
    expect(evil.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('frames up', () => {
  test('[P81] a batch that is sent again is not applied again', async () => {
    const { laptop } = await two();
    const link = await TestLink.open(laptop);
    const [first, second] = [laptop.entry(), laptop.entry()];
    expect(await link.up(append(first))).toMatchObject({ number: 2 });
    expect(await link.upAs(2, append(first))).toMatchObject({ type: 'taken', number: 2 });
    expect(await link.upAs(1, append(first))).toMatchObject({ type: 'taken', number: 2 });
    await link.up(append(second));
    const statuses: string[] = [];
    while (statuses.length < 2) statuses.push(...(await link.until('appended')).results.map(({ status }) => status));
    expect(statuses).toEqual(['stored', 'stored']); // no `duplicate`: the log was not asked
  });

  test('[P81] a number beyond the next ends the link', async () => {
    const { laptop } = await two();
    const link = await TestLink.open(laptop);
    await expect(link.upAs(3, append(laptop.entry()))).rejects.toThrow(/400.*BAD_FRAME/);
    expect(await link.down(0)).toMatchObject({ code: 1006 });
  });

  test('[P70] [P81] while the relay reads no more the request waits, and a copy of it takes its place', async () => {
    const { laptop, phone } = await two({ limits: { connection: { ...RELAY_LIMITS.connection, framesPerSecond: 20, frameBurst: 3 } } });
    const link = await TestLink.open(laptop);
    const visible = (on: boolean): ClientFrame => ({ type: 'visible', visible: on });
    await link.up(visible(false), visible(true), visible(false), visible(true), visible(false));
    const entry = laptop.entry();
    link.number++;
    const early = link.upAs(link.number, append(entry));
    const late = link.upAs(link.number, append(entry));
    const numbers = (await Promise.all([early, late])).map((answer) => answer.type === 'taken' && answer.number);
    expect(numbers).toContain(link.number);
    expect((await link.until('appended')).results).toMatchObject([{ status: 'stored' }]);
    const reader = harness.kept(await phone.open());
    reader.send({ type: 'read', request: 1, after: 0, compact: false, aliases: null });
    expect((await reader.pages(1)).flatMap(({ entries }) => entries)).toHaveLength(1);
  });
});

describe('frames down', () => {
  test('[P82] an answer that was lost is given again, the same bytes, and once', async () => {
    const { laptop, phone } = await two();
    const link = await TestLink.open(laptop);
    const socket = harness.kept(await phone.open());
    await link.until('peers');
    socket.append([phone.entry()]);
    const lost = await link.down();
    expect(typesOf(lost)).toEqual(['entries']);
    expect(await link.down()).toEqual(lost);
    socket.append([phone.entry()]);
    await socket.results(2);
    expect(await link.down()).toEqual(lost);
    link.received = lost.number;
    const next = await link.down();
    expect(next.number).toBe(lost.number + 1);
    expect(typesOf(next)).toEqual(['entries']);
  });

  test('[P82] a late copy of an older request changes nothing, one of what was never given ends the link', async () => {
    const { laptop } = await two();
    const link = await TestLink.open(laptop);
    await link.up({ type: 'lease', alias: 'a'.repeat(32) as never });
    await link.until('leased');
    expect(await link.down(5_000, 0)).toEqual({ type: 'batch', number: link.received, frames: [], code: 0 });
    await link.up({ type: 'lease', alias: 'b'.repeat(32) as never });
    await link.until('leased');
    await expect(link.down(0, link.received + 1)).rejects.toThrow(/400.*BAD_FRAME/);
    expect(await link.down(0)).toMatchObject({ code: 1006 });
  });

  test('[P83] waits for the first frame, for its hold, and not beside a newer request', async () => {
    const { laptop } = await two();
    const link = await TestLink.open(laptop);
    const empty = { type: 'batch', number: link.received, frames: [], code: 0 };
    expect(await link.down(0)).toEqual(empty);
    const older = link.down(60_000);
    await until(() => link.down(0).then(() => true));
    expect(await older).toEqual(empty);
    const waiting = link.down(60_000);
    await link.up({ type: 'lease', alias: 'a'.repeat(32) as never });
    expect(typesOf(await waiting)).toEqual(['leased']);
  });

  test('[P43] what waits is given in batches', async () => {
    const { laptop, phone } = await two();
    const link = await TestLink.open(laptop);
    const socket = harness.kept(await phone.open());
    const entries = Array.from({ length: 6 }, () => phone.entry({}, 50_000));
    for (const entry of entries) {
      socket.append([entry]);
      await socket.results(1); // a turn, and a frame, of its own
    }
    let count = 0;
    while (count < 6) {
      const batch = await link.down();
      expect(batch.frames.reduce((sum, frame) => sum + frame.length, 0)).toBeLessThanOrEqual(LIMITS.batch);
      link.received = batch.number;
      for (const frame of batch.frames.map(decodeRelayFrame)) if (frame.type === 'entries') count += frame.entries.length;
    }
    expect(count).toBe(6);
  });
});

describe('the end', () => {
  test('[P84] a link that its device ends, or no longer asks for, leaves the room', async () => {
    const { laptop, phone } = await two({ limits: { links: { ...LINK_TIMES, abandoned: 300 } } });
    const socket = harness.kept(await phone.open());
    const link = await TestLink.open(laptop);
    expect((await socket.next('peers')).peers.connected).toEqual([laptop.id]);
    expect(await ask(laptop.relay, { type: 'end', link: link.key })).toMatchObject({ type: 'batch', code: 1006 });
    expect((await socket.next('peers')).peers.connected).toEqual([]);
    const silent = await TestLink.open(laptop);
    expect((await socket.next('peers')).peers.connected).toEqual([laptop.id]);
    expect((await socket.next('peers')).peers.connected).toEqual([]);
    expect(await silent.down(0)).toEqual({ type: 'batch', number: 0, frames: [], code: 1006 });
  });

  test('[P84] a waiting request keeps it, and its broken connection does not', async () => {
    const { laptop, phone } = await two({ limits: { links: { ...LINK_TIMES, abandoned: 200 } } });
    const socket = harness.kept(await phone.open());
    const link = await TestLink.open(laptop);
    await socket.next('peers');
    const given = new AbortController();
    const waiting = link.down(600, link.received, { signal: given.signal });
    expect(await waiting).toMatchObject({ code: 0 });
    const broken = link.down(60_000, link.received, { signal: given.signal });
    given.abort();
    await expect(broken).rejects.toThrow();
    expect((await socket.next('peers')).peers.connected).toEqual([]);
  });

  test('[P56] [P85] an error is told in a frame and a code, and asked for later too', async () => {
    const { laptop } = await two();
    const link = await TestLink.begin(laptop);
    const waiting = link.down();
    await link.up({ type: 'visible', visible: true });
    const batch = await waiting;
    expect(typesOf(batch)).toEqual(['error']);
    expect(errorOfCloseCode(batch.code)).toBe('BAD_FRAME');
    expect(await link.down()).toEqual(batch);
    expect(await link.up({ type: 'visible', visible: true })).toMatchObject({ type: 'taken', number: 1 });
  });

  test('[P56] a link that is not opened ends', async () => {
    const { laptop } = await two({ limits: { connection: { ...RELAY_LIMITS.connection, opening: 50 } } });
    const link = await TestLink.begin(laptop);
    expect(errorOfCloseCode((await link.down()).code)).toBe('SLOW_CONSUMER');
  });

  test('[P72] [P85] a relay that stops tells the waiting', async () => {
    const { relay, laptop } = await two();
    const link = await TestLink.open(laptop);
    const waiting = link.down(60_000);
    await link.up({ type: 'visible', visible: false });
    await relay.stop();
    const batch = await waiting;
    expect(typesOf(batch)).toEqual(['error']);
    expect(batch.code).toBe(1001);
  });

  test('[P70] [P85] a device that takes nothing is closed, and what waits for it is let go', async () => {
    const { laptop, phone } = await two({ limits: { connection: { ...RELAY_LIMITS.connection, buffered: 200_000 } } });
    const link = await TestLink.open(laptop);
    const socket = harness.kept(await phone.open());
    for (let i = 0; i < 8; i++) {
      socket.append([phone.entry({}, 50_000)]);
      await socket.results(1);
    }
    const codes: number[] = [];
    for (let i = 0; i < 10 && (codes.at(-1) ?? 0) === 0; i++) {
      const batch = await link.down(0);
      link.received = batch.number;
      codes.push(batch.code);
    }
    expect(errorOfCloseCode(codes.at(-1) ?? 0)).toBe('SLOW_CONSUMER');
    expect(codes.length).toBeLessThanOrEqual(2);
  });
});

describe('a stream', () => {
  /** The answers of a stream as they come, until it ends. */
  class TestStream {
    readonly answers: PollAnswer[] = [];
    readonly given = new AbortController();
    isOver = false;

    static async open(link: TestLink): Promise<TestStream> {
      const stream = new TestStream();
      const response = await fetch(pollUrl(link.relay), { method: 'POST', body: encodePollRequest({ type: 'stream', link: link.key }).slice(), headers: { origin: 'app://obsidian.md' }, signal: stream.given.signal });
      if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
      expect(response.headers.get('access-control-allow-origin')).toBe('app://obsidian.md');
      expect(response.headers.get('content-length')).toBeNull();
      void stream.read(response).catch(() => undefined).finally(() => (stream.isOver = true));
      return stream;
    }

    async read(response: Response): Promise<void> {
      const reader = new StreamReader();
      const chunks = response.body?.getReader();
      for (let next = await chunks?.read(); next?.done === false; next = await chunks?.read()) this.answers.push(...reader.take(next.value));
    }

    get frames(): RelayFrame[] {
      return this.answers.flatMap((answer) => (answer.type === 'batch' ? answer.frames.map(decodeRelayFrame) : []));
    }

    async until(holds: (stream: TestStream) => boolean): Promise<void> {
      for (const deadline = Date.now() + 10_000; !holds(this); await new Promise((resolve) => setImmediate(resolve))) {
        if (Date.now() > deadline) throw new Error(`Waited too long: ${this.answers.length} answers so far.`);
      }
    }
  }

  test('[P88] begins with an empty answer and gives every frame once, in numbered answers', async () => {
    const { laptop, phone } = await two();
    const link = await TestLink.begin(laptop);
    const stream = await TestStream.open(link);
    await stream.until(({ answers }) => answers.length === 1);
    expect(stream.answers).toEqual([{ type: 'batch', number: 0, frames: [], code: 0 }]);
    await link.up({ type: 'open', cursors: [], visible: true });
    const socket = harness.kept(await phone.open());
    for (let i = 0; i < 3; i++) {
      socket.append([phone.entry({}, 200_000)]);
      await socket.results(1);
    }
    await stream.until(({ frames }) => frames.filter(({ type }) => type === 'entries').length === 3);
    expect(stream.answers.map((answer) => answer.type === 'batch' && answer.number)).toEqual(stream.answers.map((_, i) => i));
  });

  test('[P88] the link ends with its stream, and the stream with its link', async () => {
    const { relay, laptop } = await two();
    const broken = await TestLink.begin(laptop);
    (await TestStream.open(broken)).given.abort();
    while (relay.relay.statistics.connections > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(await broken.up({ type: 'visible', visible: true })).toMatchObject({ type: 'batch', code: 1006 });
    const wrong = await TestLink.begin(laptop);
    const stream = await TestStream.open(wrong);
    await wrong.up({ type: 'visible', visible: true }); // before `open`
    await stream.until(({ isOver }) => isOver);
    expect(stream.frames.map(({ type }) => type)).toEqual(['error']);
    const last = stream.answers.at(-1);
    expect(errorOfCloseCode(last?.type === 'batch' ? last.code : 0)).toBe('BAD_FRAME');
  });

  test('[P88] is refused once frames were given or asked for otherwise, and the other way round', async () => {
    const { laptop } = await two();
    await expect(TestStream.open(await TestLink.open(laptop))).rejects.toThrow(/400.*BAD_FRAME/);
    const link = await TestLink.begin(laptop);
    await TestStream.open(link);
    await expect(link.down(0)).rejects.toThrow(/400.*BAD_FRAME/);
  });

  test('[P72] [P88] a relay that stops says so in it', async () => {
    const { relay, laptop } = await two();
    const link = await TestLink.begin(laptop);
    const stream = await TestStream.open(link);
    await link.up({ type: 'open', cursors: [], visible: true });
    await stream.until(({ frames }) => frames.length > 0);
    await relay.stop();
    await stream.until(({ isOver }) => isOver);
    expect(stream.answers.at(-1)).toMatchObject({ code: 1001 });
  });

  /** A device on a stream that reads sixty entries of 17 kB, which its first page does not hold. */
  async function reading(answer = LINK_TIMES.answer): Promise<{ link: TestLink; stream: TestStream; pages: () => number; received: (number: number) => Promise<PollAnswer> }> {
    const { laptop, phone } = await two({ limits: { links: { ...LINK_TIMES, answer } } });
    const socket = harness.kept(await phone.open());
    for (let i = 0; i < 60; i++) socket.append([phone.entry({}, 17_000)]);
    await socket.results(60);
    const link = await TestLink.begin(laptop);
    const stream = await TestStream.open(link);
    await link.up({ type: 'open', cursors: [], visible: true });
    await link.up({ type: 'read', request: 1, after: 0, compact: false, aliases: null });
    await stream.until(({ frames }) => frames.some(({ type }) => type === 'page'));
    return {
      link,
      stream,
      pages: () => stream.frames.filter(({ type }) => type === 'page').length,
      received: (number) => ask(laptop.relay, { type: 'received', link: link.key, received: number }),
    };
  }

  test('[P99] [P108] pages wait until the device says that it has those before them, and a letter does not', async () => {
    const { link, stream, pages, received } = await reading();
    await stream.until(({ answers }) => answers.length > 1 && answers.at(-1)?.type === 'batch' && pages() === 1);
    await link.up({ type: 'lease', alias: 'a'.repeat(32) as never });
    await stream.until(({ frames }) => frames.some(({ type }) => type === 'leased'));
    expect(pages()).toBe(1);
    const last = (): PollAnswer | undefined => stream.answers.at(-1);
    for (let i = 0; i < 200 && !stream.frames.some((frame) => frame.type === 'page' && frame.done); i++) {
      const before = stream.answers.length;
      const answer = last();
      expect(await received(answer?.type === 'batch' ? answer.number : 0)).toMatchObject({ type: 'batch', frames: [], code: 0 });
      await stream.until(({ answers, frames }) => answers.length > before || frames.some((frame) => frame.type === 'page' && frame.done));
    }
    expect(stream.frames.flatMap((frame) => (frame.type === 'page' ? frame.entries : []))).toHaveLength(60);
  });

  test('[P108] a device that is not heard of it is sent pages all the same', async () => {
    const { stream } = await reading(50);
    await stream.until(({ frames }) => frames.some((frame) => frame.type === 'page' && frame.done));
    expect(stream.frames.flatMap((frame) => (frame.type === 'page' ? frame.entries : []))).toHaveLength(60);
  });

  test('[P108] what was not given can’t be received, nor can anything by a link that is not streamed', async () => {
    const { laptop } = await two();
    const link = await TestLink.open(laptop);
    await expect(ask(laptop.relay, { type: 'received', link: link.key, received: 1 })).rejects.toThrow(/400.*BAD_FRAME/);
    const streamed = await TestLink.begin(laptop);
    await TestStream.open(streamed);
    await expect(ask(laptop.relay, { type: 'received', link: streamed.key, received: 1 })).rejects.toThrow(/400.*BAD_FRAME/);
  });

  test('[P89] with no sign of life of its device the link is gone', async () => {
    const { relay, laptop } = await two({ limits: { links: { ...LINK_TIMES, abandoned: 100 } } });
    const link = await TestLink.begin(laptop);
    const stream = await TestStream.open(link);
    await link.up({ type: 'open', cursors: [], visible: true });
    for (let i = 0; i < 40; i++) expect(await ask(laptop.relay, { type: 'alive', link: link.key })).toMatchObject({ type: 'batch', code: 0 });
    expect(stream.isOver).toBe(false);
    await stream.until(({ isOver }) => isOver);
    expect(relay.relay.statistics.connections).toBe(0);
    expect(await ask(laptop.relay, { type: 'alive', link: link.key })).toMatchObject({ code: 1006 });
  });
});

test('[P86] the body of a link that is not known is not read', async () => {
  const { relay, laptop } = await two();
  await laptop.session();
  const head = encodePollRequest({ type: 'up', link: randomBytes(32), number: 1, frames: [new Uint8Array(300_000)] });
  const answer = await new Promise<{ status: number; body: Buffer }>((resolve, reject) => {
    const request = overHttp(pollUrl(relay.url), { method: 'POST', headers: { 'content-length': head.length } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        request.destroy();
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) });
      });
    });
    request.on('error', reject);
    request.write(head.subarray(0, 64)); // and never the rest
  });
  expect(answer.status).toBe(200);
  expect(decodePollAnswer(answer.body)).toMatchObject({ code: 1006 });
});

test('no token or link is in a log', async () => {
  const lines: string[] = [];
  const { laptop } = await two({ journal: (event, facts) => void lines.push(`${event} ${JSON.stringify(facts)}`) });
  const link = await TestLink.open(laptop);
  await ask(laptop.relay, { type: 'end', link: link.key });
  const log = lines.join('\n');
  expect(log).toMatch(/device\.connected.*long-poll/);
  for (const secret of [laptop.token, Buffer.from(link.key).toString('base64url'), Buffer.from(link.key).toString('hex')]) expect(log).not.toContain(secret);
});

/** Waits until it holds. */
async function until(look: () => Promise<boolean>): Promise<void> {
  while (!(await look()));
}
