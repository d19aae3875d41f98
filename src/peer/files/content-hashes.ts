/** The hashes of this vault's files. A file is read again only if its time or size is another. */
import { ContentHash } from '../../crypto';
import type { Clock, DeviceStore } from '../../sync';
import type { FileStat, FileVault } from '../ports';
import type { Here } from './decide';

const PREFIX = 'file-hash/';
/** A file that was written less than so long ago, in ms, may be one that is still being copied. */
const SETTLED = 1_000;
/** Bytes read at once; the app goes on in between. */
const PIECE = 1024 * 1024;

export class ContentHashes {
  private readonly known = new Map<string, Here>();

  constructor(
    private readonly vault: FileVault,
    private readonly store: DeviceStore,
    private readonly clock: Clock,
  ) {}

  async load(): Promise<void> {
    for (const { key, value } of await this.store.scan('meta', PREFIX)) this.known.set(key.slice(PREFIX.length), JSON.parse(new TextDecoder().decode(value)) as Here);
  }

  /** null if there is no file, or it changes right now. @throws when it can't be read */
  async of(path: string): Promise<Here | null> {
    const stat = await this.vault.stat(path);
    if (!stat) return this.forget(path);
    const known = this.known.get(path);
    if (known && isSame(known, stat)) return known;
    const age = this.clock.now() - stat.mtime;
    if (age >= 0 && age < SETTLED) return null;
    const hash = await this.read(path, stat);
    const after = await this.vault.stat(path);
    if (!after || !isSame(after, stat)) return null;
    return this.keep(path, { hash, size: stat.size, mtime: stat.mtime });
  }

  /** What has just been written there. */
  async written(path: string, hash: string): Promise<Here | null> {
    const stat = await this.vault.stat(path);
    return stat ? this.keep(path, { hash, ...stat }) : null;
  }

  /** The content from another place in this vault; null if it is nowhere. */
  async copyOf({ hash, size }: { readonly hash: string; readonly size: number }): Promise<Uint8Array | null> {
    const paths = [...this.known].filter(([, known]) => known.hash === hash).map(([path]) => path);
    for (const path of paths) {
      if ((await this.of(path).catch(() => null))?.hash !== hash) continue;
      const file = await this.vault.open(path);
      try {
        return await file.read(0, size);
      } finally {
        await file.close();
      }
    }
    return null;
  }

  private async keep(path: string, here: Here): Promise<Here> {
    this.known.set(path, here);
    await this.store.write([{ table: 'meta', key: PREFIX + path, value: new TextEncoder().encode(JSON.stringify(here)) }], 'relaxed');
    return here;
  }

  private async forget(path: string): Promise<null> {
    if (this.known.delete(path)) await this.store.write([{ table: 'meta', key: PREFIX + path, value: null }], 'relaxed');
    return null;
  }

  private async read(path: string, { size }: FileStat): Promise<string> {
    const file = await this.vault.open(path);
    try {
      const hash = new ContentHash();
      for (let from = 0; from < size; from += PIECE) {
        hash.add(await file.read(from, Math.min(size, from + PIECE)));
        if (from + PIECE < size) await new Promise<void>((resolve) => this.clock.after(0, resolve));
      }
      return hash.toString();
    } finally {
      await file.close();
    }
  }
}

function isSame(a: FileStat, b: FileStat): boolean {
  return a.mtime === b.mtime && a.size === b.size;
}
