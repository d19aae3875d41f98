/** From a keystroke on A to the text in B's document. */
import { join } from 'node:path';
import type { LatencyResult } from './drivers/latency-blockwire';
import { Child, ROOT, withDirectory } from './child';
import { median, type Figure, type Settings } from './figure';

type System = 'blockwire' | 'bare' | 'bare-eager' | 'hocuspocus' | 'y-websocket';

export async function latency({ quick, profile, log }: Settings): Promise<Figure[]> {
  const letters = quick ? 150 : 300;
  const rounds = quick ? 2 : 3;
  const medians: Record<System, number[]> = { blockwire: [], bare: [], 'bare-eager': [], hocuspocus: [], 'y-websocket': [] };
  const order: System[] = ['blockwire', 'bare', 'bare-eager', 'hocuspocus', 'y-websocket'];
  let entryBytes = 0;
  let store = '';
  for (let round = 0; round < rounds; round++) {
    for (const system of order) {
      const result = await run(system, { letters, warmUp: 50, entryBytes }, profile);
      medians[system].push(median(result.times));
      if (system === 'blockwire') ({ entryBytes, store } = { entryBytes: Math.round(result.entryBytes), store: result.store });
      log(`latency ${round + 1}/${rounds} ${system}: ${median(result.times).toFixed(2)} ms`);
    }
    // Not always in the same order, but the size of our entries is known by now.
    order.push(order.shift() as System);
  }
  const measured = median(medians.blockwire);
  const figure = (name: System, baselineName: string, what: string, most: number): Figure => ({
    what,
    unit: 'ms',
    measured,
    baseline: median(medians[name]),
    baselineName,
    limit: { of: 'ratio', at: 'most', than: most },
    rounds: { blockwire: medians.blockwire, [name]: medians[name] },
    note: `Sealed entries of ${entryBytes} bytes; device store: ${store}.`,
  });
  return [
    figure('bare', 'bare ws + SQLite, passes on after its fsync', "keystroke on A -> text in B's document, p50", 1.5),
    figure('bare-eager', 'bare ws + SQLite, passes on before it, as ours', 'the same against a bare relay that is eager', 1.5),
    figure('hocuspocus', 'Hocuspocus + SQLite', 'the same against Hocuspocus', 1),
    figure('y-websocket', '@y/websocket-server', 'the same against @y/websocket-server', 1),
  ];
}

async function run(system: System, options: { letters: number; warmUp: number; entryBytes: number }, profile: boolean): Promise<LatencyResult> {
  return withDirectory(async (data) => {
    const isBare = system.startsWith('bare');
    const server = await Child.start(system === 'blockwire' ? 'servers/blockwire' : `servers/${isBare ? 'bare' : system}.mjs`);
    const driver = await Child.start(system === 'blockwire' ? 'drivers/latency-blockwire' : `drivers/latency-${isBare ? 'bare' : 'yjs'}.mjs`);
    try {
      const url = await server.ask<string>('start', { data, eager: system === 'bare-eager' });
      const ticket = system === 'blockwire' ? await server.ask<string>('ticket') : '';
      if (profile) await driver.ask('profile');
      const result = await driver.ask<LatencyResult>('run', { ...options, url, ticket, data, server: system });
      if (profile) await driver.ask('profile', { file: join(ROOT, `bench/results/latency-${system}.cpuprofile`) });
      return result;
    } finally {
      await driver.kill();
      await server.kill();
    }
  });
}
