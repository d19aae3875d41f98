/** The status view: the whole, questions, inbox, files on their way, blocks, devices and what was deleted lately. Each part is drawn anew only when it says something else. */
import { ItemView, type WorkspaceLeaf } from 'obsidian';
import { fileText, percentOf, type BlockStatus, type FileStatus, type InboxItem, type Peer, type Question, type TrashedBlock } from '../../peer';
import type { LocalDevice } from '../local-device';
import { stateClass } from '../status/block-state';
import { blockText, deviceText } from '../status/block-text';
import { deletedText, deletedTitle } from '../status/deleted-text';
import { summarize, type Summary } from '../status/summary';
import { count, momentText } from '../status/time-text';
import { addButton, addIconButton, addIconTo } from './elements';
import { hasLosses } from '../status/loss-text';

export const STATUS_VIEW = 'blockwire-status';

export interface StatusActions {
  setUp(): void;
  addDevice(): void;
  checkConnection(): void;
  inspectFrames(): void;
  retry(): void;
  openBlock(block: BlockStatus): void;
  createNote(peer: Peer, blockId: string): Promise<void>;
  restore(peer: Peer, blockId: string): Promise<void>;
  answer(peer: Peer, question: Question, answerId: string): Promise<void>;
  showLosses(peer: Peer, question: Question): void;
  showHistory(peer: Peer, blockId: string, title: string): void;
}

export interface StatusViewOptions {
  readonly device: LocalDevice;
  readonly actions: StatusActions;
  readonly tag: () => string;
  readonly summary: () => Summary;
}

/** Ages ("5 min ago") are told anew this often, in ms. */
const TICK = 10_000;
/** Blocks shown at first; all others by a button. */
const FIRST_BLOCKS = 50;
const FIRST_DELETED = 5;
const FIRST_FILES = 10;
/** Deleted blocks are read from the store: when blocks come or go, and this often, in ms. */
const READ_DELETED = 60_000;

export class StatusView extends ItemView {
  readonly #options: StatusViewOptions;
  readonly #parts = new Map<string, { el: HTMLElement; shown: string }>();
  #inbox: readonly InboxItem[] = [];
  #deleted: readonly TrashedBlock[] = [];
  /** What the deleted blocks were read for: the peer, its live blocks, the minute. */
  #deletedFor = '';
  #allBlocks = false;
  #allDeleted = false;
  #allFiles = false;
  #drawing = false;
  #again = false;

  constructor(leaf: WorkspaceLeaf, options: StatusViewOptions) {
    super(leaf);
    this.#options = options;
    this.navigation = false;
  }

  getViewType(): string {
    return STATUS_VIEW;
  }
  getDisplayText(): string {
    return 'Blockwire status';
  }
  override getIcon(): string {
    return 'radio';
  }

  override async onOpen(): Promise<void> {
    this.contentEl.addClass('blockwire-status-view');
    this.register(this.#options.device.onChange(() => this.#draw()));
    this.registerInterval(window.setInterval(() => this.#draw(), TICK));
    this.#draw();
  }

  override async onClose(): Promise<void> {
    this.#parts.clear();
    this.contentEl.empty();
  }

  showInbox(): void {
    const el = this.#parts.get('inbox')?.el;
    el?.scrollIntoView({ block: 'start' });
    el?.querySelector<HTMLElement>('button, h4')?.focus();
  }

  /** @returns whether there is one */
  async showDeleted(): Promise<boolean> {
    this.#deletedFor = '';
    await this.#readDeleted();
    this.#drawParts();
    const el = this.#parts.get('deleted')?.el;
    el?.scrollIntoView({ block: 'start' });
    el?.querySelector<HTMLElement>('button')?.focus();
    return this.#deleted.length > 0;
  }

  /** Reading the inbox takes time; changes meanwhile are drawn once, afterwards. */
  #draw(): void {
    if (this.#drawing) {
      this.#again = true;
      return;
    }
    this.#drawing = true;
    void Promise.all([this.#readInbox(), this.#readDeleted()]).then(() => {
      this.#drawing = false;
      this.#drawParts();
      if (!this.#again) return;
      this.#again = false;
      this.#draw();
    });
    this.#drawParts();
  }

  async #readInbox(): Promise<void> {
    try {
      this.#inbox = (await this.#options.device.peer?.inbox()) ?? [];
    } catch {
      // The peer is stopping; what it showed last stays until it says otherwise.
    }
  }

  async #readDeleted(): Promise<void> {
    const { peer } = this.#options.device;
    const wanted = peer ? JSON.stringify([Math.floor(Date.now() / READ_DELETED), peer.blocks().map(({ blockId }) => blockId)]) : '';
    if (wanted === this.#deletedFor && wanted !== '') return;
    this.#deletedFor = wanted;
    try {
      this.#deleted = (await peer?.trashedBlocks()) ?? [];
    } catch {
      this.#deletedFor = '';
    }
  }

  #drawParts(): void {
    const { device, tag } = this.#options;
    const { peer } = device;
    const now = Date.now();
    const questions = peer?.questions() ?? [];
    const blocks = peer?.blocks().filter((block) => block.state !== 'inbox') ?? [];
    const devices = peer?.devices() ?? [];
    const summary = this.#options.summary();
    this.#part('summary', JSON.stringify([summary, device.phase]), (el) => this.#summary(el, summary));
    this.#part('questions', JSON.stringify(questions), (el) => questions.length > 0 && peer && this.#questions(el, peer, questions, now));
    this.#part('inbox', JSON.stringify([peer !== null, this.#inbox]), (el) => peer && this.#inboxPart(el, peer));
    const files = peer?.files() ?? [];
    const problem = peer?.filesProblem() ?? null;
    this.#part('files', JSON.stringify([problem, this.#allFiles, files.map((file) => [file.id, file.note, file.state, fileText(file)])]), (el) => peer && this.#files(el, peer, files, problem));
    const lines = blocks.map((block) => blockText(block, now));
    this.#part('blocks', JSON.stringify([peer !== null, tag(), this.#allBlocks, blocks.map(({ blockId, title, state, path }) => [blockId, title, state, path]), lines]), (el) => peer && this.#blocks(el, peer, blocks, lines));
    const deviceLines = devices.map((one) => deviceText(one, now));
    this.#part('devices', JSON.stringify([peer !== null, devices.map(({ device: id, name }) => [id, name]), deviceLines]), (el) => {
      if (!peer) return;
      el.createEl('h4', { text: 'Devices' });
      const list = el.createEl('ul', { cls: 'blockwire-list' });
      devices.forEach((one, i) => {
        const item = list.createEl('li', { cls: 'blockwire-device' });
        item.createDiv({ cls: 'blockwire-row-title', text: one.name });
        item.createDiv({ cls: 'blockwire-row-text', text: deviceLines[i] ?? '' });
      });
      addButton(el.createDiv({ cls: 'blockwire-buttons' }), { text: 'Add a device', run: () => this.#options.actions.addDevice() });
    });
    const deletedLines = this.#deleted.map((block) => deletedText(block, now));
    this.#part('deleted', JSON.stringify([peer !== null, this.#allDeleted, this.#deleted.map(({ blockId }) => blockId), deletedLines]), (el) => peer && this.#deletedPart(el, peer, deletedLines));
  }

  /** Draws a part anew if what it shows changed, and keeps the keyboard's place in it. */
  #part(name: string, shown: string, build: (el: HTMLElement) => unknown): void {
    let part = this.#parts.get(name);
    if (!part) this.#parts.set(name, (part = { el: this.contentEl.createDiv({ cls: `blockwire-part blockwire-part-${name}` }), shown: '' }));
    if (part.shown === shown) return;
    part.shown = shown;
    const focusable = [...part.el.querySelectorAll<HTMLElement>('button, a')];
    const focused = focusable.findIndex((el) => el === el.ownerDocument.activeElement);
    const { scrollTop } = this.contentEl;
    part.el.empty();
    build(part.el);
    if (focused >= 0) part.el.querySelectorAll<HTMLElement>('button, a')[focused]?.focus({ preventScroll: true });
    this.contentEl.scrollTop = scrollTop;
  }

  #summary(el: HTMLElement, summary: Summary): void {
    const { device, actions } = this.#options;
    const line = el.createDiv({ cls: `blockwire-summary is-${summary.tone}`, attr: { role: 'status', 'aria-live': 'polite' } });
    addIconTo(line, summary.icon, 'blockwire-summary-icon');
    const words = line.createDiv();
    words.createDiv({ cls: 'blockwire-summary-headline', text: summary.headline });
    if (summary.detail) words.createDiv({ cls: 'blockwire-row-text', text: summary.detail });
    if (device.phase === 'not-set-up') this.#firstSteps(el);
    const buttons = el.createDiv({ cls: 'blockwire-buttons' });
    if (device.phase === 'not-set-up') {
      addButton(buttons, { text: 'Set up', primary: true, run: () => actions.setUp() });
      return;
    }
    if (device.phase === 'failed') addButton(buttons, { text: 'Try again', primary: true, run: () => actions.retry() });
    addButton(buttons, { text: 'Check the connection', run: () => actions.checkConnection() });
    addButton(buttons, { text: 'Inspect frames', run: () => actions.inspectFrames() });
  }

  #firstSteps(el: HTMLElement): void {
    const steps = el.createEl('ol', { cls: 'blockwire-steps' });
    steps.createEl('li', { text: 'Run "npx blockwire relay" on any computer. It shows a link.' });
    steps.createEl('li', { text: 'Paste that link here with "Set up".' });
    steps.createEl('li', { text: 'Add your other devices with the code that "Add a device" shows.' });
  }

  #questions(el: HTMLElement, peer: Peer, questions: readonly Question[], now: number): void {
    el.createEl('h4', { text: questions.length === 1 ? 'A question' : 'Questions' });
    for (const question of questions) {
      const card = el.createDiv({ cls: 'blockwire-card is-attention', attr: { role: 'group', 'aria-label': question.message } });
      card.createDiv({ text: question.message });
      card.createDiv({ cls: 'blockwire-row-text', text: [question.path, momentText(question.since, now)].filter(Boolean).join(', ') });
      const buttons = card.createDiv({ cls: 'blockwire-buttons' });
      if (hasLosses(question)) addButton(buttons, { text: 'Show what would go', run: () => this.#options.actions.showLosses(peer, question) });
      question.answers.forEach(({ id, label }, i) => addButton(buttons, { text: label, primary: i === 0, run: () => this.#options.actions.answer(peer, question, id) }));
    }
  }

  #inboxPart(el: HTMLElement, peer: Peer): void {
    if (this.#inbox.length === 0) return;
    el.createEl('h4', { text: 'Inbox', attr: { tabindex: '-1' } });
    el.createEl('p', { cls: 'blockwire-row-text', text: 'Live blocks whose note does not exist in this vault. They move into it when it appears.' });
    for (const item of this.#inbox) {
      const where = item.home.day ?? item.home.path;
      const card = el.createDiv({ cls: 'blockwire-card', attr: { role: 'group', 'aria-label': `Block for ${where}` } });
      card.createDiv({ cls: 'blockwire-row-text', text: [where, ...item.home.headings].join(' › ') });
      card.createDiv({ cls: 'blockwire-block-text', text: item.text });
      addButton(card.createDiv({ cls: 'blockwire-buttons' }), {
        text: 'Create note',
        label: `Create the note for ${where}`,
        run: () => this.#options.actions.createNote(peer, item.blockId),
      });
    }
  }

  #deletedPart(el: HTMLElement, peer: Peer, lines: readonly string[]): void {
    if (this.#deleted.length === 0) return;
    el.createEl('h4', { text: 'Deleted lately' });
    el.createEl('p', { cls: 'blockwire-row-text', text: 'Kept for 30 days. A restored block comes back on every device.' });
    const list = el.createEl('ul', { cls: 'blockwire-list' });
    const most = this.#allDeleted ? this.#deleted.length : FIRST_DELETED;
    this.#deleted.slice(0, most).forEach((block, i) => {
      const item = list.createEl('li', { cls: 'blockwire-deleted' });
      const title = deletedTitle(block);
      const words = item.createDiv({ cls: 'blockwire-deleted-words' });
      words.createDiv({ cls: 'blockwire-row-title', text: title });
      words.createDiv({ cls: 'blockwire-row-text', text: lines[i] ?? '' });
      addIconButton(item, 'history', `History of ${title}`, () => this.#options.actions.showHistory(peer, block.blockId, title));
      addButton(item.createDiv({ cls: 'blockwire-buttons' }), { text: 'Restore', label: `Restore ${title}`, run: () => this.#restore(peer, block.blockId) });
    });
    if (this.#deleted.length <= most) return;
    addButton(el.createDiv({ cls: 'blockwire-buttons' }), {
      text: `Show all ${count(this.#deleted.length, 'deleted block')}`,
      run: () => {
        this.#allDeleted = true;
        this.#drawParts();
      },
    });
  }

  async #restore(peer: Peer, blockId: string): Promise<void> {
    await this.#options.actions.restore(peer, blockId);
    this.#deletedFor = '';
    this.#draw();
  }

  #files(el: HTMLElement, peer: Peer, files: readonly FileStatus[], problem: string | null): void {
    if (files.length === 0) return;
    el.createEl('h4', { text: 'Files' });
    if (problem) el.createEl('p', { cls: 'blockwire-row-text', text: problem });
    const list = el.createEl('ul', { cls: 'blockwire-list' });
    const most = this.#allFiles ? files.length : FIRST_FILES;
    for (const file of files.slice(0, most)) {
      const item = list.createEl('li', { cls: `blockwire-file is-${file.state}` });
      const name = file.target.slice(file.target.lastIndexOf('/') + 1);
      const words = item.createDiv({ cls: 'blockwire-file-words' });
      words.createDiv({ cls: 'blockwire-row-title', text: name });
      words.createDiv({ cls: 'blockwire-row-text', text: [file.note, fileText(file)].join(' · ') });
      if (file.state === 'moving') words.createEl('progress', { attr: { max: '100', value: String(percentOf(file.size, file.done)), 'aria-label': name } });
      if (file.again) addButton(item.createDiv({ cls: 'blockwire-buttons' }), { text: file.again, label: `${file.again}: ${name}`, run: () => peer.retryFile(file.id) });
    }
    if (files.length <= most) return;
    addButton(el.createDiv({ cls: 'blockwire-buttons' }), {
      text: `Show all ${count(files.length, 'file')}`,
      run: () => {
        this.#allFiles = true;
        this.#drawParts();
      },
    });
  }

  #blocks(el: HTMLElement, peer: Peer, blocks: readonly BlockStatus[], lines: readonly string[]): void {
    el.createEl('h4', { text: 'Live blocks' });
    if (blocks.length === 0) {
      el.createEl('p', { cls: 'blockwire-row-text', text: `None yet. Type ${this.#options.tag()} on a bullet and go on to another line, or run "Make block live".` });
      return;
    }
    const list = el.createEl('ul', { cls: 'blockwire-list' });
    const most = this.#allBlocks ? blocks.length : FIRST_BLOCKS;
    blocks.slice(0, most).forEach((block, i) => {
      const item = list.createEl('li', { cls: `blockwire-block ${stateClass(block.state)}` });
      const title = block.title === '' ? 'A block without text' : block.title;
      if (block.path === null) item.createDiv({ cls: 'blockwire-row-title', text: title });
      else addButton(item, { text: title, label: `Open ${title} in ${block.path}`, run: () => this.#options.actions.openBlock(block) }).addClass('blockwire-row-title');
      item.createDiv({ cls: 'blockwire-row-text', text: [lines[i], block.path].filter(Boolean).join(' · ') });
      addIconButton(item, 'history', `History of ${title}`, () => this.#options.actions.showHistory(peer, block.blockId, block.title));
    });
    if (blocks.length <= most) return;
    addButton(el.createDiv({ cls: 'blockwire-buttons' }), {
      text: `Show all ${count(blocks.length, 'block')}`,
      run: () => {
        this.#allBlocks = true;
        this.#drawParts();
      },
    });
  }
}

/** The state of the whole, from what a device can be asked. */
export function summaryOf(device: LocalDevice, now: number): Summary {
  const { peer } = device;
  const blocks = peer?.blocks() ?? [];
  return summarize({
    phase: device.phase,
    problem: device.problem,
    sync: device.sync,
    devices: peer?.devices() ?? [],
    questions: peer?.questions().length ?? 0,
    inbox: blocks.filter((block) => block.state === 'inbox').length,
    blocks: blocks.length,
    now,
  });
}
