/** All live blocks compared with the devices that are connected: block by block, the worst first. */
import { Modal, type App } from 'obsidian';
import { verifiedWords } from '../../peer';
import type { Peer, VerifiedWords } from '../../peer';
import { problemOf } from '../local-device';
import { addButton, addIconTo, addStatusLine, setText } from './elements';

const LOOKS: Readonly<Record<VerifiedWords['blocks'][number]['worst'], readonly [icon: string, tone: string]>> = {
  same: ['check', 'ok'],
  mended: ['check', 'ok'],
  changing: ['alert-triangle', 'warning'],
  'no-answer': ['alert-triangle', 'warning'],
  differs: ['x', 'failed'],
};

export class VerifyModal extends Modal {
  constructor(
    app: App,
    private readonly peer: Peer,
  ) {
    super(app);
  }

  override onOpen(): void {
    this.modalEl.addClass('blockwire-modal');
    this.setTitle('Verify now');
    const { contentEl } = this;
    const status = addStatusLine(contentEl);
    const list = contentEl.createEl('ul', { cls: 'blockwire-hops', attr: { tabindex: '0', 'aria-label': 'Live blocks' } });
    const buttons = contentEl.createDiv({ cls: 'blockwire-buttons' });
    const again = addButton(buttons, { text: 'Compare again', run: () => run() });
    addButton(buttons, { text: 'Close', primary: true, run: () => this.close() }).focus();
    const run = async (): Promise<void> => {
      again.disabled = true;
      await this.#run(status, list);
      again.disabled = false;
    };
    void run();
  }

  override onClose(): void {
    this.contentEl.empty();
  }

  async #run(status: HTMLElement, list: HTMLElement): Promise<void> {
    list.empty();
    setText(status, 'Comparing with the devices that are connected…');
    try {
      const { summary, blocks, isGood } = verifiedWords(await this.peer.verify());
      setText(status, summary, isGood ? 'plain' : 'error');
      for (const { title, path, worst, text } of blocks) {
        const [icon, tone] = LOOKS[worst];
        const item = list.createEl('li', { cls: `blockwire-hop is-${tone}` });
        addIconTo(item, icon, 'blockwire-hop-icon');
        const words = item.createDiv();
        words.createDiv({ cls: 'blockwire-hop-name', text: title });
        words.createDiv({ cls: 'blockwire-row-text', text: [text, path].filter(Boolean).join(' · ') });
      }
    } catch (error) {
      const { message, hint } = problemOf(error);
      setText(status, `${message} ${hint}`.trim(), 'error');
    }
  }
}
