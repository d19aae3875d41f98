/** The frames inspector: what passes between this device and the relay while the view is open, read with this device's own key. Nothing of it is kept or logged. */
import { ItemView, type WorkspaceLeaf } from 'obsidian';
import type { FrameTap } from '../../transport';
import { cellsOf, COLUMNS, fits, timeText } from '../frames/frame-cells';
import { FrameLog, KEPT_FRAMES, type FrameRow } from '../frames/frame-log';
import { frameParts } from '../frames/frame-words';
import type { LocalDevice } from '../local-device';
import type { Summary } from '../status/summary';
import { count } from '../status/time-text';
import { addButton, addIconButton, addIconTo, addStatusLine, setText } from './elements';

export const FRAMES_VIEW = 'blockwire-frames';

export interface FramesViewOptions {
  readonly device: LocalDevice;
  readonly tap: FrameTap;
  readonly summary: () => Summary;
}

/** Frames that came are drawn this much later, ms, all at once. */
const DRAW_AFTER = 100;
/** Pixels from the end at which the list still follows what comes. */
const AT_END = 30;
const HEADERS: Readonly<Record<string, string>> = { time: 'Time', kind: 'Kind', document: 'Document', entries: 'Entries', size: 'Size', ack: 'Ack', lane: 'Lane', transport: 'Transport' };
/** What ends a connection is about no document, and stands in its place. */
const SHOWN = COLUMNS.filter((column) => column !== 'code');
/** Rows that Page Up and Page Down move by. */
const PAGE = 10;

export class FramesView extends ItemView {
  readonly #options: FramesViewOptions;
  readonly #log = new FrameLog(() => Date.now());
  /** Rows in the list, in its order. */
  readonly #drawn = new Map<FrameRow, HTMLElement>();
  readonly #changed = new Set<FrameRow>();
  /** The last row that was drawn or left out by the filter. */
  #reached = 0;
  #selected: FrameRow | null = null;
  #paused = false;
  #stopWatching = (): void => undefined;
  #timer = 0;
  #filter!: HTMLInputElement;
  #pause!: HTMLButtonElement;
  #state!: HTMLElement;
  #list!: HTMLElement;
  #empty!: HTMLElement;
  #detail!: HTMLElement;

  constructor(leaf: WorkspaceLeaf, options: FramesViewOptions) {
    super(leaf);
    this.#options = options;
    this.navigation = false;
  }

  getViewType(): string {
    return FRAMES_VIEW;
  }
  getDisplayText(): string {
    return 'Blockwire frames';
  }
  override getIcon(): string {
    return 'activity';
  }

  override async onOpen(): Promise<void> {
    const { contentEl } = this;
    contentEl.addClass('blockwire-frames-view');
    const bar = contentEl.createDiv({ cls: 'blockwire-frames-bar' });
    this.#pause = addButton(bar, { text: 'Pause', run: () => this.#setPaused(!this.#paused) });
    addButton(bar, { text: 'Clear', run: () => this.#clear() });
    this.#filter = bar.createEl('input', { attr: { type: 'search', 'aria-label': 'Filter', placeholder: 'Filter: a word, kind=append, lane=bulk', spellcheck: 'false' } });
    this.#filter.addEventListener('input', () => this.#redraw());
    this.#state = addStatusLine(contentEl, 'blockwire-row-text');
    const body = contentEl.createDiv({ cls: 'blockwire-frames-body' });
    const frames = body.createDiv({ cls: 'blockwire-frames' });
    const header = frames.createDiv({ cls: 'blockwire-frame blockwire-frames-header', attr: { 'aria-hidden': 'true' } });
    for (const column of SHOWN) header.createSpan({ cls: `is-${column}`, text: HEADERS[column] ?? '' });
    this.#list = frames.createDiv({ cls: 'blockwire-frames-list', attr: { role: 'listbox', 'aria-label': 'Frames', tabindex: '0' } });
    this.#list.addEventListener('keydown', (event) => this.#keyPressed(event));
    this.#list.addEventListener('click', ({ target }) => {
      const id = (target as HTMLElement).closest('[data-frame]')?.getAttribute('data-frame');
      const row = this.#log.rows.find((one) => String(one.id) === id);
      if (row) this.#select(row);
    });
    this.#empty = frames.createDiv({ cls: 'blockwire-frames-empty blockwire-row-text' });
    this.#detail = body.createDiv({ cls: 'blockwire-frames-detail', attr: { role: 'region', 'aria-label': 'Contents of the frame' } });
    this.register(this.#options.device.onChange(() => this.#drawSoon()));
    this.#setPaused(false);
  }

  override async onClose(): Promise<void> {
    this.#stopWatching();
    window.clearTimeout(this.#timer);
    this.#log.clear();
    this.#drawn.clear();
    this.contentEl.empty();
  }

  /** While it is paused nothing is listened to: what passes is not kept. */
  #setPaused(paused: boolean): void {
    this.#paused = paused;
    this.#pause.setText(paused ? 'Go on' : 'Pause');
    this.#pause.setAttribute('aria-pressed', String(paused));
    this.#stopWatching();
    if (!paused)
      this.#stopWatching = this.#options.tap.watch((passing) => {
        for (const row of this.#log.take(passing)) this.#changed.add(row);
        this.#drawSoon();
      });
    this.#draw();
  }

  #clear(): void {
    this.#log.clear();
    this.#select(null);
    this.#redraw();
  }

  #drawSoon(): void {
    this.#timer ||= window.setTimeout(() => {
      this.#timer = 0;
      this.#draw();
    }, DRAW_AFTER);
  }

  #redraw(): void {
    this.#drawn.clear();
    this.#list.empty();
    this.#reached = 0;
    this.#draw();
  }

  #draw(): void {
    const { rows, dropped } = this.#log;
    const list = this.#list;
    const follows = list.scrollHeight - list.scrollTop - list.clientHeight < AT_END;
    const oldest = rows[0]?.id ?? Infinity;
    for (const [row, el] of this.#drawn) {
      if (row.id >= oldest) break;
      el.remove();
      this.#drawn.delete(row);
    }
    for (const row of this.#changed) {
      const before = this.#drawn.get(row);
      if (before) this.#fill(before, row);
    }
    this.#changed.clear();
    for (const row of rows) {
      if (row.id <= this.#reached) continue;
      this.#reached = row.id;
      if (!fits(this.#cells(row), this.#filter.value.trim())) continue;
      const el = list.createDiv({ cls: `blockwire-frame is-${row.direction}${row.code === null ? '' : ' is-refused'}`, attr: { role: 'option', id: this.#idOf(row), 'data-frame': row.id, 'aria-selected': row === this.#selected } });
      this.#fill(el, row);
      this.#drawn.set(row, el);
    }
    if (follows) list.scrollTop = list.scrollHeight;
    const { headline, detail } = this.#options.summary();
    const shown = this.#drawn.size === rows.length ? count(rows.length, 'frame') : `${this.#drawn.size} of ${count(rows.length, 'frame')}`;
    const words = [this.#paused ? 'Paused: what passes now is not shown' : headline, shown, dropped > 0 ? `the newest ${KEPT_FRAMES} at most` : ''].filter(Boolean).join(' · ');
    if (this.#state.textContent !== words) setText(this.#state, words);
    this.#empty.setText(this.#drawn.size > 0 ? '' : rows.length > 0 ? 'No frame fits the filter.' : this.#emptyWords(headline, detail));
  }

  #emptyWords(headline: string, detail: string): string {
    const { device } = this.#options;
    if (this.#paused) return '';
    if (device.phase === 'not-set-up') return 'This vault is not set up yet, so nothing passes. Run “Set up” first.';
    if (device.sync?.phase !== 'live') return `${headline}. ${detail}`.trim();
    return 'Each frame that goes to the relay or comes from it shows here from now on. Type in a live block to see one.';
  }

  #cells(row: FrameRow): ReturnType<typeof cellsOf> {
    return cellsOf(row, (alias) => this.#options.device.peer?.sealed.nameOf(alias) ?? null);
  }

  #fill(el: HTMLElement, row: FrameRow): void {
    const cells = this.#cells(row);
    el.empty();
    for (const column of SHOWN) {
      const text = column === 'direction' ? '' : column === 'document' ? `${cells.document} ${cells.code}`.trim() : cells[column];
      const cell = el.createSpan({ cls: `is-${column}`, text });
      if (column !== 'direction') continue;
      addIconTo(cell, row.direction === 'out' ? 'arrow-up' : 'arrow-down', '');
      cell.createSpan({ cls: 'blockwire-unseen', text: row.direction });
    }
  }

  #idOf(row: FrameRow): string {
    return `blockwire-frame-${row.id}`;
  }

  #keyPressed(event: KeyboardEvent): void {
    const rows = [...this.#drawn.keys()];
    const at = this.#selected ? rows.indexOf(this.#selected) : -1;
    const last = rows.length - 1;
    const places: Readonly<Record<string, number>> = { ArrowDown: at + 1, ArrowUp: at < 0 ? last : at - 1, PageDown: at + PAGE, PageUp: at - PAGE, Home: 0, End: last };
    const wanted = places[event.key];
    if (wanted !== undefined && rows.length > 0) this.#select(rows[Math.max(0, Math.min(last, wanted))] ?? null);
    else if (event.key === 'Escape' && this.#selected) this.#select(null);
    else return;
    event.preventDefault();
  }

  #select(row: FrameRow | null): void {
    if (this.#selected) this.#drawn.get(this.#selected)?.setAttribute('aria-selected', 'false');
    this.#selected = row;
    const el = row && this.#drawn.get(row);
    el?.setAttribute('aria-selected', 'true');
    this.#list.setAttribute('aria-activedescendant', el?.id ?? '');
    void this.#show(row);
    el?.scrollIntoView({ block: 'nearest' });
  }

  async #show(row: FrameRow | null): Promise<void> {
    if (row === null) return this.#detail.empty();
    const parts = row.frame ? await frameParts(row.frame, this.#options.device.peer?.sealed ?? null) : [];
    if (this.#selected !== row) return; // another was chosen meanwhile
    const detail = this.#detail;
    detail.empty();
    const head = detail.createDiv({ cls: 'blockwire-frames-detail-head' });
    head.createDiv({ cls: 'blockwire-row-title', text: `${row.kind} ${row.direction === 'out' ? 'to' : 'from'} the relay, ${timeText(row.time)}` });
    addIconButton(head, 'x', 'Close', () => {
      this.#select(null);
      this.#list.focus();
    });
    for (const { title, lines } of parts) {
      detail.createDiv({ cls: 'blockwire-frames-part', text: title });
      for (const line of lines) detail.createDiv({ cls: 'blockwire-row-text', text: line });
    }
    if (parts.length === 0) detail.createDiv({ cls: 'blockwire-row-text', text: row.kind.startsWith('type ') ? 'This version of Blockwire does not know this kind of frame.' : row.code ?? 'It holds nothing else.' });
    else detail.createDiv({ cls: 'blockwire-row-text blockwire-frames-hint', text: 'Read on this device with its own key. The relay sees the sealed bytes alone.' });
  }
}
