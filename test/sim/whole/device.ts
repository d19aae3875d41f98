/** One device: a vault and a disk that outlive everything, a program that does not, and the editors that a person has open in it. */
import { createIdentity } from '../../../src/crypto';
import type { DeviceId } from '../../../src/protocol';
import { createPeer, type Credentials, type Peer } from '../../../src/peer';
import { MemoryDisk, openMemoryStore } from '../../../src/store';
import { StoreError, type Clock, type DeviceStore } from '../../../src/sync';
import { MemoryVault } from '../../peers/memory-vault';
import { syncEd25519 } from '../../peers/sync-ed25519';
import { SETTINGS } from '../../peers/world';
import { merge } from '../../shell/text-merge';
import type { SimClock } from '../clock';
import type { SimRandom } from '../random';
import { SimEditor } from './editor';
import type { SimNetwork } from './network';

/** The app saves what is open this often where it has changed, ms. */
const SAVE_EVERY = 2_000;

/** What devices share: the world around them. */
export interface Surroundings {
  readonly clock: SimClock;
  readonly random: SimRandom;
  readonly network: SimNetwork;
  readonly note: (line: string) => void;
  /** A program died: what its editor had not saved is gone with it, and with `lost` what its disk had not made safe. */
  readonly onDied: (device: SimDevice, unsaved: string | null, lost: boolean) => void;
  /** The peer changed a text that someone looks at, or a file. */
  readonly onRemote: (device: SimDevice, path: string, before: string, after: string) => void;
  /** The peer read a file. */
  readonly onRead: (text: string) => void;
}

export interface DeviceMaking {
  readonly name: string;
  readonly folder: string;
  readonly indent: string;
  readonly credentials: Credentials;
  readonly vault?: MemoryVault;
  readonly disk?: MemoryDisk;
}

interface Program {
  /** null while it is loading. */
  peer: Peer | null;
  readonly store: DeviceStore;
  kill(): void;
}

export class SimDevice {
  readonly name: string;
  readonly folder: string;
  readonly indent: string;
  readonly vault: MemoryVault;
  readonly disk: MemoryDisk;
  readonly problems: string[] = [];
  credentials: Credentials;
  offline = false;
  /** Another program uses this identity: the next step takes a new one. */
  cloned = false;
  /** Its clock is this far from the world's, in ms. */
  skew = 0;
  /** Made of another's disk and vault. */
  isCopy = false;
  /** No room on its disk. */
  full = false;
  /** Nobody edits a file by hand in the seconds in which a device comes up again. */
  upAt = 0;
  clipboard = '';
  editor: SimEditor | null = null;
  /** It is online again. */
  onBack: (() => void) | null = null;
  /** Power goes at the so-manieth write from now; of the batches at risk then, so many survive. */
  private doom: { writes: number; kept: number } | null = null;
  private program: Program | null = null;

  constructor(
    private readonly around: Surroundings,
    making: DeviceMaking,
  ) {
    this.name = making.name;
    this.folder = making.folder;
    this.indent = making.indent;
    this.credentials = making.credentials;
    this.vault = making.vault ?? new MemoryVault(making.folder, making.indent, () => this.now());
    this.disk = making.disk ?? new MemoryDisk();
  }

  get id(): DeviceId {
    return createIdentity(() => this.credentials.seed).deviceId as DeviceId;
  }

  get isUp(): boolean {
    return this.program?.peer != null;
  }

  get peer(): Peer {
    const peer = this.program?.peer;
    if (peer == null) throw new Error(`${this.name} is off.`);
    return peer;
  }

  now(): number {
    return this.around.clock.now() + this.skew;
  }

  /** @param patience ms that it may take until its local state is live; with less the start goes on by itself */
  async start(patience = 60_000): Promise<void> {
    const { clock, random, network } = this.around;
    const timers = clock.mortal();
    const life: { alive: boolean } = { alive: true };
    const own: Clock = { now: () => this.now(), after: timers.clock.after };
    const store = this.slow(openMemoryStore(this.disk), life);
    const program: Program = {
      peer: null,
      store,
      kill: () => {
        life.alive = false;
        timers.kill();
      },
    };
    this.program = program;
    this.vault.owner += 1;
    const peer = await this.finished(
      createPeer({
        clock: own,
        random,
        ed25519: syncEd25519,
        store,
        vault: this.watched(this.vault.forOwner()),
        transport: network.transport(this.id, () => life.alive),
        credentials: this.credentials,
        settings: () => SETTINGS,
        deviceName: this.name,
        onProblem: (code, message) => this.problems.push(`${code}: ${message}`),
        onCloned: () => (this.cloned = true),
      }),
      patience,
    );
    if (peer === null || !life.alive) return;
    program.peer = peer;
    this.upAt = clock.now() + 8_000;
    if (this.offline) peer.notify('offline');
    await this.finished(peer.start(), patience);
  }

  /** A proper end. */
  async stop(): Promise<void> {
    const { program } = this;
    if (program?.peer == null) return;
    this.closeEditor();
    await this.finished(program.peer.stop(), 120_000);
    // It may have died meanwhile.
    if (this.program !== program) return;
    await program.store.close();
    program.kill();
    this.program = null;
    // What is pasted in another run is a text like any other.
    this.clipboard = '';
    this.around.network.cut(this.id);
  }

  /** The program dies. Of the batches that the disk had not made safe the first `kept` survive: all where it was only killed. */
  die(kept: number): void {
    if (this.program === null) return;
    this.program.kill();
    void this.program.store.close();
    this.program = null;
    const unsaved = this.editor?.path ?? null;
    this.editor = null;
    this.doom = null;
    this.clipboard = '';
    this.vault.owner += 1;
    const lost = this.disk.atRisk > kept;
    this.disk.crash(kept);
    this.around.network.cut(this.id);
    this.around.onDied(this, unsaved, lost);
  }

  /** Power will go at one of the next writes. */
  dieAtWrite(writes: number, kept: number): void {
    this.doom = { writes, kept };
  }

  /** Power stays after all. */
  spare(): void {
    this.doom = null;
  }

  setOffline(offline: boolean): void {
    this.offline = offline;
    const { network } = this.around;
    if (offline) {
      network.unreachable.add(this.id);
      network.cut(this.id);
    } else network.unreachable.delete(this.id);
    if (this.isUp) this.peer.notify(offline ? 'offline' : 'online');
    if (!offline) this.onBack?.();
  }

  /** Lets time run until the promise has settled, or for so long. @returns null when it did not settle, or its program died */
  async finished<Value>(promise: Promise<Value>, ms: number): Promise<Value | null> {
    let settled = false;
    let value: Value | null = null;
    const failed: { error: unknown } = { error: null };
    promise.then(
      (got) => {
        settled = true;
        value = got;
      },
      (error: unknown) => {
        settled = true;
        failed.error = error;
      },
    );
    await this.around.clock.until(() => settled, ms);
    const { error } = failed;
    if (error instanceof StoreError && error.reason === 'closed') return null;
    if (error instanceof Error) throw error;
    return value;
  }

  // ---- notes ----

  /** The text of a note as its user sees it: of the editor that has it, else of the file. */
  shown(path: string): string {
    if (this.editor?.path === path) return this.editor.content;
    return this.vault.text(path).replace(/\r\n/g, '\n');
  }

  openEditor(path: string): SimEditor {
    this.closeEditor();
    const { clock } = this.around;
    const opened = clock.now();
    let due = false;
    const editor = new SimEditor(path, this.vault.text(path).replace(/\r\n/g, '\n'), {
      onRemote: (before, after) => this.around.onRemote(this, path, before, after),
      // Only where there is something to save: a note may stay open for months.
      onChange: () => {
        if (due) return;
        due = true;
        clock.after(SAVE_EVERY - ((clock.now() - opened) % SAVE_EVERY), () => {
          due = false;
          if (this.editor === editor) this.save();
        });
      },
    });
    this.editor = editor;
    editor.open(this.peer);
    return editor;
  }

  /** As the app does it by itself two seconds after a change at the latest, in the file's own line ends. */
  save(): void {
    if (this.editor === null) return;
    const { path, content } = this.editor;
    const file = this.vault.files.get(path);
    const text = file !== undefined && /\r\n/.test(file.text) ? content.replace(/\n/g, '\r\n') : content;
    if (file?.text === text) return;
    this.vault.write(path, text);
    if (this.isUp) this.peer.noteChanged(path);
  }

  /** Another program put a file in place. The app reads it into an editor that has it open, or merges where that has unsaved changes. */
  replaced(path: string, text: string, mtime: number): void {
    const before = this.vault.files.get(path)?.text.replace(/\r\n/g, '\n');
    this.vault.files.set(path, { text, mtime });
    if (!this.isUp) return;
    if (before === undefined) return this.peer.noteCreated(path);
    if (this.editor?.path === path) this.editor.load(merge(before, this.editor.content, text.replace(/\r\n/g, '\n')));
    this.peer.noteChanged(path);
  }

  closeEditor(): void {
    if (this.editor === null) return;
    this.save();
    this.editor.hold?.close();
    this.editor = null;
  }

  // ---- inside ----

  /** The vault, with an eye on what the peer writes. */
  private watched(vault: ReturnType<MemoryVault['forOwner']>): ReturnType<MemoryVault['forOwner']> {
    const { onRemote, onRead } = this.around;
    return new Proxy(vault, {
      get: (target, name): unknown => {
        const value: unknown = Reflect.get(target, name);
        if (name === 'read') {
          return async (path: string): Promise<string> => {
            const text = await target.read(path);
            onRead(text);
            return text;
          };
        }
        if (name !== 'process') return value;
        return async (path: string, change: (text: string) => string | null): Promise<void> => {
          let before = '';
          let after: string | null = null;
          await target.process(path, (text) => {
            before = text;
            after = change(text);
            return after;
          });
          onRead(before);
          if (after !== null && after !== before) onRemote(this, path, before, after);
        };
      },
    });
  }

  /** A disk takes its time, in order; it may be full, and power may go at any write. */
  private slow(store: DeviceStore, life: { readonly alive: boolean }): DeviceStore {
    const { clock, random } = this.around;
    /** When the write before is done. */
    let due = 0;
    return {
      description: store.description,
      read: (table, key) => store.read(table, key),
      scan: (table, prefix) => store.scan(table, prefix),
      write: (writes, durability) =>
        new Promise((resolve, reject) => {
          due = Math.max(due, clock.now() + (random.chance(0.5) ? 0 : random.below(15)));
          clock.after(due - clock.now(), () => {
            if (!life.alive) return;
            if (this.doom !== null && --this.doom.writes <= 0) {
              const { kept } = this.doom;
              this.around.note(`${this.name}: power goes at a write`);
              this.die(kept);
              return;
            }
            if (this.full) reject(new StoreError('full', 'No room on this disk.'));
            else store.write(writes, durability).then(resolve, reject);
          });
        }),
      close: () => store.close(),
    };
  }
}
