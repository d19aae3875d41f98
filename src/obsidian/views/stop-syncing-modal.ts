/** Stop syncing a block: here only, or everywhere. The text stays in either case. */
import { Modal, type App } from 'obsidian';
import { addButton } from './elements';

export class StopSyncingModal extends Modal {
  constructor(
    app: App,
    private readonly title: string,
    private readonly offersHere: boolean,
    private readonly choose: (where: 'here' | 'everywhere') => Promise<void>,
  ) {
    super(app);
  }

  override onOpen(): void {
    this.modalEl.addClass('blockwire-modal');
    this.setTitle('Stop syncing this block');
    const { contentEl } = this;
    if (this.title !== '') contentEl.createEl('p', { cls: 'blockwire-quote', text: this.title });
    contentEl.createEl('p', { text: 'The tag and the mark at the end are taken out of the text. The text itself stays.' });
    if (this.offersHere) {
      const choices = contentEl.createEl('ul');
      choices.createEl('li', { text: 'Here only: on the other devices the block stays live.' });
      choices.createEl('li', { text: 'Everywhere: on every device it becomes plain text.' });
    } else contentEl.createEl('p', { text: 'It becomes plain text on every device: another sync engine carries these files to others, so the block can’t stop here only.' });
    const buttons = contentEl.createDiv({ cls: 'blockwire-buttons' });
    addButton(buttons, { text: 'Cancel', run: () => this.close() });
    addButton(buttons, { text: 'Everywhere', primary: !this.offersHere, run: () => this.#done('everywhere') });
    if (this.offersHere) addButton(buttons, { text: 'Here only', primary: true, run: () => this.#done('here') });
  }

  override onClose(): void {
    this.contentEl.empty();
  }

  async #done(where: 'here' | 'everywhere'): Promise<void> {
    await this.choose(where);
    this.close();
  }
}
