/** The plugin's one composition root: which store, transport, keys, vault and editors its device has. */
import { Notice, Platform, type Plugin } from 'obsidian';
import { createEd25519, type Ed25519 } from '../crypto';
import { withFiles } from '../files';
import { createPeer, keyringOf } from '../peer';
import type { DeviceId, SpaceId } from '../protocol';
import { deleteIndexedDbStore, openIndexedDbStore } from '../store';
import { createTransport, FrameTap, longPollWay, Offers, shortPollWay, streamWay, systemClock, systemRandom, webSocketWay, webTransportWay } from '../transport';
import { listenToApp } from './app-events';
import { pollByApp, pollByFetch, post, probesFor, streamByPage } from './connection/relay-probes';
import { suggestedName } from './device-name';
import { EditorBinder } from './editor/binder';
import { editorExtension } from './editor/editor-extension';
import { LocalDevice, type Problem } from './local-device';
import { Secrets } from './secrets';
import { peerSettings, type BlockwireSettings } from './settings';
import { Surfaces } from './surfaces';
import { DiskNews } from './vault/disk-news';
import { isMetered, ObsidianFiles } from './vault/obsidian-files';
import { ObsidianVault } from './vault/obsidian-vault';
import { WorkspaceEditors } from './workspace-editors';

export interface SettingsStore {
  readonly settings: () => BlockwireSettings;
  readonly change: (settings: BlockwireSettings) => Promise<void>;
}

export interface Composition {
  readonly device: LocalDevice;
  /** Once the layout is ready. */
  start(): void;
  stop(): void;
}

/** How long a notice of a problem stays, in ms. */
const NOTICE_STAYS = 12_000;

export function compose(plugin: Plugin, store: SettingsStore): Composition {
  const { app } = plugin;
  const failures = new Set<string>();
  const failed = (error: unknown): void => {
    // Told once: an editor that fails at every key must not bury its user in notices.
    const message = error instanceof Error ? error.message : String(error);
    if (failures.has(message)) return;
    failures.add(message);
    console.error('Blockwire', error);
    notice({ code: 'EDITOR', message: `Something went wrong in Blockwire's editor binding (${message}).`, hint: 'Your text is as you typed it. Please copy the diagnostic report and report it.' });
  };

  const news = new DiskNews(() => Date.now());
  const editors = new WorkspaceEditors(app, news, failed);
  const binder = new EditorBinder({ host: editors, defer: (run) => queueMicrotask(run) });
  const vault = new ObsidianVault(app, binder);
  const secrets = new Secrets(app, randomBytes);

  const tap = new FrameTap();
  let signing: Promise<Ed25519> | null = null;
  const ed25519 = (): Promise<Ed25519> => (signing ??= createEd25519(crypto.subtle));

  const device = new LocalDevice({
    secrets,
    suggestedName,
    after: (ms, run) => systemClock.after(ms, run),
    notice,
    editors: binder,
    pairing: async () => ({ post, random: randomBytes, now: () => systemClock.now(), ed25519: await ed25519() }),
    openStore: (vaultId) => openIndexedDbStore({ vault: vaultId }),
    deleteStore: (vaultId) => deleteIndexedDbStore({ vault: vaultId }),
    createPeer: async ({ credentials, store: deviceStore, deviceName, onProblem, onCloned }) => {
      const signatures = await ed25519();
      // Where blocks of a day belong must be known before the first one arrives.
      await vault.refresh();
      const { space, identity } = keyringOf(credentials);
      const signer = await signatures.signer(identity.seed);
      const offers = new Offers(() => store.settings().webTransport && 'WebTransport' in window);
      const relay = createTransport({
        relays: credentials.relays,
        space: space.spaceId as SpaceId,
        device: identity.deviceId as DeviceId,
        sign: (bytes) => signer.sign(bytes),
        http: post,
        // Best first.
        ways: [
          webTransportWay({ WebTransport: window.WebTransport, offers, clock: systemClock }),
          webSocketWay({ WebSocket, clock: systemClock, offers }),
          streamWay({ post: pollByFetch, stream: streamByPage, clock: systemClock }),
          longPollWay({ post: pollByFetch, clock: systemClock }),
          shortPollWay({ post: pollByApp, clock: systemClock }),
        ],
        clock: systemClock,
        random: systemRandom,
        keeper: secrets.sessions,
        ladder: secrets.ways,
        network: networkName,
      });
      const { transport, files } = withFiles({ transport: relay, own: relay.beside(), clock: systemClock, random: systemRandom, store: deviceStore, keys: space });
      return createPeer({
        clock: systemClock,
        random: systemRandom,
        ed25519: signatures,
        store: deviceStore,
        vault,
        transport: tap.on(transport),
        files: { vault: new ObsidianFiles(app), transfers: files, isMetered },
        credentials,
        settings: () => peerSettings(store.settings()),
        deviceName,
        restsWhenHidden: Platform.isMobile,
        onProblem,
        onCloned,
      });
    },
  });

  const surfaces = new Surfaces(plugin, {
    device,
    settings: store.settings,
    change: store.change,
    probes: () => (device.credentials ? probesFor(device.credentials, ed25519, randomBytes, store.settings().webTransport) : null),
    dailyProblem: () => vault.formatProblem,
    tap,
  });
  plugin.registerEditorExtension(editorExtension(binder, () => store.settings().tag));
  surfaces.register();

  return {
    device,
    start() {
      listenToApp(plugin, { device, binder, news, vault });
      surfaces.show();
      void vault.refresh().then(() => device.start());
    },
    stop() {
      void device.stop();
    },
  };
}

/** Wi-Fi or mobile, where the platform tells (Android). */
function networkName(): string {
  const { connection } = navigator as { connection?: { type?: string } };
  return connection?.type ?? '';
}

const randomBytes = (length: number): Uint8Array => systemRandom.bytes(length);

function notice({ message, hint }: Problem): void {
  new Notice(`${message} ${hint}`.trim(), NOTICE_STAYS);
}
