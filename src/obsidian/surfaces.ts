/** Everything of Blockwire that can be seen or run: views, dialogs, commands, status, settings, the pairing link's handler. */
import { Notice, Platform, type Plugin } from 'obsidian';
import { formatLink, parseLinkParameters } from '../protocol';
import type { BlockStatus, Peer, Question } from '../peer';
import type { FrameTap } from '../transport';
import { commands, tell } from './commands';
import { checkConnection, type Probes } from './connection/check';
import { offerInEditorMenu } from './editor-menu';
import { problemOf, type LocalDevice } from './local-device';
import { markLiveBlocks } from './reading-mode';
import type { BlockwireSettings } from './settings';
import { BlockwireSettingTab } from './settings-tab';
import { hasLosses } from './status/loss-text';
import { fileTime } from './status/time-text';
import { AddDeviceModal, loopbackWarning } from './views/add-device-modal';
import { ConnectionModal } from './views/connection-modal';
import { FramesView, FRAMES_VIEW } from './views/frames-view';
import { copiesOf, HistoryModal, pastOf } from './views/history-modal';
import { LeaveModal } from './views/leave-modal';
import { QuestionModal } from './views/question-modal';
import { QuestionNotices } from './views/question-notices';
import { SetUpModal } from './views/set-up-modal';
import { HeaderStatus, StatusBar } from './views/status-bar';
import { VerifyModal } from './views/verify-modal';
import { StatusView, STATUS_VIEW, summaryOf } from './views/status-view';

export interface SurfaceParts {
  readonly device: LocalDevice;
  readonly settings: () => BlockwireSettings;
  readonly change: (settings: BlockwireSettings) => Promise<void>;
  readonly probes: () => Probes | null;
  readonly dailyProblem: () => string | null;
  readonly tap: FrameTap;
}

export class Surfaces {
  readonly #plugin: Plugin;
  readonly #parts: SurfaceParts;
  #showStatus: () => void = () => undefined;

  constructor(plugin: Plugin, parts: SurfaceParts) {
    this.#plugin = plugin;
    this.#parts = parts;
  }

  /** What has to be there before the layout is ready: it may hold our view, and a link may have started the app. */
  register(): void {
    const plugin = this.#plugin;
    const { device, settings } = this.#parts;
    plugin.registerView(STATUS_VIEW, (leaf) => new StatusView(leaf, { device, tag: () => settings().tag, summary: () => summaryOf(device, Date.now()), actions: this.#actions }));
    plugin.registerView(FRAMES_VIEW, (leaf) => new FramesView(leaf, { device, tap: this.#parts.tap, summary: () => summaryOf(device, Date.now()) }));
    const all = commands(plugin.app, device, this.#actions);
    for (const command of all) plugin.addCommand(command);
    offerInEditorMenu(plugin, all);
    plugin.registerMarkdownPostProcessor((el, context) => markLiveBlocks(el, context, (blockId, path) => this.#stateOf(blockId, path)));
    plugin.registerObsidianProtocolHandler('blockwire', (parameters) => this.#linkOpened(parameters));
    plugin.addSettingTab(
      new BlockwireSettingTab(plugin.app, plugin, {
        device,
        get settings() {
          return settings();
        },
        change: (next) => this.#parts.change(next),
        summary: () => summaryOf(device, Date.now()),
        dailyProblem: this.#parts.dailyProblem,
        actions: this.#actions,
      }),
    );
  }

  /** The status where it is always seen, once there is a layout. */
  show(): void {
    const plugin = this.#plugin;
    const { device } = this.#parts;
    const open = (): void => this.#actions.openStatus();
    const status = Platform.isMobile ? new HeaderStatus(plugin, open) : new StatusBar(plugin, open);
    const notices = new QuestionNotices((question) => {
      if (device.peer && question && hasLosses(question)) this.#showLosses(device.peer, question);
      else open();
    });
    plugin.register(() => notices.close());
    this.#showStatus = () => {
      status.show(summaryOf(device, Date.now()));
      // Whoever looks at the status sees the question there.
      const seen = plugin.app.workspace.getLeavesOfType(STATUS_VIEW).some((leaf) => leaf.view.containerEl.isShown());
      notices.show(device.peer?.questions() ?? [], seen);
    };
    plugin.register(device.onChange(() => this.#showStatus()));
    // "Offline for two days" comes with time alone.
    plugin.registerInterval(window.setInterval(() => this.#showStatus(), 60_000));
    this.#showStatus();
  }

  readonly #actions = {
    setUp: (): void => this.#openSetUp(),
    addDevice: (): void => {
      const { peer, relays } = this.#parts.device;
      if (peer) new AddDeviceModal(this.#plugin.app, peer.pairingLink(), loopbackWarning(relays)).open();
    },
    openStatus: (): void => void tell(this.#openStatus().then(() => this.#showStatus())),
    openInbox: (): void => void tell(this.#openStatus().then((view) => view?.showInbox())),
    openDeleted: (): void =>
      void tell(
        this.#openStatus().then(async (view) => {
          if (view && !(await view.showDeleted())) new Notice('Nothing was deleted in the last 30 days.');
        }),
      ),
    checkConnection: (): void => {
      const probes = this.#parts.probes();
      if (probes) new ConnectionModal(this.#plugin.app, (idle) => checkConnection(this.#parts.device.relays, probes, idle)).open();
      else new Notice('This vault is not set up yet. Run "Set up" first.');
    },
    inspectFrames: (): void => void tell(this.#inspectFrames()),
    copyReport: (): Promise<void> => tell(this.#copyReport()),
    leave: (): void => {
      const { device } = this.#parts;
      new LeaveModal(this.#plugin.app, device.sync?.unacknowledged ?? 0, () => device.leave()).open();
    },
    verify: (): void => {
      const { peer } = this.#parts.device;
      if (peer) new VerifyModal(this.#plugin.app, peer).open();
    },
    exportBlocks: (): void => void tell(this.#export()),
    retry: (): void => void this.#parts.device.start(),
    openBlock: (block: BlockStatus): void => {
      if (block.path !== null) void this.#openNote(`${block.path}#^${block.blockId}`);
    },
    createNote: (peer: { createNoteFor(blockId: string): Promise<string> }, blockId: string): Promise<void> =>
      tell(peer.createNoteFor(blockId).then((path) => this.#openNote(path))),
    restore: (peer: { restoreBlock(blockId: string): void }, blockId: string): Promise<void> => tell(Promise.resolve().then(() => peer.restoreBlock(blockId))),
    showHistory: (peer: Peer, blockId: string, title: string): void => new HistoryModal(this.#plugin.app, pastOf(peer, blockId, title)).open(),
    showCopies: (peer: Peer, path: string, now: () => string): void => new HistoryModal(this.#plugin.app, copiesOf(peer, path, now)).open(),
    showLosses: (peer: Peer, question: Question): void => this.#showLosses(peer, question),
    answer: (peer: { answer(question: string, answer: string): Promise<void> }, question: { id: string }, answerId: string): Promise<void> => tell(peer.answer(question.id, answerId)),
  };

  #showLosses(peer: Peer, question: Question): void {
    new QuestionModal(this.#plugin.app, peer, question, (answerId) => this.#actions.answer(peer, question, answerId)).open();
  }

  /** On a phone the status is a drawer that would stay over the note. */
  async #openNote(link: string): Promise<void> {
    const { workspace } = this.#plugin.app;
    await workspace.openLinkText(link, '');
    if (Platform.isPhone) workspace.rightSplit.collapse();
  }

  #openSetUp(link?: string): void {
    const { device, settings } = this.#parts;
    const { app } = this.#plugin;
    new SetUpModal(app, { device, vaultName: app.vault.getName(), tag: settings().tag, onDone: () => this.#setUpDone(), ...(link !== undefined && { link }) }).open();
  }

  /** A phone's side drawer would hide the note in which something is about to appear. */
  #setUpDone(): void {
    if (Platform.isMobile) new Notice('Set up. Live blocks of this space appear in your notes.');
    else this.#actions.openStatus();
  }

  #linkOpened(parameters: Readonly<Record<string, string>>): void {
    try {
      const link = formatLink(parseLinkParameters(parameters));
      this.#plugin.app.workspace.onLayoutReady(() => this.#openSetUp(link));
    } catch (error) {
      const { message } = problemOf(error);
      new Notice(message, 10_000);
    }
  }

  async #openStatus(): Promise<StatusView | null> {
    const { workspace } = this.#plugin.app;
    const leaf = await workspace.ensureSideLeaf(STATUS_VIEW, 'right', { active: true, reveal: true });
    return leaf.view instanceof StatusView ? leaf.view : null;
  }

  async #inspectFrames(): Promise<void> {
    const { workspace } = this.#plugin.app;
    const leaf = workspace.getLeavesOfType(FRAMES_VIEW)[0] ?? workspace.getLeaf('tab');
    await leaf.setViewState({ type: FRAMES_VIEW, active: true });
    if (Platform.isPhone) workspace.rightSplit.collapse();
    await workspace.revealLeaf(leaf);
  }

  async #export(): Promise<void> {
    const text = (await this.#parts.device.peer?.exportBlocks()) ?? '';
    if (text === '') return void new Notice('There is no live block to export.');
    const path = `Live blocks ${fileTime(Date.now())}.md`;
    await this.#plugin.app.vault.create(path, text);
    await this.#openNote(path);
  }

  async #copyReport(): Promise<void> {
    const { device } = this.#parts;
    const { manifest } = this.#plugin;
    const platform = Platform.isIosApp ? 'iOS' : Platform.isAndroidApp ? 'Android' : Platform.isMacOS ? 'macOS' : Platform.isWin ? 'Windows' : 'Linux or another';
    const report = device.peer?.report() ?? `# Blockwire report\n\n- State: ${device.phase}${device.problem ? ` (${device.problem.code})` : ''}\n`;
    await navigator.clipboard.writeText(`${report.trimEnd()}\n- Version: ${manifest.version} on ${platform}\n`);
    new Notice('The report is on the clipboard. It holds no text, key or address.');
  }

  #stateOf(blockId: string, path: string): BlockStatus['state'] | null {
    const block = this.#parts.device.peer?.blocks().find((one) => one.blockId === blockId);
    if (!block) return null;
    return block.path === path ? block.state : 'inactive';
  }
}
