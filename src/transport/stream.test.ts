/** Signs of life of a stream, by a clock on which a minute is a second. */
import { bytesByFetch, streamByFetch, streamWay, systemClock, type BytesPort, type StreamPort } from '.';
import { Harness } from '../relay/testing/harness';
import { decodePollHead, POLL_HEAD } from '../protocol';
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
