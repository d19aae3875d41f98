/** A device whose engine runs over a real line, and writes words into one document. */
import { createSyncEngine, type SyncEngine, type Transport } from '../../src/sync';
import type { TestDevice } from '../../src/relay/testing/device';
import { MemoryDisk, openMemoryStore } from '../../src/store';
import { systemClock, systemRandom } from '../../src/transport';
import { SimCipher } from './cipher';
import { aliasNamed } from './device';
import { WordSets } from './documents';

export const DOCUMENT = aliasNamed('block');

export interface Typist {
  readonly engine: SyncEngine;
  readonly documents: WordSets;
  say(word: string): void;
  end(): Promise<void>;
}

/** Started; to be ended. @param disk one of an earlier run makes it the same device in a new one */
export async function typist(device: TestDevice, transport: Transport, disk = new MemoryDisk(), wanted = [DOCUMENT]): Promise<Typist> {
  const store = openMemoryStore(disk);
  const documents = await WordSets.load(store);
  const engine = createSyncEngine({
    clock: systemClock,
    random: systemRandom,
    cipher: new SimCipher(systemRandom),
    transport,
    store,
    documents,
    identity: { space: device.space.id, device: device.id, epoch: 0 },
    wanted: () => wanted,
    onStatus: () => undefined,
    onPresence: () => undefined,
    onCloned: () => undefined,
  });
  await engine.start();
  return {
    engine,
    documents,
    say: (word) => {
      const { update, writes } = documents.say(DOCUMENT, [word]);
      engine.queue(DOCUMENT, update, documents.digest(DOCUMENT), writes);
    },
    end: async () => {
      await engine.stop();
      await store.close();
    },
  };
}

/** Waits for a condition, at most 20 s. */
export async function until(done: () => boolean, what: string): Promise<void> {
  for (let i = 0; i < 4_000; i++) {
    if (done()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`Not within 20 s: ${what}`);
}
