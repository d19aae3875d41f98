/** This vault as a device of a space: set up or not, starting, running or failed. Everything that can be seen of it hangs on this. */
import { decodeCredentials, encodeCredentials, PeerError, readLink, renewIdentity, useLink, type Credentials, type OpenNote, type Peer, type PairingPorts } from '../peer';
import { StoreError, type DeviceStore, type SyncStatus } from '../sync';
import type { Link } from '../protocol';
import { distinctName } from './distinct-name';
import type { OpenNoteWith } from './editor/ports';
import type { Secrets } from './secrets';

export type DevicePhase = 'not-set-up' | 'starting' | 'running' | 'failed';

/** For people: what happened, what is safe, what to do. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

export interface PeerParts {
  readonly credentials: Credentials;
  readonly store: DeviceStore;
  readonly deviceName: string;
  readonly onProblem: (code: string, message: string) => void;
  readonly onCloned: () => void;
}

export interface DeviceParts {
  readonly secrets: Secrets;
  readonly pairing: () => Promise<PairingPorts>;
  readonly openStore: (vaultId: string) => Promise<DeviceStore>;
  readonly deleteStore: (vaultId: string) => Promise<void>;
  readonly createPeer: (parts: PeerParts) => Promise<Peer>;
  readonly editors: { start(open: OpenNoteWith): void; stop(): void };
  /** A name for this device until the user gives one. */
  readonly suggestedName: () => string;
  /** Calls once after ms. */
  readonly after: (ms: number, run: () => void) => unknown;
  /** Something the user should be told now. */
  readonly notice: (problem: Problem) => void;
}

/** Changes of the peer's state are told at most this often (ms): what shows them reads every block's. */
const TELL_AFTER = 200;

/** A note that an editor is just taking over: what waited is shown there, so there is nothing to tell. */
const NOT_WORTH_A_NOTICE = new Set(['NOTE_OPEN']);

export class LocalDevice {
  readonly #parts: DeviceParts;
  readonly #listeners = new Set<() => void>();
  /** Not known before `start` has looked for keys: nothing may set up a vault that is set up. */
  #phase: DevicePhase = 'starting';
  #problem: Problem | null = null;
  #peer: Peer | null = null;
  #store: DeviceStore | null = null;
  #credentials: Credentials | null = null;
  /** Starting, stopping, leaving: one after the other. */
  #queue: Promise<void> = Promise.resolve();
  #unloaded = false;
  #telling = false;
  /** Joined with the name that was suggested: which names are taken is known once the device has caught up. */
  #nameMayBeTaken = false;

  constructor(parts: DeviceParts) {
    this.#parts = parts;
  }

  get phase(): DevicePhase {
    return this.#phase;
  }
  get problem(): Problem | null {
    return this.#problem;
  }
  /** There while running. */
  get peer(): Peer | null {
    return this.#phase === 'running' ? this.#peer : null;
  }
  get sync(): SyncStatus | null {
    return this.peer?.status() ?? null;
  }
  /** Addresses of the space's relay, best first. */
  get relays(): readonly string[] {
    return this.#credentials?.relays ?? [];
  }
  get credentials(): Credentials | null {
    return this.#credentials;
  }
  get name(): string {
    return this.peer?.devices().find((device) => device.self)?.name ?? this.#parts.secrets.deviceName ?? this.#parts.suggestedName();
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Starts if this vault belongs to a space. A failure is a phase, not a rejection. */
  start(): Promise<void> {
    return this.#enqueue(() => this.#start());
  }

  /** The plugin is switched off, or the app quits. */
  stop(): Promise<void> {
    this.#unloaded = true;
    return this.#enqueue(() => this.#stop());
  }

  /** @throws PeerError when the text is no link */
  read(pasted: string): Link {
    return readLink(pasted);
  }

  /**
   * Founds or joins a space. Nothing of any note leaves the device by this.
   * @throws PeerError in words for the user; nothing was changed then
   */
  setUp(pasted: string, name: string): Promise<void> {
    return this.#enqueue(async () => {
      if (this.#peer !== null || this.#parts.secrets.load() !== null) {
        throw new PeerError('SET_UP_ALREADY', 'This vault belongs to a space already.', 'Leave that space first; your notes stay as they are.');
      }
      const credentials = await useLink(pasted, await this.#parts.pairing());
      const suggested = this.#parts.suggestedName();
      const wanted = name.trim() || suggested;
      this.#parts.secrets.deviceName = wanted;
      this.#nameMayBeTaken = wanted === suggested && readLink(pasted).type !== 'setup';
      this.#parts.secrets.sessions.save(null); // one of an earlier identity is of no use to this one
      this.#parts.secrets.save(encodeCredentials(credentials));
      await this.#start();
    });
  }

  rename(name: string): void {
    const wanted = name.trim();
    if (wanted === '') return;
    this.#nameMayBeTaken = false;
    this.#parts.secrets.deviceName = wanted;
    this.peer?.renameDevice(wanted);
    this.#changed();
  }

  /** Removes every trace but the text: ids in notes, the store, the keys. */
  leave(): Promise<void> {
    return this.#enqueue(async () => {
      const vaultId = this.#parts.secrets.vaultId();
      // The ids are taken out through the editors that have the notes.
      await this.#peer?.leave();
      this.#parts.editors.stop();
      await this.#store?.close();
      this.#peer = this.#store = this.#credentials = null;
      await this.#parts.deleteStore(vaultId);
      this.#parts.secrets.forget();
      this.#become('not-set-up');
    });
  }

  async #start(): Promise<void> {
    if (this.#unloaded || this.#phase === 'running') return;
    const text = this.#parts.secrets.load();
    if (text === null) return this.#become('not-set-up');
    this.#become('starting');
    try {
      this.#credentials = decodeCredentials(text);
      this.#store ??= await this.#parts.openStore(this.#parts.secrets.vaultId());
      const peer = await this.#parts.createPeer({
        credentials: this.#credentials,
        store: this.#store,
        deviceName: this.#parts.secrets.deviceName ?? this.#parts.suggestedName(),
        onProblem: (code, message) => this.#told(code, message),
        onCloned: () => void this.#enqueue(() => this.#renew()),
      });
      this.#peer = peer;
      peer.onChange(() => {
        this.#makeNameDistinct();
        this.#changedSoon();
      });
      await peer.start();
      if (this.#unloaded) return;
      this.#become('running');
      this.#makeNameDistinct();
      this.#parts.editors.start((path, editor): OpenNote => peer.openNote(path, editor));
    } catch (error) {
      await this.#stop().catch(() => undefined);
      this.#become('failed', problemOf(error));
    }
  }

  async #stop(): Promise<void> {
    this.#parts.editors.stop();
    const peer = this.#peer;
    const store = this.#store;
    this.#peer = this.#store = null;
    try {
      await peer?.stop();
    } finally {
      await store?.close();
    }
  }

  /** A copy of this vault uses the same identity: this one takes a new one and keeps its documents. */
  async #renew(): Promise<void> {
    if (!this.#credentials || this.#unloaded) return;
    await this.#stop();
    try {
      const renewed = await renewIdentity(this.#credentials, await this.#parts.pairing());
      this.#parts.secrets.sessions.save(null);
      this.#parts.secrets.save(encodeCredentials(renewed));
      this.#become('starting');
      await this.#start();
    } catch (error) {
      this.#become('failed', problemOf(error));
    }
  }

  /** Two Macs: the one that joins later becomes "Mac 2". A name that its user gave stays. */
  #makeNameDistinct(): void {
    if (!this.#nameMayBeTaken || this.sync?.phase !== 'live') return;
    const devices = this.peer?.devices() ?? [];
    const others = devices.filter((device) => !device.self).map((device) => device.name);
    if (others.length === 0) return;
    this.#nameMayBeTaken = false;
    const distinct = distinctName(this.name, others);
    if (distinct !== this.name) this.rename(distinct);
  }

  #told(code: string, message: string): void {
    if (!NOT_WORTH_A_NOTICE.has(code)) this.#parts.notice({ code, message, hint: '' });
    this.#changedSoon();
  }

  #become(phase: DevicePhase, problem: Problem | null = null): void {
    this.#phase = phase;
    this.#problem = problem;
    this.#changed();
  }

  #changedSoon(): void {
    if (this.#telling) return;
    this.#telling = true;
    this.#parts.after(TELL_AFTER, () => {
      this.#telling = false;
      this.#changed();
    });
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  #enqueue(run: () => Promise<void>): Promise<void> {
    const done = this.#queue.then(run);
    this.#queue = done.catch(() => undefined);
    return done;
  }
}

/** Any failure in words for people. */
export function problemOf(error: unknown): Problem {
  if (error instanceof PeerError) return { code: error.code, message: error.message, hint: error.hint };
  if (error instanceof StoreError) return { code: `STORE_${error.reason.toUpperCase()}`, ...STORE_PROBLEMS[error.reason] };
  return {
    code: 'INTERNAL',
    message: 'Something went wrong inside Blockwire.',
    hint: `Your notes are untouched. Copy the diagnostic report and report it. (${error instanceof Error ? error.message : String(error)})`,
  };
}

const STORE_PROBLEMS: Readonly<Record<StoreError['reason'], Omit<Problem, 'code'>>> = {
  full: { message: 'This device has no room left to keep edits.', hint: 'Your notes are untouched. Free some space, then try again.' },
  corrupt: {
    message: 'What Blockwire keeps on this device is damaged.',
    hint: 'Your notes are untouched. Leave the space on this device, then add it again from another one.',
  },
  'newer-schema': { message: 'A newer Blockwire has used this vault on this device.', hint: 'Update Blockwire here. Nothing was changed.' },
  'in-use': { message: 'This vault is open in another window of Obsidian, which syncs it.', hint: 'Close one of the two, then try again.' },
  closed: { message: 'Blockwire was stopped while it worked.', hint: 'Your notes are untouched. Try again.' },
  failed: { message: 'This device could not keep edits.', hint: 'Your notes are untouched. Restart Obsidian, then try again.' },
};
