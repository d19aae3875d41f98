/**
 * Letters beside a large file by WebTransport, and by WebSocket in the same run: the same line, but that of UDP drops what its queue can't hold, and loses
 * packets where that is asked for. The line for TCP can't lose any, so there is no WebSocket with loss.
 */
import { findDeno } from '../src/relay';
import type { Figure, Settings } from './figure';
import { IDLE, MIB, run, shown, type Route } from './lanes';

const ROUTES: readonly (readonly [name: string, route: Route])[] = [
  ['WebSocket', { by: 'websocket', loss: 0 }],
  ['WebTransport', { by: 'webtransport', loss: 0 }],
  ['WebTransport, 0.5 % of packets lost', { by: 'webtransport', loss: 0.005 }],
];
const NOTE = 'Line: 20 Mbit/s and 10 ms each way, 256 KiB of queue, by a proxy on this machine; QUIC ends in a process of Deno on either side.';

export async function webTransport({ quick, log }: Settings): Promise<Figure[]> {
  if (findDeno() === null) throw new Error('It needs the package deno.');
  const bytes = (quick ? 8 : 64) * MIB;
  const figures: Figure[] = [];
  for (const direction of ['up', 'down'] as const) {
    let socket = { p50: Number.NaN, p99: Number.NaN, share: Number.NaN };
    for (const [name, route] of ROUTES) {
      const { idle, loaded, share } = await run('blockwire', direction, bytes, quick ? IDLE / 2 : IDLE, route);
      log(`webtransport ${direction} ${name}: idle ${shown(idle)}, loaded ${shown(loaded)}, ${(100 * share).toFixed(0)} % of the line`);
      const what = `${bytes / MIB} MiB ${direction}, 50 letters/s beside it: ${name}`;
      if (route.by === 'websocket') {
        socket = { ...loaded, share };
        continue;
      }
      const beside = { baselineName: 'WebSocket', note: NOTE };
      // Not a promise: an experiment, held against the way that it would replace.
      for (const q of ['p50', 'p99'] as const) figures.push({ what: `${what}, ${q}`, unit: 'ms', measured: loaded[q], baseline: socket[q], limit: { of: 'ratio', at: 'most', than: 1 }, ...beside });
      figures.push({ what: `${what}, idle p50`, unit: 'ms', measured: idle.p50, baseline: null, limit: { of: 'value', at: 'most', than: 50 }, note: NOTE });
      figures.push({ what: `${what}, of the line`, unit: '%', measured: 100 * share, baseline: 100 * socket.share, limit: { of: 'ratio', at: 'least', than: 1 }, ...beside });
    }
  }
  return figures;
}
