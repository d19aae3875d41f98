/** Set up: paste a link, read what will happen, say yes. Nothing is sent before. */
import { Modal, Setting, type App, type ButtonComponent } from 'obsidian';
import type { Link } from '../../protocol';
import { problemOf, type LocalDevice } from '../local-device';
import { addStatusLine, setText } from './elements';
import { planOf } from './set-up-plan';

export interface SetUpOptions {
  readonly device: LocalDevice;
  readonly vaultName: string;
  readonly tag: string;
  /** A link that was scanned or clicked; the user still has to say yes. */
  readonly link?: string;
  readonly onDone: () => void;
}

export class SetUpModal extends Modal {
  readonly #options: SetUpOptions;
  #link = '';
  #name: string;
  #plan: HTMLElement | null = null;
  #status: HTMLElement | null = null;
  #button: ButtonComponent | null = null;

  constructor(app: App, options: SetUpOptions) {
    super(app);
    this.#options = options;
    this.#link = options.link ?? '';
    this.#name = options.device.name;
  }

  override onOpen(): void {
    this.modalEl.addClass('blockwire-modal');
    this.setTitle('Set up Blockwire');
    const { contentEl } = this;
    contentEl.createEl('p', {
      text: 'Paste the link that your relay shows when it starts, or the one that another of your devices shows under "Add a device".',
    });
    new Setting(contentEl).setName('Link').addText((text) => {
      text.setPlaceholder('obsidian://blockwire?…').setValue(this.#link);
      text.inputEl.addClass('blockwire-link-input');
      text.inputEl.setAttribute('aria-label', 'Link');
      text.inputEl.spellcheck = false;
      text.onChange((value) => {
        this.#link = value;
        this.#show();
      });
    });
    new Setting(contentEl)
      .setName('Name of this device')
      .setDesc('Your other devices show it.')
      .addText((text) => {
        text.setValue(this.#name).onChange((value) => (this.#name = value));
        text.inputEl.setAttribute('aria-label', 'Name of this device');
      });
    this.#plan = contentEl.createDiv({ cls: 'blockwire-plan' });
    this.#status = addStatusLine(contentEl);
    new Setting(contentEl)
      .addButton((button) => button.setButtonText('Cancel').onClick(() => this.close()))
      .addButton((button) => {
        this.#button = button;
        button.setCta().onClick(() => void this.#run());
      });
    this.#show();
  }

  override onClose(): void {
    this.contentEl.empty();
  }

  #read(): Link | null {
    if (this.#link.trim() === '') return null;
    return this.#options.device.read(this.#link);
  }

  #show(): void {
    const { device, tag, vaultName } = this.#options;
    this.#plan?.empty();
    if (this.#status) setText(this.#status, '');
    let link: Link | null = null;
    try {
      link = this.#read();
    } catch (error) {
      if (this.#status) setText(this.#status, problemOf(error).message, 'error');
    }
    this.#button?.setButtonText(link?.type === 'setup' ? 'Start a new space' : 'Join').setDisabled(!link || device.phase !== 'not-set-up');
    if (device.phase !== 'not-set-up' && this.#status) {
      setText(this.#status, 'This vault belongs to a space already. Leave that space first; your notes stay as they are.', 'error');
    }
    if (!link || !this.#plan) return;
    const plan = planOf(link, { tag, vaultName });
    this.#plan.createEl('p', { cls: 'blockwire-plan-title', text: plan.title });
    const list = this.#plan.createEl('ul');
    for (const line of plan.lines) list.createEl('li', { text: line });
  }

  async #run(): Promise<void> {
    const { device, onDone } = this.#options;
    if (!this.#status || !this.#button) return;
    this.#button.setDisabled(true);
    setText(this.#status, 'Talking to the relay…');
    try {
      await device.setUp(this.#link, this.#name);
    } catch (error) {
      const { message, hint } = problemOf(error);
      setText(this.#status, `${message} ${hint}`, 'error');
      this.#button.setDisabled(false);
      return;
    }
    this.close();
    onDone();
  }
}
