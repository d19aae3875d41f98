import { testStoreContract } from './contract';
import { MemoryDisk, openMemoryStore } from './memory';

testStoreContract('memory', () => {
  const disk = new MemoryDisk();
  return { open: async () => openMemoryStore(disk) };
});

test('a power cut takes relaxed batches from the end, never a strict one', async () => {
  const disk = new MemoryDisk();
  const store = openMemoryStore(disk);
  const value = new Uint8Array(1);
  await store.write([{ table: 'meta', key: '1', value }], 'relaxed');
  await store.write([{ table: 'meta', key: '2', value }], 'strict');
  await store.write([{ table: 'meta', key: '3', value }], 'relaxed');
  await store.write([{ table: 'meta', key: '4', value }], 'relaxed');
  disk.crash(1);
  expect((await openMemoryStore(disk).scan('meta', '')).map(({ key }) => key)).toEqual(['1', '2', '3']);
});
