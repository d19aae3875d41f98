/** What a text was: its versions, each compared with what it is now, to be copied or had back. */
import { Modal, type App } from 'obsidian';
import { shortened } from '../../peer';
import type { BlockVersion, Peer } from '../../peer';
import { problemOf } from '../local-device';
import { differences } from '../status/text-differences';
import { differenceText, versionTime } from '../status/version-text';
import { drawLines } from './diff-lines';
import { addButton, addStatusLine, setText } from './elements';

/** A longer text is shown where it differs, in so many lines. */
const LINES = 200;

export interface Past {
  readonly title: string;
  /** When there are no versions. */
  readonly none: string;
  /** Newest first. */
  versions(): Promise<readonly BlockVersion[]>;
  text(version: string): Promise<string>;
  /** As it is now. */
  now(): Promise<string>;
  /** @returns the version that undoes it; null if there is none */
  restore(version: string): Promise<string | null>;
  readonly isDeleted: boolean;
}

export class HistoryModal extends Modal {
  #list!: HTMLElement; // made in onOpen, before anything else runs
  #comparison!: HTMLElement;
  #status!: HTMLElement;
  #buttons!: HTMLElement;
  #chosen = '';

  constructor(
    app: App,
    private readonly past: Past,
  ) {
    super(app);
  }

  override onOpen(): void {
    this.modalEl.addClass('blockwire-modal', 'blockwire-history-modal');
    this.setTitle('History');
    const { contentEl, past } = this;
    contentEl.createEl('p', { cls: 'blockwire-quote', text: past.title });
    const panes = contentEl.createDiv({ cls: 'blockwire-history' });
    this.#list = panes.createDiv({ cls: 'blockwire-versions', attr: { role: 'radiogroup', 'aria-label': 'Versions' } });
    this.#comparison = panes.createDiv({ cls: 'blockwire-comparison', attr: { tabindex: '0', role: 'region', 'aria-label': 'Compared with now' } });
    this.#status = addStatusLine(contentEl);
    this.#buttons = contentEl.createDiv({ cls: 'blockwire-buttons' });
    this.#list.createEl('p', { cls: 'blockwire-row-text', text: 'Reading…' });
    void this.#tell(this.#draw(1));
  }

  override onClose(): void {
    this.contentEl.empty();
  }

  /** @param choose the version that is shown first, counted from the newest */
  async #draw(choose: number): Promise<void> {
    const { past } = this;
    const versions = await past.versions();
    const now = Date.now();
    this.#list.empty();
    this.#comparison.empty();
    this.#buttons.empty();
    this.#list.parentElement?.toggleClass('is-empty', versions.length === 0);
    if (versions.length === 0) {
      this.#list.createEl('p', { cls: 'blockwire-row-text', text: past.none });
      addButton(this.#buttons, { text: 'Close', run: () => this.close() }).focus();
      return;
    }
    const inputs = versions.map(({ id, time, devices }) => {
      const label = this.#list.createEl('label', { cls: 'blockwire-version' });
      const input = label.createEl('input', { attr: { type: 'radio', name: 'blockwire-version', value: id } });
      const words = label.createDiv();
      words.createDiv({ cls: 'blockwire-row-title', text: versionTime(time, now) });
      words.createDiv({ cls: 'blockwire-row-text', text: devices.join(', ') });
      input.addEventListener('change', () => void this.#tell(this.#show(id)));
      return input;
    });
    const chosen = Math.min(choose, versions.length - 1);
    const input = inputs[chosen];
    if (input) input.checked = true;
    input?.focus();
    await this.#show(versions[chosen]?.id ?? '');
  }

  async #show(version: string): Promise<void> {
    const { past } = this;
    this.#chosen = version;
    const [then, now] = await Promise.all([past.text(version), past.now()]);
    if (this.#chosen !== version) return; // another one was chosen meanwhile
    const lines = differences(now, then);
    this.#comparison.empty();
    this.#comparison.createEl('p', { cls: 'blockwire-row-text', text: differenceText(lines, past.isDeleted), attr: { role: 'status' } });
    drawLines(this.#comparison, lines.length <= LINES ? lines : shortened(lines, LINES));
    this.#comparison.scrollTop = 0;
    setText(this.#status, '');
    this.#buttons.empty();
    addButton(this.#buttons, { text: 'Copy', label: 'Copy this version', run: () => this.#tell(this.#copy(then)) });
    if (past.isDeleted || lines.some(({ kind }) => kind !== 'kept')) addButton(this.#buttons, { text: 'Restore', label: 'Restore this version', primary: true, run: () => this.#tell(this.#restore(version)) });
  }

  async #copy(text: string): Promise<void> {
    await navigator.clipboard.writeText(text);
    setText(this.#status, 'Copied.');
  }

  async #restore(version: string): Promise<void> {
    const before = await this.past.restore(version);
    await this.#draw(0);
    setText(this.#status, 'Restored.');
    if (before === null || before === version) return;
    const undo = addButton(this.#buttons, { text: 'Undo', label: 'Undo the restore', run: () => this.#tell(this.#undo(before)) });
    undo.focus();
  }

  async #undo(before: string): Promise<void> {
    await this.past.restore(before);
    await this.#draw(0);
    setText(this.#status, 'As it was before.');
  }

  async #tell(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      const { message, hint } = problemOf(error);
      setText(this.#status, `${message} ${hint}`.trim(), 'error');
    }
  }
}

/** The history of one block, deleted or not. */
export function pastOf(peer: Peer, blockId: string, title: string): Past {
  const isDeleted = (): boolean => !peer.blocks().some((block) => block.blockId === blockId);
  return {
    title: title === '' ? 'A block without text' : title,
    none: 'No versions yet. One is kept when the block was edited and has been quiet for half a minute.',
    versions: () => peer.history(blockId),
    text: (version) => peer.versionText(blockId, version),
    now: () => peer.text(blockId),
    restore: async (version) => {
      const before = isDeleted() ? null : ((await peer.history(blockId))[0]?.id ?? null);
      await peer.restoreVersion(blockId, version);
      return before;
    },
    get isDeleted() {
      return isDeleted();
    },
  };
}

/** What a note was before Blockwire changed it while it was closed. @param now its text in an editor */
export function copiesOf(peer: Peer, path: string, now: () => string): Past {
  const devices = ['Before Blockwire changed it'];
  return {
    title: path,
    none: 'No copies. One is kept, for 30 days, when Blockwire changes this note for the first time in a day while it is closed.',
    versions: async () => peer.noteCopies().filter((copy) => copy.path === path).map(({ id, time }) => ({ id, time, devices })),
    text: (copy) => peer.noteCopy(copy),
    now: async () => now(),
    restore: (copy) => peer.writeBack(copy),
    isDeleted: false,
  };
}
