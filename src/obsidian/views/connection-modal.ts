/** Check the connection: each hop as it is known. */
import { Modal, type App } from 'obsidian';
import type { HopResult } from '../connection/check';
import { addButton, addIconTo, addStatusLine, setText } from './elements';

export class ConnectionModal extends Modal {
  #open = false;
  constructor(
    app: App,
    private readonly check: () => AsyncIterable<HopResult>,
  ) {
    super(app);
  }

  override onOpen(): void {
    this.#open = true;
    this.modalEl.addClass('blockwire-modal');
    this.setTitle('Check the connection');
    const list = this.contentEl.createEl('ol', { cls: 'blockwire-hops' });
    const status = addStatusLine(this.contentEl);
    const buttons = this.contentEl.createDiv({ cls: 'blockwire-buttons' });
    addButton(buttons, { text: 'Check again', run: () => this.#run(list, status) });
    addButton(buttons, { text: 'Close', primary: true, run: () => this.close() });
    void this.#run(list, status);
  }

  override onClose(): void {
    this.#open = false;
    this.contentEl.empty();
  }

  async #run(list: HTMLElement, status: HTMLElement): Promise<void> {
    list.empty();
    setText(status, 'Checking…');
    let last: HopResult | null = null;
    try {
      for await (const result of this.check()) {
        if (!this.#open) return;
        last = result;
        this.#add(list, result);
      }
    } catch (error) {
      setText(status, `The check itself failed: ${error instanceof Error ? error.message : String(error)}`, 'error');
      return;
    }
    setText(status, last?.ok ? 'Everything on the way works.' : `The first hop that fails: ${last?.name ?? 'none was reached'}. Your notes are safe; edits wait on this device.`, last?.ok ? 'plain' : 'error');
  }

  #add(list: HTMLElement, { name, ok, text, cure }: HopResult): void {
    const item = list.createEl('li', { cls: `blockwire-hop ${ok ? 'is-ok' : 'is-failed'}` });
    addIconTo(item, ok ? 'check' : 'x', 'blockwire-hop-icon');
    const words = item.createDiv();
    words.createDiv({ cls: 'blockwire-hop-name', text: `${name}: ${ok ? 'works' : 'fails'}` });
    words.createDiv({ text });
    if (cure) words.createDiv({ cls: 'blockwire-hop-cure', text: cure });
  }
}
