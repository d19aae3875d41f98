/** Keystrokes from one Blockwire device to another: two engines, two device stores, one relay. */
import { join } from 'node:path';
import type { DeviceStore } from '../../src/sync';
import { openSqliteStore } from '../../src/store/sqlite';
import { blockOf } from '../block';
import { BenchDevice } from '../device';
import { serve } from '../servers/serve.mjs';
import { makeSpace } from '../space';
import { typeAtPace } from './pace.mjs';

export interface LatencyResult {
  readonly times: number[];
  /** Mean sealed bytes of an entry. */
  readonly entryBytes: number;
  readonly store: string;
}

serve({
  async run({ url, ticket, data, letters, warmUp }: { url: string; ticket: string; data: string; letters: number; warmUp: number }): Promise<LatencyResult> {
    const space = await makeSpace(url, ticket, 2);
    const stores = [openSqliteStore(join(data, 'a.db')), openSqliteStore(join(data, 'b.db'))];
    const members = space.map((credentials, i) => ({ credentials, store: stores[i] as DeviceStore })); // two of each
    const [a, b] = (await BenchDevice.open(space, members, blockOf(50))) as [BenchDevice, BenchDevice];
    const before = b.text().length;
    const times = await typeAtPace(
      {
        type: (i) => a.type(String.fromCharCode(97 + (i % 26))),
        onLength: (heard) => {
          b.onText = (text) => heard(text.length - before);
        },
      },
      letters,
      warmUp,
    );
    if (a.text() !== b.text()) throw new Error('The two documents differ.');
    const entryBytes = a.sealed.bytes / a.sealed.entries;
    await a.stop();
    await b.stop();
    return { times, entryBytes, store: stores[0]?.description.replace(data, '') ?? '' };
  },
});
