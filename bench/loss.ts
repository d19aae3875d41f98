/** Edits that were acknowledged, then kill -9 of the server while more are typed; what does a device that starts from empty get? */
import { Child, withDirectory } from './child';
import type { Figure, Settings } from './figure';

export async function loss({ quick, log }: Settings): Promise<Figure[]> {
  const runs = quick ? 2 : 10;
  const sums = { blockwire: { acknowledged: 0, lost: 0 }, hocuspocus: { acknowledged: 0, lost: 0 } };
  for (let run = 0; run < runs; run++) {
    for (const system of ['blockwire', 'hocuspocus'] as const) {
      const { acknowledged, lost } = await killed(system, 300 + Math.random() * 700);
      sums[system].acknowledged += acknowledged;
      sums[system].lost += lost;
      log(`loss ${run + 1}/${runs} ${system}: ${lost} of ${acknowledged} acknowledged edits lost`);
    }
  }
  const { blockwire, hocuspocus } = sums;
  return [
    {
      what: `acknowledged edits lost by kill -9, ${runs} runs`,
      unit: 'edits',
      measured: blockwire.lost,
      baseline: hocuspocus.lost,
      baselineName: 'Hocuspocus + SQLite',
      limit: { of: 'value', at: 'most', than: 0 },
      note: `Acknowledged before the kills: ${blockwire.acknowledged} edits by Blockwire, ${hocuspocus.acknowledged} by Hocuspocus. A kill proves nothing about a power cut; that the relay syncs is asserted at its start.`,
    },
  ];
}

async function killed(system: 'blockwire' | 'hocuspocus', after: number): Promise<{ acknowledged: number; lost: number }> {
  return withDirectory(async (data) => {
    const isOurs = system === 'blockwire';
    const file = isOurs ? 'servers/blockwire' : 'servers/hocuspocus.mjs';
    const server = await Child.start(file);
    const driver = await Child.start(isOurs ? 'drivers/loss-blockwire' : 'drivers/loss-hocuspocus.mjs');
    try {
      const url = await server.ask<string>('start', { data });
      await driver.ask('type', { url, ticket: isOurs ? await server.ask<string>('ticket') : '' });
      await new Promise((resolve) => setTimeout(resolve, after));
      await server.kill();
      const acknowledged = await driver.ask<number[]>('stop');
      const again = await Child.start(file);
      await again.ask('start', { data, port: Number(new URL(url).port) });
      const found = await driver.ask<number[]>('count');
      await again.kill();
      const lost = acknowledged.map((count, i) => Math.max(0, count - (found[i] ?? 0)));
      return { acknowledged: sum(acknowledged), lost: sum(lost) };
    } finally {
      await driver.kill();
      await server.kill();
    }
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
