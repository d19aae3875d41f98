// A line of limited rate between devices and a server, for UDP: each packet of a direction leaves after those before it, at the rate, and arrives so much
// later. One for which the queue has no room is dropped, as routers do it, and so is a part of all, by chance.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { serve } from './serve.mjs';

/** Buffers of the sockets, so that the system drops nothing that the line would have taken. */
const BUFFERS = { recvBufferSize: 4 << 20, sendBufferSize: 4 << 20 };

class Direction {
  /** When the line has sent all that it was given, ms. */
  free = 0;
  waiting = [];
  timer = null;

  constructor(rate, delay, queue, loss, chance) {
    Object.assign(this, { rate, delay, queue, loss, chance });
  }

  /** @param {Uint8Array} packet @param {(packet: Uint8Array) => void} pass */
  take(packet, pass) {
    const now = performance.now();
    if ((this.free - now) * this.rate > this.queue) return;
    this.free = Math.max(this.free, now) + packet.length / this.rate;
    // A lost one has taken its time on the line.
    if (this.chance() < this.loss) return;
    this.waiting.push({ packet, pass, at: this.free + this.delay });
    this.timer ??= setTimeout(() => this.deliver(), 1);
  }

  deliver() {
    const now = performance.now();
    let arrived = 0;
    while (arrived < this.waiting.length && this.waiting[arrived].at <= now) {
      const { packet, pass } = this.waiting[arrived++];
      pass(packet);
    }
    this.waiting.splice(0, arrived);
    this.timer = this.waiting.length > 0 ? setTimeout(() => this.deliver(), 1) : null;
  }
}

/** The same losses in each run. */
function seeded(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

serve({
  /** @param rate bytes a ms, of each direction @param delay ms, one way @param queue bytes that wait at most @param loss 0 to 1 */
  async start({ port, rate, delay, queue, loss }) {
    const [up, down] = [new Direction(rate, delay, queue, loss, seeded(1)), new Direction(rate, delay, queue, loss, seeded(2))];
    const front = createSocket({ type: 'udp4', ...BUFFERS });
    front.bind(0, '127.0.0.1');
    await once(front, 'listening');
    const behind = new Map();
    front.on('message', (packet, from) => {
      let back = behind.get(from.port);
      if (back === undefined) {
        back = createSocket({ type: 'udp4', ...BUFFERS });
        behind.set(from.port, back);
        back.on('message', (answer) => down.take(answer, (each) => front.send(each, from.port, from.address)));
      }
      up.take(packet, (each) => back.send(each, port, '127.0.0.1'));
    });
    return front.address().port;
  },
});
