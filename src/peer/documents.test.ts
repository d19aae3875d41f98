/** Documents of a device over its store, without an engine. */
import { DEFAULT_ATTRIBUTES, LiveDocument, ROOT } from '../document';
import { toHex, type Alias, type DeviceId } from '../protocol';
import { MemoryDisk, openMemoryStore } from '../store';
import { systemClock } from '../transport';
import type { OpenedEntry } from '../sync';
import { BlockDocuments } from './documents';
import { IndexDocument } from './index-document';

const BLOCK = 'bw-one';
const HOME = { day: '2026-11-22', path: '2026-11-22.md', headings: [], after: null };
const nothing = (): void => undefined;

function documentsOver(disk: MemoryDisk): { documents: BlockDocuments; commit(entry: OpenedEntry): Promise<void>; close(): Promise<void> } {
  const store = openMemoryStore(disk);
  const index = new IndexDocument(1);
  index.setBlock(BLOCK, HOME, 'live', 1, 'laptop');
  const documents = new BlockDocuments({
    store,
    clock: systemClock,
    index,
    device: 'phone',
    aliasOf: (id) => toHex(new TextEncoder().encode(id.padEnd(16).slice(0, 16))) as Alias,
    clientId: () => 77,
    underWay: () => false,
    listener: { changed: nothing, edited: nothing, touched: nothing, indexChanged: nothing, grown: nothing, imported: () => [], reported: nothing, written: nothing, setAside: nothing },
  });
  return {
    documents,
    commit: async (entry) => store.write(await documents.apply([entry]), 'strict'),
    close: () => store.close(),
  };
}

test('an entry that a restored relay puts under an old sequence number does not take the place of what had it', async () => {
  const disk = new MemoryDisk();
  const first = documentsOver(disk);
  const alias = first.documents.aliasOf(BLOCK);
  const bullets = (client: number, text: string): Uint8Array => {
    const doc = LiveDocument.load(client, null, []);
    return doc.apply([{ type: 'create', id: `b${client}`, to: { parent: ROOT, after: null }, text, attributes: DEFAULT_ATTRIBUTES }], { device: 'd', time: client }).update;
  };
  const entry = (device: string, client: number): OpenedEntry => ({ sequence: 500, alias, device: device.repeat(32) as DeviceId, kind: 'update', time: client, digest: '', updates: [bullets(client, device)] });
  await first.commit(entry('a', 5));
  await first.commit(entry('b', 6));
  await first.close();
  const second = documentsOver(disk);
  const doc = await second.documents.hold(BLOCK);
  expect([doc.get('b5')?.text, doc.get('b6')?.text]).toEqual(['a', 'b']);
  await second.close();
});

test('a block whose text has not come yet is not there, whoever asked for it before', async () => {
  const { documents, commit, close } = documentsOver(new MemoryDisk());
  expect(await documents.has(BLOCK)).toBe(false);
  await documents.hold(BLOCK);
  expect(await documents.has(BLOCK)).toBe(false);
  const alias = documents.aliasOf(BLOCK);
  const { update } = LiveDocument.load(5, null, []).apply([{ type: 'create', id: 'b', to: { parent: ROOT, after: null }, text: 'b', attributes: DEFAULT_ATTRIBUTES }], { device: 'd', time: 1 });
  await commit({ sequence: 1, alias, device: 'a'.repeat(32) as DeviceId, kind: 'update', time: 1, digest: '', updates: [update] });
  expect(await documents.has(BLOCK)).toBe(true);
  await close();
});
