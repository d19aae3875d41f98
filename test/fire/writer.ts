/**
 * A device without an editor: real keys, cipher, sync engine, WebSocket transport, documents and device store. It writes numbered
 * words into documents that all writers of the space share, so that a lost or doubled word shows.
 */
import { randomBytes } from 'node:crypto';
import { aliasOf, createEd25519 } from '../../src/crypto';
import { DEFAULT_ATTRIBUTES, LiveDocument, ROOT, seed } from '../../src/document';
import { nodeEd25519 } from '../../src/folder/node-ed25519';
import { keyringOf, type Credentials } from '../../src/peer';
import { EntryCipher } from '../../src/peer/entry-cipher';
import { signedAdmission, toHex, type Alias, type DeviceId, type SpaceId } from '../../src/protocol';
import { createSyncEngine, type CipherError, type Clock, type DeviceStore, type Documents, type SyncEngine, type SyncStatus, type Transport } from '../../src/sync';
import { createWebSocketTransport, httpByFetch, systemClock, systemRandom } from '../../src/transport';
import { NodeWebSocket } from '../../src/transport/ws-node';
import { Witness } from './witness';

const INDEX = 'f0'.repeat(16) as Alias;

/** Public keys and admissions of all devices of a space, as its index document would name them. */
export type Roster = ReadonlyMap<string, { readonly name: string; readonly publicKey: string; readonly admission: string; readonly joined: number }>;

export interface WriterOptions {
  readonly credentials: Credentials;
  readonly roster: Roster;
  readonly store: DeviceStore;
  /** Starts each of its words; letters only. */
  readonly name: string;
  /** Names of the documents that the writers of the space share. */
  readonly documents: readonly string[];
  readonly clock?: Clock;
  /** What stands between this device and the relay. */
  readonly between?: (transport: Transport) => Transport;
}

export async function rosterOf(space: readonly Credentials[]): Promise<Roster> {
  const ed25519 = await createEd25519(globalThis.crypto.subtle, nodeEd25519);
  const [founder] = space;
  if (founder === undefined) throw new Error('A space has a founder.');
  const admission = await ed25519.signer(keyringOf(founder).epoch.admissionSeed);
  const roster = new Map<string, { name: string; publicKey: string; admission: string; joined: number }>();
  for (const credentials of space) {
    const { identity, space: keys } = keyringOf(credentials);
    const claim = signedAdmission({ space: keys.spaceId as SpaceId, deviceKey: identity.publicKey });
    roster.set(identity.deviceId, { name: '', publicKey: toHex(identity.publicKey), admission: toHex(await admission.sign(claim)), joined: 0 });
  }
  return roster;
}

export class Writer {
  readonly id: DeviceId;
  readonly space: SpaceId;
  /** What the relay said to this device, frame by frame. */
  readonly witness: Witness;
  /** Entries that this device would not take. */
  readonly refused: CipherError[] = [];
  /** How often the relay took it for a copy of itself. */
  clones = 0;
  /** Codes of the problems that its status showed, each once in a row. */
  readonly problems: string[] = [];
  private readonly live = new Map<Alias, LiveDocument>();
  private readonly aliases = new Map<string, Alias>();
  private readonly blocks = new Map<Alias, string>();
  /** Words by document, in the order written. */
  private readonly words = new Map<Alias, string[]>();
  private rows = 0;
  private written = 0;
  readonly engine: SyncEngine;

  private constructor(
    private readonly options: WriterOptions,
    cipher: EntryCipher,
    sign: (bytes: Uint8Array) => Promise<Uint8Array>,
  ) {
    const { credentials } = options;
    const { identity, space } = keyringOf(credentials);
    const clock = options.clock ?? systemClock;
    this.id = identity.deviceId as DeviceId;
    this.space = space.spaceId as SpaceId;
    for (const name of options.documents) {
      const alias = aliasOf(space.aliasKey, name) as Alias;
      this.aliases.set(name, alias);
      this.blocks.set(alias, name);
      this.words.set(alias, []);
    }
    const transport = createWebSocketTransport({
      relays: credentials.relays,
      WebSocket: NodeWebSocket,
      space: this.space,
      device: this.id,
      sign,
      http: httpByFetch(),
      clock,
      random: systemRandom,
    });
    this.witness = new Witness(options.between?.(transport) ?? transport);
    this.engine = createSyncEngine({
      clock,
      random: systemRandom,
      cipher,
      store: options.store,
      documents: this.documents(),
      transport: this.witness,
      identity: { space: this.space, device: this.id, epoch: 0 },
      wanted: () => [],
      onStatus: (status) => this.noteProblem(status),
      onPresence: () => undefined,
      onCloned: () => this.clones++,
    });
  }

  /** Started; not necessarily connected. */
  static async start(options: WriterOptions): Promise<Writer> {
    const ed25519 = await createEd25519(globalThis.crypto.subtle, nodeEd25519);
    const keyring = keyringOf(options.credentials);
    const cipher = await EntryCipher.create({ ed25519, keyring, indexAlias: INDEX, random: (n) => systemRandom.bytes(n), rosterEntry: (id) => options.roster.get(id) });
    const signer = await ed25519.signer(keyring.identity.seed);
    const writer = new Writer(options, cipher, (bytes) => signer.sign(bytes));
    await writer.engine.start();
    writer.engine.notify('visible');
    return writer;
  }

  /** One word more at the end of a document, as one update. `padding`: characters beside it. */
  write(name: string, padding = 0): void {
    const alias = this.aliasOf(name);
    const document = this.documentOf(alias);
    const word = `${this.options.name}${this.written++}${'.'.repeat(padding)}`;
    const at = document.get(ROOT)?.text.length ?? 0;
    const { update } = document.apply([{ type: 'text', id: ROOT, changes: [{ from: at, to: at, insert: `${word} ` }] }], { device: this.id, time: Date.now() });
    this.words.get(alias)?.push(word);
    this.engine.queue(alias, update, document.digest(), [this.row(alias, update)]);
  }

  /** The words that this device wrote into a document, in order. */
  wrote(name: string): readonly string[] {
    return this.words.get(this.aliasOf(name)) ?? [];
  }

  /** The words of all that stand in a document here. */
  reads(name: string): string[] {
    return (this.documentOf(this.aliasOf(name)).get(ROOT)?.text ?? '').split(' ').filter(Boolean);
  }

  digest(name: string): string {
    return this.documentOf(this.aliasOf(name)).digest();
  }

  get isLive(): boolean {
    return this.engine.status.phase === 'live';
  }

  /** Everything that it wrote is on the relay, as far as it knows. */
  get isSettled(): boolean {
    return this.isLive && this.engine.status.unacknowledged === 0;
  }

  async stop(): Promise<void> {
    await this.engine.stop();
    await this.options.store.close();
  }

  private documents(): Documents {
    return {
      apply: async (entries) => {
        for (const { alias, updates } of entries) this.documentOf(alias).merge(updates);
        return entries.flatMap(({ alias, updates }) => updates.map((update) => this.row(alias, update)));
      },
      snapshot: async (alias) => ({ update: this.documentOf(alias).encode(), digest: this.documentOf(alias).digest() }),
      matches: async (alias, update) => LiveDocument.load(0, update, []).digest() === this.documentOf(alias).digest(),
      setAside: (_sequence, error) => this.refused.push(error),
    };
  }

  private row(alias: Alias, value: Uint8Array): { readonly table: 'updates'; readonly key: string; readonly value: Uint8Array } {
    return { table: 'updates', key: `${alias}/${String(this.rows++).padStart(12, '0')}`, value };
  }

  private aliasOf(name: string): Alias {
    const alias = this.aliases.get(name);
    if (alias === undefined) throw new Error(`No document is called ${name}.`);
    return alias;
  }

  private documentOf(alias: Alias): LiveDocument {
    const known = this.live.get(alias);
    if (known) return known;
    const block = this.blocks.get(alias);
    if (block === undefined) throw new Error('An entry of a document that nobody made.');
    const base = seed(block, { text: '', attributes: DEFAULT_ATTRIBUTES, children: [] }, () => '').update;
    const document = LiveDocument.load(randomBytes(4).readUInt32LE(), base, []);
    this.live.set(alias, document);
    return document;
  }

  private noteProblem({ problem }: SyncStatus): void {
    if (problem !== null && this.problems.at(-1) !== problem.code) this.problems.push(problem.code);
  }
}
