/** The composition root of a plain folder as a peer: the engine of the plugin over files, a SQLite store and `ws`. */
import { createEd25519 } from '../crypto';
import { createPeer, keyringOf, renewIdentity } from '../peer';
import type { Credentials, Peer, PeerSettings } from '../peer';
import type { DeviceId, SpaceId } from '../protocol';
import { openSqliteStore } from '../store/sqlite';
import { createWebSocketTransport, httpByFetch, systemClock, systemRandom } from '../transport';
import { NodeWebSocket } from '../transport/ws-node';
import { ControlServer } from './control';
import type { ControlAnswer, ControlRequest, FolderReport } from './control';
import type { FolderSettings, FolderState } from './folder-state';
import { FolderVault } from './folder-vault';
import { FolderWatch } from './watch';

/** Quiet times are shorter than in Obsidian: no editor has these files open that would mind. */
const TIMING = { writeAfter: 500, writeWithin: 5_000, holdFor: 20_000 };
const LIMITS = { bullets: 5_000, bytes: 2 * 1024 * 1024 };

export interface FolderEvents {
  /** One line for the log, without text of notes, keys or addresses. */
  log(event: string, detail: string): void;
}

/** Runs a folder as a peer until `stop`. */
export class FolderPeer {
  private constructor(
    readonly peer: Peer,
    private readonly folder: string,
    private readonly closeAll: () => Promise<void>,
  ) {}

  /**
   * @param watching false: for one question only; files are not watched and the control socket is not opened
   * @throws StoreError 'in-use' when another process runs this folder; PeerError when its keys are damaged
   */
  static async start(state: FolderState, settings: FolderSettings, credentials: Credentials, events: FolderEvents, watching = true): Promise<FolderPeer> {
    const ed25519 = await createEd25519(globalThis.crypto.subtle);
    const store = openSqliteStore(state.store);
    try {
      const vault = vaultOf(settings);
      const keyring = keyringOf(credentials);
      const signer = await ed25519.signer(keyring.identity.seed);
      const http = httpByFetch();
      const transport = createWebSocketTransport({
        space: keyring.space.spaceId as SpaceId,
        device: keyring.identity.deviceId as DeviceId,
        sign: (bytes) => signer.sign(bytes),
        http,
        clock: systemClock,
        random: systemRandom,
        relays: credentials.relays,
        WebSocket: NodeWebSocket,
      });
      let cloned = (): void => undefined;
      const peer = await createPeer({
        clock: systemClock,
        random: systemRandom,
        ed25519,
        store,
        vault,
        transport,
        credentials,
        settings: () => settingsOf(settings),
        deviceName: settings.name,
        onProblem: (code, message) => events.log(code, message),
        onCloned: () => cloned(),
      });
      cloned = () => {
        events.log('CLONED', 'Another computer uses this folder’s identity (a copied data directory). It takes a new one and stops; start it again.');
        void renewIdentity(credentials, { post: http, random: (n) => systemRandom.bytes(n), now: () => systemClock.now(), ed25519 })
          .then((renewed) => state.saveCredentials(renewed))
          .catch((error: unknown) => events.log('CLONED', error instanceof Error ? error.message : String(error)));
      };
      await peer.start();
      const watch = watching ? await FolderWatch.start(settings.root, vault, peer, (error) => events.log('WATCH', error.message)) : null;
      let folderPeer: FolderPeer | null = null;
      const control = watching ? await ControlServer.listen(state.control, (request) => (folderPeer ? folderPeer.answer(request) : starting())) : null;
      folderPeer = new FolderPeer(peer, settings.root, async () => {
        await control?.close();
        await watch?.stop();
        await peer.stop();
        await store.close();
      });
      if (watching) folderPeer.logChanges(events);
      return folderPeer;
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.closeAll();
  }

  async answer(request: ControlRequest): Promise<ControlAnswer> {
    switch (request.type) {
      case 'status':
        return { ok: true, report: this.report() };
      case 'pending':
        return { ok: true, questions: this.peer.questions() };
      case 'pair':
        return { ok: true, link: this.peer.pairingLink() };
      case 'answer':
        await this.peer.answer(request.question, request.answer);
        return { ok: true };
    }
  }

  report(): FolderReport {
    const status = this.peer.status();
    return {
      folder: this.folder,
      connection: status.phase,
      problem: status.problem ? `${status.problem.code}: ${status.problem.message}` : null,
      unacknowledged: status.unacknowledged,
      blocks: this.peer.blocks().map((block) => ({ ...block, digest: this.peer.digest(block.blockId) })),
      devices: this.peer.devices(),
      pending: this.peer.questions(),
    };
  }

  private logChanges(events: FolderEvents): void {
    let phase = '';
    let asked = 0;
    const look = (): void => {
      const status = this.peer.status();
      const now = `${status.phase}${status.problem ? ` (${status.problem.message})` : ''}`;
      if (now !== phase) events.log('connection', now);
      phase = now;
      const questions = this.peer.questions();
      if (questions.length > asked) events.log('pending', `${questions.length} waiting for you: blockwire pending ${this.folder}`);
      asked = questions.length;
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
  return { tag: settings.tag, phrases: [], createNotes: false, liveFromDisk: true, limits: LIMITS, ...TIMING };
}

async function starting(): Promise<ControlAnswer> {
  return { ok: false, code: 'STARTING', message: 'This folder is still starting. Try again in a moment.' };
}
