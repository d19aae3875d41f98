/** What this device remembers of each link to a file, in its store. */
import type { DeviceStore, StoreWrite } from '../../sync';
import type { LinkRow } from './decide';

const PREFIX = 'file-link/';
const NEW: LinkRow = { mine: false, base: null, at: 0, path: null };

export class LinkRows {
  private readonly rows = new Map<string, Map<string, LinkRow>>();

  constructor(private readonly store: DeviceStore) {}

  async load(): Promise<void> {
    for (const { key, value } of await this.store.scan('meta', PREFIX)) {
      const rest = key.slice(PREFIX.length);
      const slash = rest.indexOf('/');
      this.of(rest.slice(0, slash)).set(rest.slice(slash + 1), JSON.parse(new TextDecoder().decode(value)) as LinkRow);
    }
  }

  get(blockId: string, target: string): LinkRow {
    return this.rows.get(blockId)?.get(target) ?? NEW;
  }

  has(blockId: string, target: string): boolean {
    return this.rows.get(blockId)?.has(target) ?? false;
  }

  async set(blockId: string, target: string, change: Partial<LinkRow>): Promise<LinkRow> {
    const before = this.get(blockId, target);
    const row = { ...before, ...change };
    if (this.has(blockId, target) && JSON.stringify(row) === JSON.stringify(before)) return before;
    this.of(blockId).set(target, row);
    await this.store.write([{ table: 'meta', key: keyOf(blockId, target), value: new TextEncoder().encode(JSON.stringify(row)) }], 'relaxed');
    return row;
  }

  /** Blocks with a known link. */
  blocks(): string[] {
    return [...this.rows.keys()];
  }

  /** Blocks with a link that leads, or would lead, to this file. */
  blocksWith(path: string): string[] {
    const name = nameOf(path);
    return [...this.rows].filter(([, links]) => [...links].some(([target, row]) => row.path === path || nameOf(target) === name)).map(([blockId]) => blockId);
  }

  /** Forgets the links of a block that are not among these. */
  async keepOnly(blockId: string, targets: ReadonlySet<string>): Promise<void> {
    const links = this.of(blockId);
    const gone = [...links.keys()].filter((target) => !targets.has(target));
    for (const target of gone) links.delete(target);
    if (links.size === 0) this.rows.delete(blockId);
    if (gone.length > 0) await this.store.write(gone.map((target): StoreWrite => ({ table: 'meta', key: keyOf(blockId, target), value: null })), 'relaxed');
  }

  private of(blockId: string): Map<string, LinkRow> {
    let links = this.rows.get(blockId);
    if (!links) this.rows.set(blockId, (links = new Map<string, LinkRow>()));
    return links;
  }
}

function keyOf(blockId: string, target: string): string {
  return `${PREFIX}${blockId}/${target}`;
}

/** Disks and apps differ in what they take for the same name. */
function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).normalize('NFC').toLowerCase();
}
