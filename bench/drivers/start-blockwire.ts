/** A device that knows many live blocks, stopped, one note changed meanwhile, and started again. */
import type { Credentials } from '../../src/peer';
import { openSqliteStore } from '../../src/store/sqlite';
import { MemoryVault } from '../../test/peers/memory-vault';
import { TestEditor } from '../../test/peers/test-editor';
import { dayPath, makePeer, until } from '../peers';
import { cpuSeconds, serve } from '../servers/serve.mjs';
import { makeSpace } from '../space';

let founder: Credentials;
let vault: MemoryVault;

serve({
  async fill({ url, ticket, data, blocks }: { url: string; ticket: string; data: string; blocks: number }): Promise<string> {
    [founder] = (await makeSpace(url, ticket, 1)) as [Credentials];
    vault = new MemoryVault('daily', '\t', Date.now);
    for (let i = 0; i < blocks; i++) vault.write(dayPath('daily', i), `- thoughts of day ${i}\n\t- one\n\t- two\n\t- three\n`);
    const store = openSqliteStore(`${data}/device.db`);
    const peer = await makePeer(founder, store, vault, 'Laptop');
    await peer.start();
    await until('it is live', () => peer.status().phase === 'live');
    for (let i = 0; i < blocks; i++) {
      const path = dayPath('daily', i);
      const editor = TestEditor.open(peer, path, vault.text(path));
      await until('a note is bound', () => editor.refreshed > 0, 0);
      await peer.makeLive(path, 0);
      vault.write(path, editor.content);
      editor.hold?.close();
      peer.noteChanged(path);
    }
    await peer.settled(120_000);
    await peer.stop();
    await store.close();
    return store.description.replace(data, '');
  },
  /** CPU milliseconds until the note that is open at the start is live. */
  async start({ data, round }: { data: string; round: number }): Promise<number> {
    const changed = dayPath('daily', 100 + round);
    vault.write(changed, vault.text(changed).replace('two', `two, changed while off in round ${round}`));
    const today = dayPath('daily', 0);
    const store = openSqliteStore(`${data}/device.db`);
    const before = cpuSeconds();
    const peer = await makePeer(founder, store, vault, 'Laptop');
    const starting = peer.start();
    const editor = TestEditor.open(peer, today, vault.text(today));
    await until("today's block is live", () => (editor.hold?.blocks.length ?? 0) > 0, 1);
    const spent = cpuSeconds() - before;
    await starting;
    await until('it is live', () => peer.status().phase === 'live');
    await peer.settled(60_000);
    await peer.stop();
    await store.close();
    return spent * 1000;
  },
});
