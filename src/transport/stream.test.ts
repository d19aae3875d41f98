/** Signs of life of a stream, by a clock on which a minute is a second. */
import { bytesByFetch, streamByFetch, streamWay, systemClock, type BytesPort, type StreamPort } from '.';
import { Harness } from '../relay/testing/harness';
import { decodePollHead, decodePollRequest, encodeAnswer, encodePollAnswer, encodeStreamed, POLL_HEAD } from '../protocol';
import type { Clock } from '../sync';
import { optionsOf, TestLines } from './testing/test-line';

const harness = new Harness();
const lines = new TestLines();
const fast: Clock = { now: systemClock.now, after: (ms, run) => systemClock.after(ms / 60, run) };

test('[P89] the device says every 25 s that it is there, and ends the line when the relay does not know it any more', async () => {
  const relay = await harness.start();
  const device = await harness.found(relay);
  const byFetch = bytesByFetch();
  let alive = 0;
  let isForgotten = false;
  const post: BytesPort = async (url, body, signal) => {
    if (decodePollHead(body.subarray(0, POLL_HEAD)).type !== 'alive') return byFetch(url, body, signal);
    alive++;
    // As after a restart of the relay that left the old line hanging.
    return byFetch(url, isForgotten ? body.map((byte, i) => (i > 1 ? byte ^ 1 : byte)) : body, signal);
  };
  // What comes from the relay is not sped up: its own signs of life would be late by this clock.
  const line = lines.open(optionsOf(device, [streamWay({ post, stream: patient(), clock: fast })], { clock: fast }));
  await line.welcome();
  while (alive < 3) await new Promise((resolve) => setImmediate(resolve));
  expect(line.closes).toBe(0);
  isForgotten = true;
  expect(await line.closed).toMatchObject({ code: 'LOST', retry: true });
});

test('[P88] a stream on which nothing comes any more is given up', async () => {
  const device = await harness.found(await harness.start());
  const line = lines.open(optionsOf(device, [streamWay({ post: bytesByFetch(), stream: streamByFetch(), clock: fast })], { clock: fast }));
  await line.welcome();
  expect(await line.closed).toMatchObject({ code: 'LOST', retry: true });
});

/** A relay whose stream the test writes, and what the device says to it. */
function scripted(answerReceived: () => { status: number; body: Uint8Array }, clock: Clock = systemClock): { way: ReturnType<typeof streamWay>; write: (...batches: [number: number, frames: number][]) => void; received: number[] } {
  const received: number[] = [];
  let give = (_chunk: Uint8Array): void => undefined;
  const chunks = new ReadableStream<Uint8Array>({ start: (controller) => void (give = (chunk) => controller.enqueue(chunk)) });
  const batch = (number: number, frames: number): Uint8Array => encodeStreamed(encodePollAnswer({ type: 'batch', number, frames: Array.from({ length: frames }, () => Uint8Array.of(1)), code: 0 }));
  const post: BytesPort = async (_url, body) => {
    const request = decodePollRequest(body);
    if (request.type === 'received') {
      received.push(request.received);
      return answerReceived();
    }
    return { status: 200, body: encodePollAnswer(request.type === 'begin' ? { type: 'begun', link: new Uint8Array(32) } : { type: 'batch', number: 0, frames: [], code: 0 }) };
  };
  const stream: StreamPort = async () => {
    give(batch(0, 0));
    return { status: 200, chunks: chunks as unknown as AsyncIterable<Uint8Array> };
  };
  return { way: streamWay({ post, stream, clock }), write: (...batches) => give(Buffer.concat(batches.map((each) => batch(...each)))), received };
}

const turns = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
};

test('[P108] the device says how far it has got when the relay asks, and nothing twice', async () => {
  const { way, write, received } = scripted(() => ({ status: 200, body: encodePollAnswer({ type: 'batch', number: 0, frames: [], code: 0 }) }));
  const channel = await way.open('https://relay.example.org', 'A'.repeat(43), { onFrame: () => undefined, onEnd: () => undefined }, new AbortController().signal);
  await turns();
  expect(received).toEqual([]);
  write([1, 1], [2, 3]);
  await turns();
  expect(received).toEqual([]);
  write([2, 0]);
  await turns();
  expect(received).toEqual([2]);
  write([2, 0], [3, 1], [3, 0], [4, 1], [4, 0]);
  await turns();
  expect(received.slice(1).at(-1)).toBe(4);
  expect(received.length).toBeLessThanOrEqual(3);
  channel?.close();
});

test('[P108] to an older relay, which does not know that, the device says it once, and the line goes on', async () => {
  const { way, write, received } = scripted(() => ({ status: 400, body: new TextEncoder().encode(encodeAnswer({ code: 'BAD_FRAME', message: '', now: 0 })) }));
  let ends = 0;
  let frames = 0;
  const channel = await way.open('https://relay.example.org', 'A'.repeat(43), { onFrame: () => frames++, onEnd: () => ends++ }, new AbortController().signal);
  write([1, 1], [1, 0]);
  await turns();
  for (let number = 2; number < 8; number++) {
    write([number, 1], [number, 0]);
    await turns();
  }
  expect([received.length, frames, ends]).toEqual([1, 7, 0]);
  channel?.close();
});

test('[P108] what got lost on the way to the relay, or was refused for now, is said again', async () => {
  const told = { status: 200, body: encodePollAnswer({ type: 'batch', number: 0, frames: [], code: 0 }) };
  const refused = { status: 500, body: new TextEncoder().encode(encodeAnswer({ code: 'INTERNAL', message: '', now: 0 })) };
  const answers = [refused, { status: 502, body: new TextEncoder().encode('<html>') }];
  const { way, write, received } = scripted(() => answers.shift() ?? told, fast);
  const channel = await way.open('https://relay.example.org', 'A'.repeat(43), { onFrame: () => undefined, onEnd: () => undefined }, new AbortController().signal);
  write([1, 1], [1, 0]);
  for (const deadline = Date.now() + 3_000; received.length < 3 && Date.now() < deadline; ) await turns();
  await turns();
  expect(received).toEqual([1, 1, 1]);
  channel?.close();
});

/** With the relay's empty answer again and again. */
function patient(): StreamPort {
  const byFetch = streamByFetch();
  return async (url, body, signal) => {
    const { status, chunks } = await byFetch(url, body, signal);
    return { status, chunks: withLife(chunks) };
  };
}

async function* withLife(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  const iterator = chunks[Symbol.asyncIterator]();
  let number = 0;
  let next = iterator.next();
  for (;;) {
    const came = await Promise.race([next, new Promise<null>((resolve) => systemClock.after(100, () => resolve(null)))]);
    if (came === null) yield Uint8Array.of(4, 0x43, number, 0, 0);
    else if (came.done === true) return;
    else {
      number = came.value[2] ?? 0; // of the answer that the chunk begins with: this relay says one at a time
      yield came.value;
      next = iterator.next();
    }
  }
}
