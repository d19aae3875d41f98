// A line of limited rate between devices and a server, both on this machine: a proxy for TCP that lets each direction's bytes through one after the
// other, at the rate, and each so much later. Real routers drop what their queue can't hold, and TCP slows down; here a full queue stops the reading,
// and the sender's own buffers fill up instead.
import { connect, createServer } from 'node:net';
import { serve } from './serve.mjs';

/** Bytes that go through as one. */
const PIECE = 2048;

class Direction {
  /** When the line has sent all that it was given, ms. */
  free = 0;
  waiting = [];
  timer = null;

  constructor(rate, delay, queue) {
    Object.assign(this, { rate, delay, queue });
  }

  take(flow, bytes) {
    const now = performance.now();
    for (let at = 0; at < bytes.length; at += PIECE) {
      const piece = bytes.subarray(at, at + PIECE);
      this.free = Math.max(this.free, now) + piece.length / this.rate;
      this.waiting.push({ flow, piece, sentAt: this.free, isCounted: true });
      flow.queued += piece.length;
    }
    if (flow.queued > this.queue) flow.from.pause();
    this.timer ??= setTimeout(() => this.pass(), 1);
  }

  pass() {
    const now = performance.now();
    // What has left the queue is on the way; what was on the way long enough has arrived.
    for (const each of this.waiting) {
      if (each.sentAt > now) break;
      if (!each.isCounted) continue;
      each.isCounted = false;
      each.flow.queued -= each.piece.length;
      if (each.flow.queued <= this.queue / 2 && each.flow.from.isPaused()) each.flow.from.resume();
    }
    let arrived = 0;
    while (arrived < this.waiting.length && this.waiting[arrived].sentAt + this.delay <= now) {
      const { flow, piece } = this.waiting[arrived++];
      if (!flow.to.destroyed) flow.to.write(piece);
    }
    this.waiting.splice(0, arrived);
    this.timer = this.waiting.length > 0 ? setTimeout(() => this.pass(), 1) : null;
  }
}

serve({
  /** @param rate bytes a ms, of each direction @param delay ms, one way @param queue bytes of one flow that the line holds back at most */
  async start({ port, rate, delay, queue }) {
    const [up, down] = [new Direction(rate, delay, queue), new Direction(rate, delay, queue)];
    const server = createServer((device) => {
      const relay = connect(port, '127.0.0.1');
      for (const socket of [device, relay]) socket.setNoDelay(true);
      join(up, device, relay);
      join(down, relay, device);
    });
    return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));
  },
});

function join(direction, from, to) {
  const flow = { from, to, queued: 0 };
  from.on('data', (bytes) => direction.take(flow, bytes));
  from.on('close', () => to.destroy());
  from.on('error', () => to.destroy());
}
