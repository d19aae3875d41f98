/** How much one relay process passes on, and what CPU that takes: 100 spaces, 1 writer and 2 readers each. */
import { join } from 'node:path';
import { Child, ROOT, withDirectory } from './child';
import { median, type Figure, type Settings } from './figure';

const SPACES = 100;
const READERS = 2;
type System = 'blockwire' | 'bare' | 'hocuspocus';

export async function throughput({ quick, profile, log }: Settings): Promise<Figure[]> {
  const rounds = quick ? 2 : 3;
  // About a second and a half of work for each.
  const entries: Record<System, number> = { blockwire: 1500, bare: 1500, hocuspocus: 250 };
  const rates: Record<System, number[]> = { blockwire: [], bare: [], hocuspocus: [] };
  const costs: Record<System, number[]> = { blockwire: [], bare: [], hocuspocus: [] };
  const order: System[] = ['blockwire', 'bare', 'hocuspocus'];
  let entryBytes = 0;
  for (let round = 0; round < rounds; round++) {
    for (const system of order) {
      const result = await run(system, entries[system], entryBytes, profile);
      entryBytes = result.entryBytes || entryBytes;
      rates[system].push(result.rate);
      costs[system].push(result.cost);
      log(`throughput ${round + 1}/${rounds} ${system}: ${Math.round(result.rate)} delivered/s, ${result.cost.toFixed(2)} CPU s per 100,000`);
    }
    order.push(order.shift() as System);
  }
  const rate = median(rates.blockwire);
  const shared = { unit: '/s', measured: rate, rounds: rates };
  const note = `Entries of ${entryBytes} bytes, one a message, up to 64 unacknowledged a writer; the Hocuspocus driver sends updates of one keystroke (about 30 bytes) in plain text.`;
  return [
    { ...shared, what: 'entries delivered/s, one relay process', baseline: median(rates.bare), baselineName: 'bare ws + SQLite', limit: { of: 'ratio', at: 'least', than: 0.6 }, note },
    { ...shared, what: 'the same against Hocuspocus', baseline: median(rates.hocuspocus), baselineName: 'Hocuspocus + SQLite', limit: { of: 'ratio', at: 'least', than: 2.5 } },
    {
      what: 'relay CPU s per 100,000 delivered',
      unit: 's',
      measured: median(costs.blockwire),
      baseline: median(costs.bare),
      baselineName: 'bare ws + SQLite',
      limit: { of: 'ratio', at: 'most', than: 1.7 },
      rounds: costs,
      note: `Hocuspocus took ${median(costs.hocuspocus).toFixed(2)} CPU s per 100,000.`,
    },
  ];
}

async function run(system: System, entries: number, entryBytes: number, profile: boolean): Promise<{ rate: number; cost: number; entryBytes: number }> {
  return withDirectory(async (data) => {
    const profiling = profile && system !== 'hocuspocus';
    const server = await Child.start(system === 'blockwire' ? 'servers/blockwire' : `servers/${system}.mjs`);
    const driver = await Child.start(`drivers/throughput-${system}${system === 'blockwire' ? '' : '.mjs'}`);
    try {
      const url = await server.ask<string>('start', { data, eager: true });
      let bytes: number | undefined;
      for (let space = 0; space < SPACES; space++) {
        const ticket = system === 'blockwire' ? await server.ask<string>('ticket') : '';
        bytes = await driver.ask<number | undefined>('prepare', { url, ticket, space, readers: READERS, entries, entryBytes: entryBytes || 276 });
      }
      if (profiling) await server.ask('profile');
      const before = await server.usage();
      const { seconds, delivered } = await driver.ask<{ seconds: number; delivered: number }>('run');
      const after = await server.usage();
      if (profiling) await server.ask('profile', { file: join(ROOT, `bench/results/throughput-${system}.cpuprofile`) });
      return { rate: delivered / seconds, cost: ((after.cpu - before.cpu) / delivered) * 100_000, entryBytes: bytes ?? 0 };
    } finally {
      await driver.kill();
      await server.kill();
    }
  });
}
