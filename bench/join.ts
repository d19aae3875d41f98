/** A new device joins a space that has a history, some time after that was written. */
import { Child, withDirectory } from './child';
import { median, type Figure, type Settings } from './figure';

/** A document of more entries than this gets a snapshot when it is left alone (SPEC.md [S30]); that a minute later the space has them is the engine's promise. */
const LONG = 40;
const SUMMARISED_WITHIN = 240_000;

export async function join({ quick, log }: Settings): Promise<Figure[]> {
  const [blocks, edits] = quick ? [50, 100] : [500, 100];
  const rounds = quick ? 2 : 3;
  return withDirectory(async (data) => {
    const relay = await Child.start('servers/blockwire');
    const driver = await Child.start('drivers/join-blockwire');
    const hocuspocus = await Child.start('servers/hocuspocus.mjs');
    const theirs = await Child.start('drivers/join-hocuspocus.mjs');
    const url = await hocuspocus.ask<string>('start', { data });
    log(`join: filling a space with ${blocks * edits} entries in ${blocks} blocks`);
    const space = await driver.ask<string>('fill', { url: await relay.ask<string>('start', { data }), ticket: await relay.ask<string>('ticket'), blocks, edits });
    const held = await summarised(relay, space, log);
    await driver.ask('leave');
    await theirs.ask('fill', { url, edits: blocks * edits });
    const today: number[] = [];
    const all: number[] = [];
    const baseline: number[] = [];
    let store = '';
    for (let round = 0; round < rounds; round++) {
      await withDirectory(async (own) => {
        const result = await driver.ask<{ today: number; all: number; store: string }>('join', { data: own, blocks });
        today.push(result.today / 1000);
        all.push(result.all / 1000);
        store = result.store;
      });
      const { all: ms, length } = await theirs.ask<{ all: number; length: number }>('join', { url });
      if (length !== blocks * edits) throw new Error(`Hocuspocus gave ${length} of ${blocks * edits} letters.`);
      baseline.push(ms / 1000);
      log(`join ${round + 1}/${rounds}: today ${today.at(-1)?.toFixed(2)} s, all ${all.at(-1)?.toFixed(2)} s; Hocuspocus ${baseline.at(-1)?.toFixed(2)} s`);
    }
    const what = `a new device joins ${(blocks * edits).toLocaleString('en-US')} entries in ${blocks} blocks`;
    const shared = { unit: 's', baseline: median(baseline), baselineName: 'one Hocuspocus document, as many edits', note: `The relay held ${held.entries} entries by then (snapshots had taken the place of the others), and ${held.long} blocks without one. Device store of the joining device: ${store}.` };
    return [
      { ...shared, what: `${what}: today's block`, measured: median(today), limit: { of: 'value', at: 'most', than: 0.5 } },
      { ...shared, what: `${what}: all`, measured: median(all), limit: { of: 'value', at: 'most', than: 3 } },
    ];
  });
}

/** Waits, within bounds, for the devices to post snapshots and for the relay to prune. */
async function summarised(relay: Child, space: string, log: (line: string) => void): Promise<{ entries: number; long: number }> {
  const began = Date.now();
  for (;;) {
    const held = await relay.ask<{ entries: number; long: number }>('holds', { space, most: LONG });
    const seconds = Math.round((Date.now() - began) / 1000);
    if (held.long === 0 || Date.now() - began > SUMMARISED_WITHIN) {
      log(`join: ${seconds} s later the relay holds ${held.entries} entries; ${held.long} blocks without a snapshot`);
      return held;
    }
    await new Promise((resolve) => setTimeout(resolve, 3_000));
  }
}
