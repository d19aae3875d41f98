/** Fills a space with blocks and entries, and lets a new device join it. */
import { openMemoryStore } from '../../src/store';
import { openSqliteStore } from '../../src/store/sqlite';
import type { Credentials, Peer } from '../../src/peer';
import { MemoryVault } from '../../test/peers/memory-vault';
import { TestEditor } from '../../test/peers/test-editor';
import { dayPath, makePeer, until } from '../peers';
import { serve } from '../servers/serve.mjs';
import { addDevice, makeSpace, spaceOf } from '../space';

let founder: Credentials;
let residents: Peer[] = [];

serve({
  /** One device types, another reads along; one entry a keystroke. Both stay, until `leave`. @returns the space's id */
  async fill({ url, ticket, blocks, edits }: { url: string; ticket: string; blocks: number; edits: number }): Promise<string> {
    const [first, second] = (await makeSpace(url, ticket, 2)) as [Credentials, Credentials];
    founder = first;
    const vault = new MemoryVault('daily', '\t', Date.now);
    const day = (i: number): string => dayPath('daily', i);
    for (let i = 0; i < blocks; i++) vault.write(day(i), `- thoughts of day ${i}\n${Array.from({ length: 10 }, (_, k) => `\t- thought ${k} of that day\n`).join('')}`);
    const writer = await makePeer(first, openMemoryStore(), vault, 'Laptop');
    const reader = await makePeer(second, openMemoryStore(), new MemoryVault('daily', '\t', Date.now), 'Phone');
    await writer.start();
    await reader.start();
    writer.notify('visible');
    reader.notify('visible');
    await until('both are live', () => [writer, reader].every((peer) => peer.status().phase === 'live'));
    const editors: TestEditor[] = [];
    for (let i = 0; i < blocks; i++) {
      const editor = TestEditor.open(writer, day(i), vault.text(day(i)));
      editors.push(editor);
      await until('a note is bound', () => editor.refreshed > 0);
      await writer.makeLive(day(i), 0);
    }
    for (let edit = 0; edit < edits; edit++) {
      for (const editor of editors) editor.typeAfter('thought 5', String.fromCharCode(97 + (edit % 26)));
      await until('the pass is acknowledged', () => writer.status().unacknowledged === 0);
    }
    await writer.settled(120_000);
    await reader.settled(120_000);
    residents = [writer, reader];
    return spaceOf(first);
  },
  async leave(): Promise<void> {
    for (const peer of residents) await peer.stop();
  },
  /** Milliseconds from the start of a device that knows nothing. */
  async join({ data, blocks }: { data: string; blocks: number }): Promise<{ today: number; all: number; store: string }> {
    const credentials = await addDevice(founder);
    const vault = new MemoryVault('journal', '\t', Date.now);
    vault.write(dayPath('journal', 0), '');
    const store = openSqliteStore(`${data}/joined.db`);
    const began = performance.now();
    const peer = await makePeer(credentials, store, vault, 'New');
    await peer.start();
    const editor = TestEditor.open(peer, dayPath('journal', 0), '');
    await until("today's block is in the open note", () => editor.content.includes('thoughts of day 0'), 1);
    const today = performance.now() - began;
    await until('all blocks are here', () => peer.status().phase === 'live' && peer.blocks().length === blocks, 5);
    const all = performance.now() - began;
    await peer.stop();
    return { today, all, store: store.description.replace(data, '') };
  },
});
