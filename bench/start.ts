/** What the start of a device costs that knows 2,000 live blocks. */
import { Child, withDirectory } from './child';
import { median, type Figure, type Settings } from './figure';

const BLOCKS = 2000;

export async function start({ quick, log }: Settings): Promise<Figure[]> {
  const blocks = quick ? BLOCKS / 4 : BLOCKS;
  return withDirectory(async (data) => {
    const relay = await Child.start('servers/blockwire');
    const driver = await Child.start('drivers/start-blockwire');
    const url = await relay.ask<string>('start', { data });
    log(`start: making ${blocks} blocks live`);
    const store = await driver.ask<string>('fill', { url, ticket: await relay.ask<string>('ticket'), data, blocks });
    const times: number[] = [];
    for (let round = 0; round < (quick ? 2 : 5); round++) {
      times.push(await driver.ask<number>('start', { data, round }));
      log(`start ${round + 1}: ${times.at(-1)?.toFixed(0)} ms`);
    }
    return [
      {
        what: `start with ${blocks.toLocaleString('en-US')} live blocks, one changed while off: until the first note is live`,
        unit: 'ms',
        measured: median(times),
        baseline: null,
        limit: { of: 'value', at: 'most', than: 150 },
        rounds: { times },
        note: `The start is CPU time of all threads of the peer in Node, over a vault in memory (loading of main.js not counted); device store: ${store}.`,
      },
    ];
  });
}
