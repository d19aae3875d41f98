/** Blockwire's commands. None has a default hotkey; those that can't run now are not offered. */
import { MarkdownView, Notice, type App, type Command, type Editor } from 'obsidian';
import type { Peer } from '../peer';
import { problemOf, type LocalDevice } from './local-device';
import { StopSyncingModal } from './views/stop-syncing-modal';

export interface CommandActions {
  setUp(): void;
  addDevice(): void;
  openStatus(): void;
  openInbox(): void;
  openDeleted(): void;
  showHistory(peer: Peer, blockId: string, title: string): void;
  showCopies(peer: Peer, path: string, now: () => string): void;
  verify(): void;
  exportBlocks(): void;
  checkConnection(): void;
  inspectFrames(): void;
  copyReport(): Promise<void>;
  leave(): void;
}

export function commands(app: App, device: LocalDevice, actions: CommandActions): Command[] {
  /** Offers a command while `when` holds. */
  const offered = (when: () => boolean, run: () => void) => (checking: boolean): boolean => {
    if (!when()) return false;
    if (!checking) run();
    return true;
  };
  const running = (): boolean => device.peer !== null;
  return [
    {
      id: 'make-block-live',
      name: 'Make block live',
      icon: 'radio',
      editorCheckCallback: (checking, editor, context) =>
        atCursor(device, editor, context, (peer, path, line) => {
          if (peer.blockAt(path, line) !== null) return false;
          if (!checking) void tell(peer.makeLive(path, line).then(() => undefined));
          return true;
        }),
    },
    {
      id: 'stop-syncing-block',
      name: 'Stop syncing this block',
      icon: 'unplug',
      editorCheckCallback: (checking, editor, context) =>
        atCursor(device, editor, context, (peer, path, line) => {
          const blockId = peer.blockAt(path, line);
          if (blockId === null) return false;
          if (!checking) new StopSyncingModal(app, titleOf(peer, blockId), !peer.sharesFiles(), (where) => tell(peer.stopSyncing(blockId, where))).open();
          return true;
        }),
    },
    {
      id: 'show-block-history',
      name: 'Show history of this block',
      icon: 'history',
      editorCheckCallback: (checking, editor, context) =>
        atCursor(device, editor, context, (peer, path, line) => {
          const blockId = peer.blockAt(path, line);
          if (blockId === null) return false;
          if (!checking) actions.showHistory(peer, blockId, titleOf(peer, blockId));
          return true;
        }),
    },
    {
      id: 'show-note-copies',
      name: 'Show kept copies of this note',
      icon: 'files',
      editorCheckCallback: (checking, editor, context) =>
        atCursor(device, editor, context, (peer, path) => {
          if (!checking) actions.showCopies(peer, path, () => editor.getValue());
          return true;
        }),
    },
    { id: 'set-up', name: 'Set up', icon: 'link', checkCallback: offered(() => device.phase === 'not-set-up', () => actions.setUp()) },
    { id: 'add-device', name: 'Add a device', icon: 'smartphone', checkCallback: offered(running, () => actions.addDevice()) },
    { id: 'show-sync-status', name: 'Show sync status', icon: 'radio', callback: () => actions.openStatus() },
    { id: 'open-inbox', name: 'Open inbox', icon: 'inbox', checkCallback: offered(running, () => actions.openInbox()) },
    { id: 'restore-deleted-block', name: 'Restore a deleted block', icon: 'archive-restore', checkCallback: offered(running, () => actions.openDeleted()) },
    { id: 'verify-now', name: 'Verify now', icon: 'list-checks', checkCallback: offered(running, () => actions.verify()) },
    { id: 'export-live-blocks', name: 'Export all live blocks to a note', icon: 'file-output', checkCallback: offered(running, () => actions.exportBlocks()) },
    {
      id: 'check-connection',
      name: 'Check the connection',
      icon: 'wifi',
      checkCallback: offered(() => device.phase !== 'not-set-up', () => actions.checkConnection()),
    },
    { id: 'inspect-frames', name: 'Inspect frames', icon: 'activity', checkCallback: offered(() => device.phase !== 'not-set-up', () => actions.inspectFrames()) },
    { id: 'copy-diagnostic-report', name: 'Copy diagnostic report', icon: 'copy', callback: () => void actions.copyReport() },
    { id: 'leave-space', name: 'Leave this space', icon: 'log-out', checkCallback: offered(() => device.phase !== 'not-set-up', () => actions.leave()) },
  ];
}

function titleOf(peer: Peer, blockId: string): string {
  return peer.blocks().find((block) => block.blockId === blockId)?.title ?? '';
}

function atCursor(device: LocalDevice, editor: Editor, context: unknown, run: (peer: Peer, path: string, line: number) => boolean): boolean {
  const { peer } = device;
  if (!peer || !(context instanceof MarkdownView) || !context.file || context.getMode() !== 'source') return false;
  return run(peer, context.file.path, editor.getCursor().line);
}

/** Waits, and tells a failure in words. */
export async function tell(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    const { message, hint } = problemOf(error);
    new Notice(`${message} ${hint}`.trim(), 10_000);
  }
}
