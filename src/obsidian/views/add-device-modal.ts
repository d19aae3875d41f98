/** Add a device: the pairing link as QR code and text. */
import { Modal, Setting, type App } from 'obsidian';
import { isLoopback } from '../../protocol';
import { addStatusLine, setText } from './elements';
import { addQrCode } from './qr-code';

export class AddDeviceModal extends Modal {
  constructor(
    app: App,
    private readonly link: string,
    /** Set if the relay's address works on this computer only. */
    private readonly warning: string | null,
  ) {
    super(app);
  }

  override onOpen(): void {
    this.modalEl.addClass('blockwire-modal');
    this.setTitle('Add a device');
    const { contentEl } = this;
    if (this.warning) contentEl.createEl('p', { cls: 'blockwire-warning', text: this.warning });
    const steps = contentEl.createEl('ol');
    steps.createEl('li', { text: 'Install and enable Blockwire in Obsidian on the other device.' });
    steps.createEl('li', { text: 'Scan this code with its camera, or paste the link below under "Set up".' });
    steps.createEl('li', { text: 'Read there what will happen, and say yes.' });
    addQrCode(contentEl.createDiv({ cls: 'blockwire-qr-frame' }), this.link, 'Pairing link as QR code');
    contentEl.createEl('p', { cls: 'blockwire-row-text', text: 'The link holds the key to your live blocks. Give it to your own devices only, and never by a service that you do not trust.' });
    const status = addStatusLine(contentEl);
    new Setting(contentEl)
      .setName('Link')
      .addText((text) => {
        text.setValue(this.link);
        text.inputEl.readOnly = true;
        text.inputEl.addClass('blockwire-link-input');
        text.inputEl.setAttribute('aria-label', 'Pairing link');
        text.inputEl.addEventListener('focus', () => text.inputEl.select());
      })
      .addButton((button) =>
        button.setButtonText('Copy').onClick(async () => {
          try {
            await navigator.clipboard.writeText(this.link);
            setText(status, 'Copied.');
          } catch {
            setText(status, 'This device did not allow copying. Select the link and copy it by hand.', 'error');
          }
        }),
      );
  }

  override onClose(): void {
    this.contentEl.empty();
  }
}

/** Another device can't reach an address that means "this computer". */
export function loopbackWarning(relays: readonly string[]): string | null {
  if (relays.length === 0 || !relays.every(isLoopback)) return null;
  return 'Your relay listens on this computer only. Other vaults on this computer can join; for a phone, start the relay with an address that it can reach (--public-url or --tailscale).';
}
