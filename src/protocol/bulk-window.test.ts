import { delivered, newFlow, paceOf, windowOf, type Flow } from './bulk-window';

const CHUNK = 16 * 1024;

/** A line of `rate` bytes a ms and a round trip of `trip` ms, kept full by the window for `ms`; tells what the queue held at most, and what came through. @param late ms that an acknowledgement is late */
function fill(flow: Flow, { rate, trip, ms, from = 0, late = () => 0 }: { rate: number; trip: number; ms: number; from?: number; late?: (n: number) => number }): { queue: number; bytes: number } {
  const onTheLine: { sentAt: number; due: number }[] = [];
  let free = from;
  let bytes = 0;
  let queue = 0;
  let due = 0;
  let sent = 0;
  for (let now = from; now < from + ms; now++) {
    for (let first = onTheLine[0]; first !== undefined && first.due <= now; first = onTheLine[0]) {
      onTheLine.shift();
      bytes += CHUNK;
      delivered(flow, CHUNK, first.sentAt, now);
    }
    while (onTheLine.length === 0 || (onTheLine.length + 1) * CHUNK <= windowOf(flow, now)) {
      free = Math.max(free, now) + CHUNK / rate;
      due = Math.max(due, free + trip + late(sent++));
      onTheLine.push({ sentAt: now, due });
      // After the start, when the rate is known.
      if (now > from + ms / 2) queue = Math.max(queue, free - now);
    }
  }
  return { queue, bytes };
}

test('[S6] a line is kept busy, and its queue short, also when it is for a minute', () => {
  const flow = newFlow();
  const { queue, bytes } = fill(flow, { rate: 2_500, trip: 20, ms: 60_000 });
  expect(bytes / (2_500 * 60_000)).toBeGreaterThan(0.93);
  // ms that a keystroke waits behind it: the window itself without a queue is 20.
  expect(queue).toBeLessThan(40);
});

test('[S6] a round trip that became longer, on another network, is found out', () => {
  const flow = newFlow();
  fill(flow, { rate: 2_500, trip: 20, ms: 5_000 });
  const { bytes } = fill(flow, { rate: 2_500, trip: 120, ms: 40_000, from: 6_000 });
  expect(bytes / (2_500 * 40_000)).toBeGreaterThan(0.7);
});

test('[S6] a line stays busy where acknowledgements come late now and then', () => {
  const flow = newFlow();
  const { bytes } = fill(flow, { rate: 2_500, trip: 20, ms: 30_000, late: (n) => (n % 3 === 0 ? 0 : 25) });
  expect(bytes / (2_500 * 30_000)).toBeGreaterThan(0.85);
});

test('[S6] the pace is one and a half times what the line delivers; none while that is measured', () => {
  const flow = newFlow();
  expect(paceOf(flow, 0)).toBe(0);
  fill(flow, { rate: 2_500, trip: 20, ms: 5_000 });
  expect(paceOf(flow, 5_000) / 2_500).toBeGreaterThan(1.3);
  expect(paceOf(flow, 5_000) / 2_500).toBeLessThan(1.6);
});

test('[S6] of a line of which nothing is known, one part', () => {
  expect(windowOf(newFlow(), 0)).toBe(CHUNK);
});
