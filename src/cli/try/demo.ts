import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { startRelay } from '../../relay';
import type { InspectedEntry, RunningRelay } from '../../relay';
import { prepareVault, sampleVaults } from './sample-vaults';

export interface DemoOptions {
  readonly data: string;
  /** Folder with main.js, manifest.json, styles.css. */
  readonly built: string;
  readonly samples: string;
  /** The relay takes this port at its first start if it is free, and keeps to the one it took. */
  readonly relayPort: number;
  readonly today: () => Date;
}

/** What the page shows of the demo. */
export interface DemoState {
  readonly relay: { readonly running: boolean; readonly url: string; readonly file: string };
  readonly vaults: readonly { readonly name: string; readonly today: string; readonly directory: string }[];
  /** Link that founds the demo's space; null once it is used, or while the relay stands still. */
  readonly setUpLink: string | null;
  /** Link that lets the other vault join; told by the first. */
  readonly pairingLink: string | null;
}

interface Kept {
  readonly relayPort: number;
  readonly pairingLink: string | null;
}

/** The demo's relay, vaults and what it remembers between starts, all below one directory. */
export class Demo {
  private relay: RunningRelay | null = null;
  private origin = '';
  private kept: Kept = { relayPort: 0, pairingLink: null };
  private queue: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: DemoOptions) {}

  get vaultDirectories(): Record<string, string> {
    return Object.fromEntries(sampleVaults.map(({ name }) => [name, this.directoryOf(name)]));
  }
  get relayUrl(): string {
    return `http://127.0.0.1:${this.kept.relayPort}`;
  }

  /** Makes the vaults and what else is missing. Must come before the vaults are served. */
  async prepare(): Promise<void> {
    const { data, built, samples, today } = this.options;
    await mkdir(data, { recursive: true, mode: 0o700 });
    for (const vault of sampleVaults) await prepareVault(vault, this.directoryOf(vault.name), built, samples, today());
    const kept = await readFile(this.keptFile, 'utf8').then((text) => JSON.parse(text) as Kept, () => null);
    await this.keep(kept ?? { relayPort: await freePort(this.options.relayPort), pairingLink: null });
  }

  /** @param origin of the page; no other may found or join the demo's space */
  start(origin: string): Promise<void> {
    this.origin = origin;
    return this.startRelay();
  }

  /** @throws LogError, or a system error with a `code`, as `startRelay` does */
  startRelay(): Promise<void> {
    return this.queued(async () => {
      this.relay ??= await startRelay({
        port: this.kept.relayPort,
        data: join(this.options.data, 'relay'),
        origins: [this.origin],
        authorize: ({ headers }, { kind }) => (kind !== 'found' && kind !== 'join') || headers.origin === this.origin,
      });
    });
  }
  stopRelay(): Promise<void> {
    return this.queued(async () => {
      const { relay } = this;
      this.relay = null;
      await relay?.stop();
    });
  }

  async state(): Promise<DemoState> {
    const today = this.options.today();
    return {
      relay: { running: this.relay !== null, url: this.relayUrl, file: join(this.options.data, 'relay', 'relay.db') },
      vaults: sampleVaults.map((vault) => ({ name: vault.name, today: vault.noteOf(today), directory: this.directoryOf(vault.name) })),
      setUpLink: (await this.relay?.relay.setupLink(this.relayUrl)) ?? null,
      pairingLink: this.kept.pairingLink,
    };
  }

  /** The sealed entries as the relay stores them, newest first; empty while it stands still. */
  async seen(): Promise<InspectedEntry[]> {
    const { relay } = this.relay ?? {};
    const space = (await relay?.spaces())?.[0];
    return relay && space ? relay.inspect(space, { entries: 40, bytes: 320 }) : [];
  }

  async rememberLink(pairingLink: string): Promise<void> {
    await this.keep({ ...this.kept, pairingLink });
  }

  /** A new space, and vaults as at the first start. */
  async reset(): Promise<void> {
    await this.stopRelay();
    await rm(join(this.options.data, 'relay'), { recursive: true, force: true });
    // Their contents go, not the directories themselves, which are being watched.
    for (const { name } of sampleVaults) await emptyDirectory(this.directoryOf(name));
    await this.keep({ ...this.kept, pairingLink: null });
    await this.prepare();
    await this.startRelay();
  }

  async stop(): Promise<void> {
    await this.stopRelay();
  }

  private directoryOf(name: string): string {
    return join(this.options.data, 'vaults', name);
  }
  private get keptFile(): string {
    return join(this.options.data, 'try.json');
  }
  private async keep(kept: Kept): Promise<void> {
    this.kept = kept;
    // The pairing link in it holds the demo space's key.
    await writeFile(`${this.keptFile}.new`, `${JSON.stringify(kept, null, 2)}\n`, { mode: 0o600 });
    await rename(`${this.keptFile}.new`, this.keptFile);
  }
  private queued<T>(task: () => Promise<T>): Promise<T> {
    const done = this.queue.then(task, task);
    this.queue = done.catch(() => undefined);
    return done;
  }
}

async function emptyDirectory(directory: string): Promise<void> {
  for (const name of await readdir(directory)) await rm(join(directory, name), { recursive: true, force: true });
}

/** The wanted port if it is free now, else any. */
function freePort(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', () => (wanted === 0 ? reject(new Error('No port is free.')) : resolve(freePort(0))));
    probe.listen(wanted, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
