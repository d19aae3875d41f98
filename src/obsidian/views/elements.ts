/** Small building blocks of Blockwire's views, over Obsidian's own DOM functions. */
import { setIcon, setTooltip } from 'obsidian';

export interface ButtonOptions {
  readonly text: string;
  readonly label?: string;
  readonly primary?: boolean;
  readonly danger?: boolean;
  /** A rejection is shown by `run` itself; the button is disabled meanwhile. */
  readonly run: () => void | Promise<void>;
}

export function addButton(parent: HTMLElement, { text, label, primary, danger, run }: ButtonOptions): HTMLButtonElement {
  const button = parent.createEl('button', { text, cls: primary ? 'mod-cta' : danger ? 'mod-warning' : '', attr: { type: 'button' } });
  if (label) button.setAttribute('aria-label', label);
  button.addEventListener('click', () => {
    const done = run();
    if (!(done instanceof Promise)) return;
    button.disabled = true;
    void done.finally(() => (button.disabled = false));
  });
  return button;
}

export function addIconTo(parent: HTMLElement, icon: string, cls: string): HTMLElement {
  const el = parent.createSpan({ cls: `blockwire-icon ${cls}`, attr: { 'aria-hidden': 'true' } });
  setIcon(el, icon);
  return el;
}

export function addIconButton(parent: HTMLElement, icon: string, label: string, run: () => void): void {
  const button = parent.createEl('button', { cls: 'clickable-icon', attr: { type: 'button', 'aria-label': label } });
  setIcon(button, icon);
  setTooltip(button, label);
  button.addEventListener('click', run);
}

/** A paragraph that screen readers announce when it changes. */
export function addStatusLine(parent: HTMLElement, cls = ''): HTMLElement {
  return parent.createEl('p', { cls: `blockwire-status-line ${cls}`, attr: { role: 'status', 'aria-live': 'polite' } });
}

export function setText(el: HTMLElement, text: string, tone: 'plain' | 'error' = 'plain'): void {
  el.setText(text);
  el.toggleClass('blockwire-error', tone === 'error');
}
