import type { InspectedEntry } from '../../../relay';
import { element } from './element';

/** The panel *What the relay sees*: the block in clear beside the bytes that the relay stores of it. */
export class SealedView {
  private newest = -1;

  constructor(private readonly plainText: () => string) {
    const toggle = (open: boolean) => {
      element('seen').hidden = !open;
      element('seen-button').setAttribute('aria-expanded', String(open));
    };
    element('seen-button').addEventListener('click', () => {
      toggle(!this.isOpen);
      void this.refresh();
    });
    element('seen-close').addEventListener('click', () => {
      toggle(false);
      element('seen-button').focus();
    });
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') toggle(false);
    });
  }

  private get isOpen(): boolean {
    return !element('seen').hidden;
  }

  /** Called regularly; asks the relay only while the panel is open. */
  async refresh(): Promise<void> {
    if (!this.isOpen) return;
    element('seen-text').textContent = this.plainText();
    const entries = (await (await fetch('/try/seen')).json()) as readonly InspectedEntry[];
    const newest = entries[0]?.sequence ?? -1;
    if (newest === this.newest && entries.length > 0) return;
    this.newest = newest;
    element('seen-count').textContent = entries.length > 0 ? `· newest first` : '';
    const rows = entries.map((entry) => {
      const row = document.createElement('li');
      const facts = document.createElement('div');
      for (const text of [`#${entry.sequence}`, `device ${entry.device.slice(0, 8)}`, String(entry.kind), `${entry.size} bytes`]) facts.append(Object.assign(document.createElement('span'), { textContent: text }));
      row.append(facts, Object.assign(document.createElement('code'), { textContent: `${entry.bytes}${entry.size * 2 > entry.bytes.length ? '…' : ''}` }));
      return row;
    });
    if (rows.length === 0) rows.push(Object.assign(document.createElement('li'), { className: 'empty', textContent: 'Nothing yet, or the relay is stopped.' }));
    element('seen-list').replaceChildren(...rows);
  }
}
