import type { App } from './app';
import { setIcon } from './icons';

/** Names of keys as the app's scopes give them. */
interface KeyHandler {
  readonly modifiers: string[] | null;
  readonly key: string | null;
  readonly func: (event: KeyboardEvent, context: unknown) => unknown;
}

export class Scope {
  private handlers: KeyHandler[] = [];
  constructor(readonly parent?: Scope) {}

  register(modifiers: string[] | null, key: string | null, func: KeyHandler['func']): KeyHandler {
    const handler = { modifiers, key, func };
    this.handlers.push(handler);
    return handler;
  }
  unregister(handler: KeyHandler): void {
    this.handlers.remove(handler);
  }
  /** Not for plugins. @returns whether a handler took the key */
  handle(event: KeyboardEvent): boolean {
    for (const { modifiers, key, func } of this.handlers) {
      if (key !== null && key.toLowerCase() !== event.key.toLowerCase()) continue;
      if (modifiers !== null && modifiers.some((name) => (name === 'Mod' || name === 'Ctrl' ? !event.ctrlKey && !event.metaKey : name === 'Shift' ? !event.shiftKey : !event.altKey))) continue;
      if (func(event, {}) === false) event.preventDefault();
      return true;
    }
    return this.parent?.handle(event) ?? false;
  }
}

export class Modal {
  readonly scope = new Scope();
  readonly containerEl: HTMLElement;
  readonly modalEl: HTMLElement;
  readonly titleEl: HTMLElement;
  readonly contentEl: HTMLElement;
  shouldRestoreSelection = true;
  private readonly keys = (event: KeyboardEvent) => {
    // Only the topmost dialog hears keys.
    if (this.containerEl === [...document.querySelectorAll('.modal-container')].at(-1)) this.scope.handle(event);
  };
  private focusBefore: Element | null = null;
  private onCloseCallback: (() => unknown) | null = null;
  private isOpen = false;

  constructor(readonly app: App) {
    this.containerEl = createDiv({ cls: 'modal-container mod-dim' });
    this.containerEl.createDiv({ cls: 'modal-bg' }).addEventListener('click', () => this.close());
    this.modalEl = this.containerEl.createDiv({ cls: 'modal', attr: { role: 'dialog', 'aria-modal': true } });
    const closeButton = this.modalEl.createEl('button', { cls: 'modal-close-button clickable-icon', attr: { 'aria-label': 'Close' } });
    setIcon(closeButton, 'x');
    closeButton.addEventListener('click', () => this.close());
    this.titleEl = this.modalEl.createDiv({ cls: 'modal-header' }).createDiv({ cls: 'modal-title' });
    this.contentEl = this.modalEl.createDiv({ cls: 'modal-content' });
    this.scope.register([], 'Escape', () => {
      this.close();
      return false;
    });
  }

  open(): void {
    if (this.isOpen) return;
    this.isOpen = true;
    this.focusBefore = document.activeElement;
    document.body.append(this.containerEl);
    document.addEventListener('keydown', this.keys);
    void (this.onOpen() as unknown);
    (this.modalEl.querySelector<HTMLElement>('input, textarea, .mod-cta') ?? this.modalEl.querySelector('button'))?.focus();
  }
  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    document.removeEventListener('keydown', this.keys);
    this.containerEl.detach();
    this.onClose();
    this.onCloseCallback?.();
    if (this.shouldRestoreSelection && this.focusBefore instanceof HTMLElement) this.focusBefore.focus();
  }
  onOpen(): void {}
  onClose(): void {}
  setTitle(title: string): this {
    this.titleEl.setText(title);
    return this;
  }
  setContent(content: string | DocumentFragment): this {
    this.contentEl.setText(content);
    return this;
  }
  setCloseCallback(callback: () => unknown): this {
    this.onCloseCallback = callback;
    return this;
  }
}

export abstract class SuggestModal<T> extends Modal {
  readonly inputEl: HTMLInputElement;
  readonly resultContainerEl: HTMLElement;
  limit = 100;
  emptyStateText = 'No results found.';
  private values: T[] = [];
  private selected = 0;

  constructor(app: App) {
    super(app);
    this.modalEl.empty();
    this.modalEl.addClass('prompt');
    this.inputEl = this.modalEl.createDiv({ cls: 'prompt-input-container' }).createEl('input', { cls: 'prompt-input', type: 'text' });
    this.resultContainerEl = this.modalEl.createDiv({ cls: 'prompt-results' });
    this.inputEl.addEventListener('input', () => void this.refresh());
    const step = (by: number) => () => {
      this.select(this.selected + by);
      return false;
    };
    this.scope.register([], 'ArrowDown', step(1));
    this.scope.register([], 'ArrowUp', step(-1));
    this.scope.register([], 'Enter', (event) => {
      const value = this.values[this.selected];
      if (value !== undefined) this.selectSuggestion(value, event);
      return false;
    });
  }
  abstract getSuggestions(query: string): T[] | Promise<T[]>;
  abstract renderSuggestion(value: T, el: HTMLElement): unknown;
  abstract onChooseSuggestion(item: T, event: MouseEvent | KeyboardEvent): unknown;

  override open(): void {
    super.open();
    void this.refresh();
  }
  setPlaceholder(placeholder: string): void {
    this.inputEl.placeholder = placeholder;
  }
  setInstructions(instructions: { command: string; purpose: string }[]): void {
    const el = this.modalEl.createDiv({ cls: 'prompt-instructions' });
    for (const { command, purpose } of instructions) el.createDiv({ cls: 'prompt-instruction', text: `${command} ${purpose}` });
  }
  selectSuggestion(value: T, event: MouseEvent | KeyboardEvent): void {
    this.close();
    this.onChooseSuggestion(value, event);
  }
  private async refresh(): Promise<void> {
    this.values = (await this.getSuggestions(this.inputEl.value)).slice(0, this.limit);
    this.resultContainerEl.empty();
    for (const [i, value] of this.values.entries()) {
      const el = this.resultContainerEl.createDiv({ cls: 'suggestion-item' });
      this.renderSuggestion(value, el);
      el.addEventListener('click', (event) => this.selectSuggestion(value, event));
      el.addEventListener('mousemove', () => this.select(i));
    }
    if (this.values.length === 0) this.resultContainerEl.createDiv({ cls: 'suggestion-empty', text: this.emptyStateText });
    this.select(0);
  }
  private select(index: number): void {
    this.selected = Math.max(0, Math.min(index, this.values.length - 1));
    for (const [i, el] of [...this.resultContainerEl.children].entries()) el.toggleClass('is-selected', i === this.selected);
  }
}

export abstract class FuzzySuggestModal<T> extends SuggestModal<{ item: T; match: { score: number; matches: [number, number][] } }> {
  abstract getItems(): T[];
  abstract getItemText(item: T): string;
  abstract onChooseItem(item: T, event: MouseEvent | KeyboardEvent): void;
  getSuggestions(query: string): { item: T; match: { score: number; matches: [number, number][] } }[] {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    return this.getItems()
      .filter((item) => words.every((word) => this.getItemText(item).toLowerCase().includes(word)))
      .map((item) => ({ item, match: { score: 0, matches: [] } }));
  }
  renderSuggestion({ item }: { item: T }, el: HTMLElement): void {
    el.setText(this.getItemText(item));
  }
  onChooseSuggestion({ item }: { item: T }, event: MouseEvent | KeyboardEvent): void {
    this.onChooseItem(item, event);
  }
}

export class Notice {
  readonly noticeEl: HTMLElement;
  readonly containerEl: HTMLElement;
  readonly messageEl: HTMLElement;
  private timer = 0;

  constructor(message: string | DocumentFragment, duration = 5000) {
    const container = document.querySelector<HTMLElement>('.notice-container') ?? document.body.createDiv({ cls: 'notice-container' });
    this.containerEl = this.noticeEl = container.createDiv({ cls: 'notice' });
    this.messageEl = this.noticeEl.createDiv({ cls: 'notice-message' });
    this.messageEl.setText(message);
    this.noticeEl.addEventListener('click', () => this.hide());
    if (duration > 0) this.timer = window.setTimeout(() => this.hide(), duration);
  }
  setMessage(message: string | DocumentFragment): this {
    this.messageEl.setText(message);
    return this;
  }
  hide(): void {
    window.clearTimeout(this.timer);
    this.noticeEl.detach();
  }
}

export class MenuItem {
  readonly dom = createDiv({ cls: 'menu-item tappable', attr: { role: 'menuitem' } });
  private readonly iconEl = this.dom.createDiv({ cls: 'menu-item-icon' });
  private readonly titleEl = this.dom.createDiv({ cls: 'menu-item-title' });
  constructor(private readonly menu: Menu) {}

  setTitle(title: string | DocumentFragment): this { this.titleEl.setText(title); return this; }
  setIcon(icon: string | null): this { setIcon(this.iconEl, icon ?? ''); return this; }
  setChecked(checked: boolean | null): this { this.dom.toggleClass('mod-checked', checked === true); return this; }
  setDisabled(disabled: boolean): this { this.dom.toggleClass('is-disabled', disabled); return this; }
  setWarning(warning: boolean): this { this.dom.toggleClass('is-warning', warning); return this; }
  setIsLabel(label: boolean): this { this.dom.toggleClass('is-label', label); return this; }
  setSection(section: string): this { this.dom.setAttr('data-section', section); return this; }
  onClick(callback: (event: MouseEvent) => unknown): this {
    this.dom.addEventListener('click', (event) => {
      if (this.dom.hasClass('is-disabled')) return;
      this.menu.hide();
      callback(event);
    });
    return this;
  }
} // prettier-ignore

export class Menu {
  readonly dom = createDiv({ cls: 'menu', attr: { role: 'menu' } });
  readonly items: MenuItem[] = [];
  private onHideCallback: (() => unknown) | null = null;
  private readonly outside = (event: Event) => {
    if (!(event.target instanceof Node) || !this.dom.contains(event.target)) this.hide();
  };

  addItem(callback: (item: MenuItem) => unknown): this {
    const item = new MenuItem(this);
    this.items.push(item);
    this.dom.append(item.dom);
    callback(item);
    return this;
  }
  addSeparator(): this {
    this.dom.createDiv({ cls: 'menu-separator' });
    return this;
  }
  setNoIcon(): this {
    return this;
  }
  setUseNativeMenu(_native: boolean): this {
    return this;
  }
  onHide(callback: () => unknown): void {
    this.onHideCallback = callback;
  }
  showAtMouseEvent(event: MouseEvent): this {
    return this.showAtPosition({ x: event.clientX, y: event.clientY });
  }
  showAtPosition({ x, y }: { x: number; y: number }): this {
    document.body.append(this.dom);
    const { width, height } = this.dom.getBoundingClientRect();
    this.dom.setCssStyles({ left: `${Math.max(4, Math.min(x, innerWidth - width - 4))}px`, top: `${Math.max(4, Math.min(y, innerHeight - height - 4))}px` });
    window.setTimeout(() => document.addEventListener('pointerdown', this.outside, true));
    return this;
  }
  hide(): this {
    document.removeEventListener('pointerdown', this.outside, true);
    this.dom.detach();
    this.onHideCallback?.();
    return this;
  }
  close(): void {
    this.hide();
  }
}
