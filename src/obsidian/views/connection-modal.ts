/** Check the connection: each hop as it is known. */
import { Modal, type App } from 'obsidian';
import { verdictOf, type HopResult } from '../../doctor';
import { addButton, addIconTo, addStatusLine, setText } from './elements';

/** Longer than the idle time-outs of most proxies and routers, s. */
const IDLE = 35;

const LOOKS: Readonly<Record<HopResult['state'], readonly [icon: string, word: string]>> = {
  ok: ['check', 'works'],
  warning: ['alert-triangle', 'works, with a warning'],
  failed: ['x', 'fails'],
  skipped: ['minus', 'not tried'],
};

export class ConnectionModal extends Modal {
  #open = false;
  constructor(
    app: App,
    private readonly check: (idle: number) => AsyncIterable<HopResult>,
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
    const runs = [
      addButton(buttons, { text: `Test ${IDLE} s of silence`, run: () => run(IDLE) }),
      addButton(buttons, { text: 'Check again', run: () => run(0) }),
    ];
    const run = async (idle: number): Promise<void> => {
      for (const button of runs) button.disabled = true;
      await this.#run(list, status, idle);
      for (const button of runs) button.disabled = false;
    };
    addButton(buttons, { text: 'Close', primary: true, run: () => this.close() });
    void run(0);
  }

  override onClose(): void {
    this.#open = false;
    this.contentEl.empty();
  }

  async #run(list: HTMLElement, status: HTMLElement, idle: number): Promise<void> {
    list.empty();
    setText(status, 'Checking…');
    const results: HopResult[] = [];
    try {
      for await (const result of this.check(idle * 1_000)) {
        if (!this.#open) return;
        results.push(result);
        this.#add(list, result);
        if (idle > 0 && result.hop === 'live') setText(status, `Leaving the connection silent for ${idle} s…`);
      }
    } catch (error) {
      setText(status, `The check itself failed: ${error instanceof Error ? error.message : String(error)}`, 'error');
      return;
    }
    const verdict = verdictOf(results);
    if (verdict !== null) list.children[results.indexOf(verdict)]?.scrollIntoView({ block: 'nearest' });
    if (verdict?.state === 'failed') setText(status, `The first hop that fails: ${verdict.name}. Your notes are safe; edits wait on this device.`, 'error');
    else setText(status, verdict === null ? 'Everything on the way works.' : `It works. See the warning: ${verdict.name}.`);
  }

  #add(list: HTMLElement, { name, state, text, cure }: HopResult): void {
    const [icon, word] = LOOKS[state];
    const item = list.createEl('li', { cls: `blockwire-hop is-${state}` });
    addIconTo(item, icon, 'blockwire-hop-icon');
    const words = item.createDiv();
    words.createDiv({ cls: 'blockwire-hop-name', text: `${name}: ${word}` });
    words.createDiv({ text });
    if (cure) words.createDiv({ cls: 'blockwire-hop-cure', text: cure });
    item.scrollIntoView({ block: 'nearest' });
  }
}
