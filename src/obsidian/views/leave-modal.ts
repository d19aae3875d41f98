/** Leave this space: says what goes and what stays, and waits for a yes. */
import { Modal, type App } from 'obsidian';
import { problemOf } from '../local-device';
import { addButton, addStatusLine, setText } from './elements';

export class LeaveModal extends Modal {
  constructor(
    app: App,
    /** Edits that the relay does not have yet. */
    private readonly unsent: number,
    private readonly leave: () => Promise<void>,
  ) {
    super(app);
  }

  override onOpen(): void {
    this.modalEl.addClass('blockwire-modal');
    this.setTitle('Leave this space');
    const { contentEl } = this;
    contentEl.createEl('p', { text: 'On this device, Blockwire forgets its keys and everything it keeps, and takes tags and ids out of live blocks. The text of your notes stays.' });
    contentEl.createEl('p', { text: 'Your other devices go on as before. To come back, add this device again from one of them.' });
    if (this.unsent > 0) {
      contentEl.createEl('p', {
        cls: 'blockwire-warning',
        text: `${this.unsent} ${this.unsent === 1 ? 'edit has' : 'edits have'} not reached the relay. They stay in your notes here, but no other device will get them.`,
      });
    }
    const status = addStatusLine(contentEl);
    const buttons = contentEl.createDiv({ cls: 'blockwire-buttons' });
    addButton(buttons, { text: 'Cancel', primary: true, run: () => this.close() });
    addButton(buttons, {
      text: 'Leave',
      danger: true,
      run: async () => {
        setText(status, 'Leaving…');
        try {
          await this.leave();
          this.close();
        } catch (error) {
          const { message, hint } = problemOf(error);
          setText(status, `${message} ${hint}`, 'error');
        }
      },
    });
  }

  override onClose(): void {
    this.contentEl.empty();
  }
}
