/**
 * The smallest documents that merge: sets of words that only grow. An update is a list of words. Kept in the store like the real
 * ones, so that a crash shows what was durable.
 */
import { createHash } from 'node:crypto';
import type { Alias } from '../../src/protocol';
import type { CipherError, DeviceStore, Documents, OpenedEntry, StoreWrite } from '../../src/sync';
import type { MemoryDisk } from '../../src/store';

const text = new TextDecoder();
const bytes = new TextEncoder();

export class WordSets implements Documents {
  readonly words = new Map<Alias, Set<string>>();
  readonly aside: number[] = [];
  /** What was said of entries that the relay kept back. */
  readonly withheld: string[] = [];
  /** Entries applied, for "snapshots, not all entries". */
  applied = 0;
  /** Documents in the order in which something of them was applied first. */
  readonly order: Alias[] = [];

  static async load(store: DeviceStore): Promise<WordSets> {
    const sets = new WordSets();
    for (const { key, value } of await store.scan('updates', '')) sets.add(key.slice(0, 32) as Alias, decode(value));
    return sets;
  }

  /** What a disk holds, read without opening a store. */
  static onDisk(disk: MemoryDisk): Map<Alias, Set<string>> {
    const sets = new WordSets();
    for (const [key, value] of disk.rows.get('updates') ?? []) sets.add(key.slice(0, 32) as Alias, decode(value));
    return sets.words;
  }

  /** Adds words and gives the update and the rows that keep them. */
  say(alias: Alias, words: readonly string[]): { update: Uint8Array; writes: StoreWrite[] } {
    this.add(alias, words);
    const update = encode(words);
    return { update, writes: [this.rowOf(alias, words)] };
  }

  digest(alias: Alias): string {
    return String(this.words.get(alias)?.size ?? 0);
  }

  async apply(entries: readonly OpenedEntry[]): Promise<StoreWrite[]> {
    this.applied += entries.length;
    for (const { alias } of entries) if (!this.order.includes(alias)) this.order.push(alias);
    return entries.map((entry) => {
      const words = entry.updates.flatMap(decode);
      this.add(entry.alias, words);
      return this.rowOf(entry.alias, words);
    });
  }

  async snapshot(alias: Alias): Promise<{ update: Uint8Array; digest: string } | null> {
    const words = this.words.get(alias);
    return words === undefined ? null : { update: encode([...words]), digest: this.digest(alias) };
  }

  async matches(alias: Alias, update: Uint8Array, _covers = 0, later?: readonly Uint8Array[]): Promise<boolean> {
    const own = this.words.get(alias) ?? new Set();
    const theirs = new Set([update, ...(later ?? [])].flatMap(decode));
    return [...theirs].every((word) => own.has(word)) && (later === undefined || theirs.size === own.size);
  }

  setAside(sequence: number, error: CipherError): void {
    if (error.reason === 'withheld') this.withheld.push(error.message);
    else this.aside.push(sequence);
  }

  private add(alias: Alias, words: readonly string[]): void {
    const set = this.words.get(alias) ?? new Set<string>();
    for (const word of words) set.add(word);
    this.words.set(alias, set);
  }

  /** Keyed by content: the same words twice are the same row. */
  private rowOf(alias: Alias, words: readonly string[]): StoreWrite {
    return { table: 'updates', key: `${alias}/${createHash('sha256').update(encode(words)).digest('hex')}`, value: encode(words) };
  }
}

export function encode(words: readonly string[]): Uint8Array {
  return bytes.encode(words.join('\n'));
}

export function decode(update: Uint8Array): string[] {
  const joined = text.decode(update);
  return joined === '' ? [] : joined.split('\n');
}
