/** The composition root of a plain folder as a peer: the engine of the plugin over files, a SQLite store and `ws`. */
import { createEd25519 } from '../crypto';
import { withFiles } from '../files';
import { BLOCK_LIMITS, createPeer, keyringOf, LARGEST_FILE, renewIdentity } from '../peer';
import type { Credentials, Peer, PeerSettings } from '../peer';
import type { DeviceId, SpaceId } from '../protocol';
import { openSqliteStore } from '../store/sqlite';
import type { Clock } from '../sync';
import { createTransport, longPollWay, streamWay, systemClock, systemRandom, webSocketWay } from '../transport';
import { bytesByNode, httpByNode, streamByNode } from '../transport/http-node';
import { NodeWebSocket } from '../transport/ws-node';
import { ControlServer } from './control';
import type { ControlAnswer, ControlRequest, FolderReport } from './control';
import type { FolderSettings, FolderState } from './folder-state';
import { FolderFiles } from './folder-files';
import { FolderVault } from './folder-vault';
import { nodeEd25519 } from './node-ed25519';
import { FolderWatch } from './watch';

/** Quiet times are shorter than in Obsidian: no editor has these files open that would mind. */
const TIMING = { writeAfter: 500, writeWithin: 5_000, holdFor: 20_000 };
/** How long a program that ends tries to send what waits, in ms. */
const SEND_WITHIN = 5_000;
/** How long it waits for the relay before it compares, in ms. */
const CONNECTED_WITHIN = 10_000;

/** Where a folder's peer runs. */
export interface FolderSurroundings {
  /** One line for the log, without text of notes, keys or addresses. */
  log(event: string, detail: string): void;
  /** Default: the system's. */
  readonly clock?: Clock;
}

/** Runs a folder as a peer until `stop`. */
export class FolderPeer {
  private hasLeft = false;

  private constructor(
    readonly peer: Peer,
    private readonly folder: string,
    /** false: opened for one question. */
    private readonly watching: boolean,
    /** Resolves with new keys when a copy of the data directory made this device take a new identity: stop, and start again with them. */
    readonly renewed: Promise<Credentials>,
    private readonly opened: (() => unknown)[],
  ) {}

  /**
   * @param watching false: for one question only; files are not watched and the control socket is not opened
   * @throws StoreError 'in-use' when another process runs this folder; PeerError when its keys are damaged
   */
  static async start(state: FolderState, settings: FolderSettings, credentials: Credentials, surroundings: FolderSurroundings, watching = true): Promise<FolderPeer> {
    const clock = surroundings.clock ?? systemClock;
    const ed25519 = await createEd25519(globalThis.crypto.subtle, nodeEd25519);
    const store = openSqliteStore(state.store);
    const opened: (() => unknown)[] = [() => store.close()];
    try {
      const vault = vaultOf(settings);
      const files = new FolderFiles(settings.root);
      const keyring = keyringOf(credentials);
      const signer = await ed25519.signer(keyring.identity.seed);
      const http = httpByNode();
      const post = bytesByNode();
      const relay = createTransport({
        space: keyring.space.spaceId as SpaceId,
        device: keyring.identity.deviceId as DeviceId,
        sign: (bytes) => signer.sign(bytes),
        http,
        clock,
        random: systemRandom,
        relays: credentials.relays,
        // Best first.
        ways: [webSocketWay({ WebSocket: NodeWebSocket, clock }), streamWay({ post, stream: streamByNode(), clock }), longPollWay({ post, clock })],
      });
      const line = withFiles({ transport: relay, own: relay.beside(), clock, random: systemRandom, store, keys: keyring.space });
      let onCloned = (): void => undefined;
      const cloned = new Promise<void>((resolve) => {
        onCloned = resolve;
      });
      const peer = await createPeer({
        clock,
        random: systemRandom,
        ed25519,
        store,
        vault,
        transport: line.transport,
        files: { vault: files, transfers: line.files, isMetered: () => false },
        credentials,
        settings: () => settingsOf(settings),
        deviceName: settings.name,
        onProblem: (code, message) => surroundings.log(code, message),
        onCloned,
      });
      const renewed = cloned.then(async () => {
        surroundings.log('CLONED', 'Another computer used this folder’s identity (a copied data directory, or an old backup of it). This one takes a new identity.');
        const own = await renewIdentity(credentials, { post: http, random: (n) => systemRandom.bytes(n), now: () => clock.now(), ed25519 });
        await state.saveCredentials(own);
        return own;
      });
      renewed.catch((error: unknown) => surroundings.log('CLONED', `No new identity yet: ${error instanceof Error ? error.message : String(error)} Edits are kept; start again when the relay can be reached.`));
      // Watching begins before the notes are compared, so that no change falls between.
      const watch = watching ? await FolderWatch.start(settings.root, vault, files, (error) => surroundings.log('WATCH', watchProblem(error))) : null;
      opened.push(() => watch?.stop());
      await peer.start();
      let folderPeer: FolderPeer | null = null;
      opened.push(() => (folderPeer?.hasLeft === true ? undefined : peer.stop()));
      const control = watching ? await ControlServer.listen(state.control, (request) => (folderPeer ? folderPeer.answer(request) : starting())) : null;
      opened.push(() => control?.close());
      watch?.tell(peer);
      folderPeer = new FolderPeer(peer, settings.root, watching, renewed, opened);
      if (watching) folderPeer.logChanges(surroundings);
      return folderPeer;
    } catch (error) {
      await closeAll(opened);
      throw error;
    }
  }

  /** Sends what waits if the relay answers soon; the rest is kept for the next start. */
  async stop(): Promise<void> {
    if (this.watching && !this.hasLeft && this.peer.status().phase === 'live') {
      this.peer.notify('hidden'); // what gathers goes at once
      await this.peer.settled(SEND_WITHIN).catch(() => undefined);
    }
    await closeAll(this.opened);
  }

  /** Takes tags and ids out of the notes and stops. What this device stored is still there. */
  async leave(): Promise<void> {
    await this.peer.leave();
    this.hasLeft = true;
    await this.stop();
  }

  async answer(request: ControlRequest): Promise<ControlAnswer> {
    switch (request.type) {
      case 'status':
        return { ok: true, report: this.report() };
      case 'pending':
        return { ok: true, questions: await Promise.all(this.peer.questions().map(async (question) => ({ ...question, losses: await this.peer.preview(question.id) }))) };
      case 'answer':
        if (!this.peer.questions().some(({ id }) => id === request.question)) return { ok: false, code: 'NO_QUESTION', message: 'That question is not open any more. Nothing was changed.' };
        await this.peer.answer(request.question, request.answer);
        await this.sendNow();
        return { ok: true };
      case 'deleted':
        return { ok: true, deleted: await this.peer.trashedBlocks() };
      case 'restore-block':
        this.peer.restoreBlock(request.blockId);
        await this.sendNow();
        return { ok: true };
      case 'history':
        return { ok: true, versions: await this.peer.history(request.blockId) };
      case 'version':
        return { ok: true, text: await this.peer.versionText(request.blockId, request.version) };
      case 'restore-version':
        await this.peer.restoreVersion(request.blockId, request.version);
        await this.sendNow();
        return { ok: true };
      case 'copies':
        return { ok: true, copies: this.peer.noteCopies() };
      case 'copy':
        return { ok: true, text: await this.peer.noteCopy(request.copy) };
      case 'write-back': {
        const before = await this.peer.writeBack(request.copy);
        await this.sendNow();
        return { ok: true, before };
      }
      case 'verify':
        await this.connected();
        return { ok: true, verified: await this.peer.verify() };
      case 'export':
        return { ok: true, text: await this.peer.exportBlocks() };
    }
    // A `blockwire` of another version may ask for more.
    return { ok: false, code: 'OTHER_VERSION', message: 'The running Blockwire is of another version and does not know this request. Stop it and start it again.' };
  }

  /** What was decided is stored in any case; sending it before the program ends is a courtesy to the other devices. */
  private async sendNow(): Promise<void> {
    if (!this.watching) await this.peer.settled(SEND_WITHIN).catch(() => undefined);
  }

  /** Waits a while for the connection of a program that has just been started. */
  private async connected(): Promise<void> {
    if (this.watching || this.peer.status().phase === 'live') return;
    await new Promise<void>((resolve) => {
      const off = this.peer.onChange(() => {
        if (this.peer.status().phase === 'live') done();
      });
      const cancel = systemClock.after(CONNECTED_WITHIN, () => done());
      const done = (): void => {
        off();
        cancel();
        resolve();
      };
    });
  }

  report(): FolderReport {
    const status = this.peer.status();
    return {
      folder: this.folder,
      running: this.watching,
      connection: this.watching ? status.phase : 'stopped',
      transport: status.transport,
      problem: status.problem ? `${status.problem.code}: ${status.problem.message}` : null,
      unacknowledged: status.unacknowledged,
      blocks: this.peer.blocks().map((block) => ({ ...block, digest: this.peer.digest(block.blockId) })),
      files: this.peer.files(),
      filesProblem: this.peer.filesProblem(),
      devices: this.peer.devices(),
      pending: this.peer.questions(),
    };
  }

  private logChanges(surroundings: FolderSurroundings): void {
    let phase = '';
    let asked = 0;
    let stuck = 0;
    const look = (): void => {
      const status = this.peer.status();
      const now = `${status.phase}${status.transport === null ? '' : ` (${status.transport})`}${status.problem ? ` (${status.problem.message})` : ''}`;
      if (now !== phase) surroundings.log('connection', now);
      phase = now;
      const questions = this.peer.questions();
      if (questions.length > asked) surroundings.log('pending', `${questions.length} waiting for you: blockwire pending ${this.folder}`);
      asked = questions.length;
      const failed = this.peer.files().filter(({ state }) => state === 'failed').length;
      if (failed > stuck) surroundings.log('files', `${failed} can’t be moved: blockwire status ${this.folder}`);
      stuck = failed;
    };
    this.peer.onChange(look);
    look();
  }
}

/** @throws DayFormatError when the daily format names no day */
export function vaultOf(settings: FolderSettings): FolderVault {
  return new FolderVault({ root: settings.root, daily: settings.daily, indent: settings.indent, locale: 'en' });
}

function settingsOf(settings: FolderSettings): PeerSettings {
  return { tag: settings.tag, phrases: [], createNotes: settings.createNotes ?? false, liveFromDisk: true, limits: BLOCK_LIMITS, largestFile: settings.filesLimit === undefined ? LARGEST_FILE : settings.filesLimit * 2 ** 20, ...TIMING };
}

function watchProblem(error: Error): string {
  const isFull = 'code' in error && (error.code === 'ENOSPC' || error.code === 'EMFILE');
  if (isFull) return 'The system allows no more watched folders. Changes may go unseen until the next start: raise fs.inotify.max_user_watches, or watch a smaller folder.';
  return `${error.message}. Changes may go unseen until the next start.`;
}

/** Closes what was opened, the last first, each even if one before it failed. @throws what failed first */
async function closeAll(opened: (() => unknown)[]): Promise<void> {
  const failures: unknown[] = [];
  for (let close = opened.pop(); close; close = opened.pop()) {
    try {
      await close();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

async function starting(): Promise<ControlAnswer> {
  return { ok: false, code: 'STARTING', message: 'This folder is still starting. Try again in a moment.' };
}
