/** The status where it is always seen: the status bar on a computer, the view's header on a phone. An icon, and words only when needed. */
import { MarkdownView, setIcon, setTooltip, type Plugin } from 'obsidian';
import type { Summary } from '../status/summary';

export class StatusBar {
  readonly #item: HTMLElement;
  #shown = '';

  constructor(plugin: Plugin, onClick: () => void) {
    this.#item = plugin.addStatusBarItem();
    this.#item.addClass('blockwire-status-bar', 'mod-clickable');
    this.#item.setAttribute('role', 'button');
    this.#item.setAttribute('tabindex', '0');
    plugin.registerDomEvent(this.#item, 'click', onClick);
    plugin.registerDomEvent(this.#item, 'keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      onClick();
    });
  }

  show(summary: Summary): void {
    const shown = JSON.stringify(summary);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#item.empty();
    setIcon(this.#item.createSpan({ cls: `blockwire-icon is-${summary.tone}` }), summary.icon);
    if (summary.short) this.#item.createSpan({ text: summary.short });
    const label = labelOf(summary);
    this.#item.setAttribute('aria-label', label);
    setTooltip(this.#item, label, { placement: 'top' });
  }
}

/** One action in the header of every note. */
export class HeaderStatus {
  readonly #actions = new Map<MarkdownView, HTMLElement>();
  #summary: Summary | null = null;

  constructor(
    private readonly plugin: Plugin,
    private readonly onClick: () => void,
  ) {
    plugin.registerEvent(plugin.app.workspace.on('layout-change', () => this.#place()));
    plugin.register(() => this.#actions.forEach((action) => action.remove()));
  }

  show(summary: Summary): void {
    if (this.#summary && JSON.stringify(this.#summary) === JSON.stringify(summary)) return;
    this.#summary = summary;
    this.#place();
    this.#actions.forEach((action) => this.#draw(action, summary));
  }

  #place(): void {
    const summary = this.#summary;
    if (!summary) return;
    const open = new Set<MarkdownView>();
    for (const { view } of this.plugin.app.workspace.getLeavesOfType('markdown')) {
      if (!(view instanceof MarkdownView)) continue;
      open.add(view);
      if (this.#actions.has(view)) continue;
      const action = view.addAction(summary.icon, labelOf(summary), this.onClick);
      action.addClass('blockwire-header-status');
      this.#actions.set(view, action);
      this.#draw(action, summary);
    }
    for (const view of [...this.#actions.keys()]) if (!open.has(view)) this.#actions.delete(view);
  }

  #draw(action: HTMLElement, summary: Summary): void {
    setIcon(action, summary.icon);
    action.setAttribute('aria-label', labelOf(summary));
    for (const tone of ['quiet', 'good', 'busy', 'attention', 'error']) action.toggleClass(`is-${tone}`, tone === summary.tone);
  }
}

function labelOf({ headline, detail }: Summary): string {
  return `Blockwire: ${headline}. ${detail}`.replace(/\.\. /, '. ').trim();
}
