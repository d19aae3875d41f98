/** Stores for browsers and tests. The one for Node is in sqlite.ts, apart, so that no bundle for browsers holds it. */
export { openMemoryStore, MemoryDisk } from './memory';
export { openIndexedDbStore, deleteIndexedDbStore, type IndexedDbStoreOptions } from './indexeddb';
