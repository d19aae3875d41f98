/** The composition of one device: a peer of a space, over a vault, a store and a transport. */
import { aliasOf } from '../crypto';
import type { Ed25519 } from '../crypto';
import { blockwireId } from '../outline';
import { findCandidates, openNote, textOf } from '../note';
import { fromHex, toHex } from '../protocol';
import type { Alias, DeviceId, SpaceId } from '../protocol';
import { createSyncEngine } from '../sync';
import type { CipherError, Clock, DeviceStore, Random, SyncEngine, SyncStatus, Transport } from '../sync';
import { PeerError } from './api';
import type { Peer, PeerSettings } from './api';
import { BlockHistory } from './block-history';
import { BlockLives } from './block-lives';
import type { Core } from './core';
import { keyringOf } from './credentials';
import type { Credentials } from './credentials';
import { BlockDocuments } from './documents';
import { EntryCipher } from './entry-cipher';
import { exportBlocks } from './exporting';
import { Files } from './files/files';
import type { FilesOptions } from './files/files';
import { blocksInSight } from './in-sight';
import { IndexDocument, INDEX_ID } from './index-document';
import { Landing } from './landing';
import { normalise } from './line-ends';
import { LiveMaking } from './live-making';
import { lossesOf } from './losses';
import { NoteCopies } from './note-copies';
import { Notes } from './notes';
import { pairingLinkOf } from './pairing';
import { PatientStore } from './patient-store';
import type { Vault } from './ports';
import { Presence } from './presence';
import { Questions } from './questions';
import { SealedReader } from './sealed-reader';
import { blockStatuses, deviceStatuses, reportOf } from './statuses';
import { Verification } from './verification';

const RUNNING = 'running';
/** How long a device that crashed waits for the relay, at most, before it compares its notes with what it has. */
const RECOVER_WITHIN = 5_000;
/** How long entries of a device that is not in the roster may wait for it, unreported. */
const STRANGER_FOR = 60_000;
/** How long the relay may take to acknowledge what is under way when the app is hidden. */
const REST_WITHIN = 3_000;

export interface PeerOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly ed25519: Ed25519;
  readonly store: DeviceStore;
  readonly vault: Vault;
  readonly transport: Transport;
  readonly credentials: Credentials;
  readonly settings: () => PeerSettings;
  /** Shown on the other devices until it is changed. */
  readonly deviceName: string;
  /** Leaves the relay while it is hidden: a phone. */
  readonly restsWhenHidden?: boolean;
  /** Something the user should be told: a code and a sentence. */
  readonly onProblem: (code: string, message: string) => void;
  /** Another program uses this device's identity (a copied vault): stop, `renewIdentity`, and start a new peer on the same store. */
  readonly onCloned: () => void;
  /** Left out where files that blocks link stay where they are. */
  readonly files?: FilesOptions;
}

/** @throws StoreError when the store can't be read */
export async function createPeer(options: PeerOptions): Promise<Peer> {
  const { clock, random, vault, credentials } = options;
  let engine: SyncEngine | null = null;
  const store = new PatientStore(options.store, clock, () => engine?.status.problem?.code.startsWith('STORE_') ?? false);
  const keyring = keyringOf(credentials);
  const device = keyring.identity.deviceId as DeviceId;
  const alias = (id: string): Alias => aliasOf(keyring.space.aliasKey, id) as Alias;
  const indexAlias = alias(INDEX_ID);
  const clientId = (): number => new DataView(random.bytes(4).buffer).getUint32(0);
  const index = new IndexDocument(clientId(), await BlockDocuments.storedIndex(store, indexAlias));

  const listeners = new Set<() => void>();
  let cancelNotice: (() => void) | null = null;
  const changed = (): void => {
    cancelNotice ??= clock.after(50, () => {
      cancelNotice = null;
      listeners.forEach((listener) => listener());
    });
  };
  const told = new Set<string>();
  const problem = (code: string, message: string): void => {
    if (told.has(message)) return;
    told.add(message);
    options.onProblem(code, message);
  };
  const work = new Set<Promise<unknown>>();
  const track = (promise: Promise<unknown>): void => {
    const tracked = promise
      .catch((error: unknown) => {
        if (error instanceof PeerError) problem(error.code, `${error.message} ${error.hint}`);
        else problem('INTERNAL', `Something went wrong inside Blockwire: ${error instanceof Error ? error.message : String(error)}. Your notes are untouched; please report it.`);
      })
      .finally(() => work.delete(tracked));
    work.add(tracked);
  };

  const tellAside = (error: CipherError): void =>
    problem(`SET_ASIDE_${error.reason}`, `Something that arrived could not be read (${error.message}) and was set aside. Your notes are untouched. If it stays, run "Check the connection".`);
  let cancelTelling: (() => void) | null = null;
  /** What a device wrote may come before the roster names it: that is no news unless it stays so. */
  const tellLater = (error: CipherError): void => {
    cancelTelling ??= clock.after(STRANGER_FOR, () => {
      cancelTelling = null;
      track(store.scan('aside', '').then((rows) => (rows.length > 0 ? tellAside(error) : undefined)));
    });
  };

  let running = false;
  let hidden = false;
  let live = false;
  let endRecovery = (): void => undefined;
  const recovered = new Promise<void>((resolve) => (endRecovery = resolve));
  const started = (): SyncEngine => {
    if (!engine) throw new Error('The sync engine is made before anything uses it');
    return engine;
  };

  const presence = new Presence(clock, changed, () => core.notes.openSessions().flatMap(({ bound }) => bound.blocks.map(({ blockId }) => blockId)));
  const cipher = await EntryCipher.create({ ed25519: options.ed25519, keyring, indexAlias, random: (n) => random.bytes(n), rosterEntry: (id) => index.device(id) });
  const documents = new BlockDocuments({
    store,
    clock,
    index,
    device,
    aliasOf: alias,
    clientId,
    underWay: (one) => started().status.waiting.has(one),
    listener: {
      changed: (blockId, change, news) => {
        core.lives.imports.reconcile(blockId, new Set([...change.texts, ...change.places]), news);
        presence.mineIs(blockId, documents.get(blockId)?.digest() ?? '');
        core.notes.documentChanged(blockId, change);
      },
      imported: (blockId, edits, made, seen) => core.lives.imports.made(blockId, edits, made, seen),
      grown: (blockId) => core.making.checkSize(blockId),
      edited: (blockId, digest) => presence.mineIs(blockId, digest),
      touched: (blockId, news) => {
        presence.mineIsUnknown(blockId);
        core.lives.imports.reconcileLater(blockId, news);
        core.notes.documentTouched(blockId);
      },
      indexChanged: (change) => {
        core.lives.indexChanged(change.blocks);
        if (change.roster) presence.rosterChanged();
        changed();
      },
      reported: (blockId, from, digest, time) => presence.theirsIs(blockId, from, digest, time),
      written: (blockId, devices, change) => {
        core.history.note(blockId, devices, change);
        core.files?.edited(blockId, devices, change);
      },
      setAside: (_sequence, error) => (error.reason === 'unknown-device' ? tellLater(error) : tellAside(error)),
    },
  });

  const core: Core = {
    clock, random, store, vault, device, index, documents, presence, changed, problem, track,
    settings: options.settings,
    questions: new Questions(store, clock, changed),
    notes: new Notes(() => core),
    lives: new BlockLives(() => core),
    landing: new Landing(() => core),
    history: new BlockHistory(() => core),
    copies: new NoteCopies(() => core),
    verification: new Verification(() => core),
    files: options.files ? new Files(() => core, options.files, { clock, store }) : null,
    making: new LiveMaking(
      () => core,
      ({ home, text, occurrence, generation }) =>
        // HMAC-SHA-256 cut to 16 bytes, as for aliases, under a key of its own.
        blockwireId(fromHex(aliasOf(keyring.space.blockIdKey, JSON.stringify([home.day ?? home.path, home.headings, text, occurrence, generation])))),
    ),
    get engine() {
      return started();
    },
    caughtUp: () => live,
    recovered,
  };

  const onStatus = (status: SyncStatus): void => {
    const wasLive = live;
    const peersBefore = connectedBefore;
    live = status.phase === 'live';
    connectedBefore = new Set(status.peers.connected);
    presence.peersChanged(status.peers, status.peers.connected.some((one) => !peersBefore.has(one)));
    if (live && !wasLive && running) {
      core.lives.appearing.retry();
      core.landing.considerAll();
    }
    core.files?.statusChanged();
    for (const session of core.notes.openSessions()) session.editors.forEach((editor) => editor.refresh());
    changed();
  };
  let connectedBefore = new Set<DeviceId>();

  engine = createSyncEngine({
    clock, random, cipher, documents,
    // It keeps what the disk refuses by itself, and tells of it.
    store: options.store,
    transport: options.transport,
    identity: { space: keyring.space.spaceId as SpaceId, device, epoch: credentials.epoch },
    wanted: () => [indexAlias, ...blocksInSight(core).map((id) => documents.aliasOf(id))],
    onStatus,
    onPresence: (from, body) => {
      presence.receive(from, body);
      for (const session of core.notes.openSessions()) session.editors.forEach((editor) => editor.refresh());
    },
    onCloned: options.onCloned,
    restsWhenHidden: options.restsWhenHidden ?? false,
  });
  documents.connect(engine);
  presence.connect(engine);
  presence.listen(core.verification);

  const setName = (name: string): void => {
    const known = index.device(device);
    if (known?.name === name) return;
    const entry = { name, publicKey: toHex(keyring.identity.publicKey), admission: toHex(cipher.admission), joined: known?.joined ?? clock.now() };
    documents.sendIndex(index.setDevice(device, entry));
    changed();
  };

  /** @param at until when this run heard of changes of files */
  const saveLastRun = async (at = clock.now()): Promise<void> => {
    await store.write([{ table: 'meta', key: 'last-run', value: new TextEncoder().encode(String(at)) }], 'relaxed');
  };

  const findOldTags = async (): Promise<void> => {
    const { tag } = options.settings();
    const paths = vault.tagged ? await vault.tagged(tag) : (await vault.list()).map(({ path }) => path);
    const found: { path: string; text: string }[] = [];
    for (const path of paths) {
      if (vault.isTemplate(path) || (await vault.state(path)) !== 'present') continue;
      const { text } = normalise(await vault.read(path));
      if (!text.toLowerCase().includes(tag.toLowerCase())) continue;
      for (const candidate of findCandidates(openNote(text), textOf(text), { tag, phrases: [] })) found.push({ path, text: candidate.text });
    }
    await core.lives.oldTags.remember(found);
  };

  /** Whether the run before this one was ended by a crash. */
  const isInterrupted = async (): Promise<boolean> => {
    const marked = (await store.read('meta', RUNNING)) !== undefined;
    await markRunning(true);
    return marked;
  };

  const markRunning = async (isRunning: boolean): Promise<void> => {
    await store.write([{ table: 'meta', key: RUNNING, value: isRunning ? new Uint8Array([1]) : null }], 'strict');
  };

  /** What is killed while it rests was not interrupted: all that it has sent is in its store, too. */
  const rest = async (): Promise<void> => {
    await started().settled(REST_WITHIN).catch(() => undefined);
    if (!hidden || !running) return;
    await saveLastRun();
    await markRunning(false);
  };

  const recover = async (wasInterrupted: boolean): Promise<void> => {
    const until = clock.now() + RECOVER_WITHIN;
    while (wasInterrupted && running && !live && clock.now() < until) await new Promise<void>((resolve) => clock.after(50, resolve));
    endRecovery();
  };

  const idle = async (): Promise<void> => {
    for (let rounds = 0; work.size > 0 && rounds < 1000; rounds += 1) await Promise.all(work);
  };

  const stop = async (): Promise<void> => {
    const stoppedAt = clock.now();
    running = false;
    core.lives.stop();
    core.landing.stop();
    presence.stop();
    core.verification.stop();
    await core.files?.stop();
    await idle();
    await core.notes.flush();
    core.history.stop();
    await core.history.cutAll();
    await documents.savePastTexts();
    await documents.compact();
    await saveLastRun(stoppedAt);
    await started().stop();
    await markRunning(false);
    cancelNotice?.();
    cancelTelling?.();
    await idle();
    await store.finish();
  };

  return {
    async start() {
      await documents.load();
      await core.questions.load();
      await core.lives.load();
      await core.copies.load();
      await core.notes.load();
      await core.files?.load();
      await started().start();
      running = true;
      const wasInterrupted = await isInterrupted();
      void recover(wasInterrupted);
      setName(index.device(device)?.name ?? options.deviceName);
      const lastRun = await store.read('meta', 'last-run');
      const compare = async (): Promise<void> => {
        await recovered;
        if (lastRun) await core.notes.compareAll(Number(new TextDecoder().decode(lastRun)));
        else await findOldTags();
        core.lives.vanishing.resume();
        await core.lives.followDecided();
        await saveLastRun();
        track(core.files?.start() ?? Promise.resolve());
        if (!live) return;
        core.lives.appearing.retry();
        core.landing.considerAll();
      };
      if (wasInterrupted) track(compare());
      else await compare();
    },
    stop,
    openNote: (path, editor) => core.notes.open(path, editor),
    noteChanged: (path) => track(core.lives.holds.written(path).then(() => core.notes.fileChanged(path))),
    noteRenamed: (from, to) => core.notes.renamed(from, to),
    noteDeleted: (path) => track(core.notes.fileGone(path)),
    noteCreated: (path) => {
      core.landing.noteReadySoon(path);
      track(core.notes.fileChanged(path));
    },
    fileChanged: (path) => core.files?.fileChanged(path),
    makeLive: (path, line) => core.making.atLine(path, line),
    stopSyncing: (blockId, where) => core.lives.stopping.stop(blockId, where),
    sharesFiles: () => core.lives.holds.secondEngine,
    blockAt: (path, line) => core.notes.blockAtLine(path, line),
    questions: () => core.questions.list(),
    async answer(questionId, answerId) {
      const question = core.questions.get(questionId);
      if (!question?.answers.some(({ id }) => id === answerId)) {
        throw new PeerError('NO_QUESTION', 'This question has been answered already.', 'Nothing was changed.');
      }
      core.questions.close(questionId);
      await core.lives.answer(question, answerId);
    },
    preview: (questionId) => lossesOf(core, questionId),
    inbox: () => core.landing.inbox(),
    createNoteFor: (blockId) => core.landing.createNoteFor(blockId),
    trashedBlocks: () => core.lives.vanishing.trashed(),
    restoreBlock: (blockId) => core.lives.vanishing.restore(blockId),
    text: (blockId) => core.history.text(blockId, null),
    history: (blockId) => core.history.list(blockId),
    versionText: (blockId, versionId) => core.history.text(blockId, versionId),
    restoreVersion: (blockId, versionId) => core.history.restore(blockId, versionId),
    noteCopies: () => core.copies.list(),
    noteCopy: (id) => core.copies.text(id),
    writeBack: (id) => core.copies.writeBack(id),
    verify: () => core.verification.verify(),
    exportBlocks: () => exportBlocks(core),
    settingsChanged: () => core.files?.settingsChanged(),
    files: () => core.files?.list() ?? [],
    filesProblem: () => core.files?.problem() ?? null,
    retryFile: (id) => track(core.files?.retry(id) ?? Promise.resolve()),
    sealed: new SealedReader(() => core, cipher),
    blocks: () => blockStatuses(core),
    devices: () => deviceStatuses(core),
    renameDevice: setName,
    pairingLink: () => pairingLinkOf(credentials),
    status: () => started().status,
    digest: (blockId) => documents.get(blockId)?.digest() ?? null,
    notify(event) {
      started().notify(event);
      if (event === 'hidden') {
        hidden = true;
        track(core.notes.flush());
        track(documents.savePastTexts());
        track(core.history.cutAll());
        track(rest());
      } else if (event === 'visible') {
        hidden = false;
        core.lives.holds.watches();
        track(markRunning(true));
      }
    },
    setPaused: (paused) => started().setPaused(paused),
    async settled(ms) {
      const until = clock.now() + ms;
      for (;;) {
        await idle();
        await core.notes.flush();
        await started().settled(Math.max(1, until - clock.now()));
        if (work.size === 0 && !core.notes.writing) return;
        if (clock.now() >= until) throw new PeerError('NOT_SETTLED', 'Not everything was sent and written in time.', 'Try again when the relay can be reached.');
      }
    },
    report: () => reportOf(core, options.ed25519.engine),
    async leave() {
      await core.lives.stopping.takeOutAllIds();
      await stop();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
