import { element } from './element';
import type { VaultWindow } from './vault-window';
import { pause, until } from './vault-window';

export interface TourParts {
  readonly laptop: VaultWindow;
  readonly phone: VaultWindow;
  setPhoneOffline(offline: boolean): void;
  isPhoneOffline(): boolean;
  /** Both vaults hold the same block. */
  isSame(): boolean;
}

interface Step {
  /** With <b> around what to do. */
  readonly text: readonly [string, string];
  readonly button: string;
  act(): Promise<void> | void;
  /** Whether the user, or the button, has done it. */
  isDone(): boolean;
}

const bullet = /call the plumber/;

/** The guided minute: each step is done when it is seen to be done, by hand or by its button. */
export class Tour {
  private current = 0;
  private readonly steps: readonly Step[];
  private before = '';
  private acting = false;

  constructor(private readonly parts: TourParts) {
    const { laptop, phone } = parts;
    const list = (vault: VaultWindow) => vault.bullets.join('\n');
    const placeOn = (vault: VaultWindow) => vault.bullets.findIndex((text) => bullet.test(text));
    const textOn = (vault: VaultWindow) => vault.bullets.find((text) => bullet.test(text)) ?? '';
    this.steps = [
      {
        text: ['Type under “type here”', ' on either side, and watch the other.'],
        button: 'Type for me',
        act: () => laptop.type(/water the tomatoes/, ' and the basil'),
        isDone: () => this.before !== '' && list(laptop) !== this.before && parts.isSame(),
      },
      {
        text: ['Take Phone offline.', ' Both sides can go on; nothing is lost.'],
        button: 'Go offline',
        act: () => parts.setPhoneOffline(true),
        isDone: () => parts.isPhoneOffline(),
      },
      {
        text: ['On Laptop, move “call the plumber”', ' with Alt and an arrow key.'],
        button: 'Move it for me',
        act: () => laptop.press(bullet, { key: 'ArrowUp', altKey: true }),
        isDone: () => placeOn(laptop) >= 0 && laptop.bullets.findIndex((text) => /tomatoes/.test(text)) > placeOn(laptop),
      },
      {
        text: ['On Phone, write something after “call the plumber”.', ''],
        button: 'Write for me',
        act: () => phone.type(bullet, ' after five'),
        isDone: () => textOn(phone) !== '' && textOn(phone) !== textOn(laptop),
      },
      {
        text: ['Reconnect.', ' The bullet was moved here and edited there.'],
        button: 'Reconnect',
        act: () => parts.setPhoneOffline(false),
        isDone: () =>
          !parts.isPhoneOffline() && parts.isSame() && [laptop, phone].every((vault) => vault.bullets.filter((text) => bullet.test(text)).length === 1) && textOn(laptop) === textOn(phone),
      },
    ];
    element('tour-button').addEventListener('click', () => void this.act());
    element('steps').replaceChildren(...this.steps.map((_, i) => Object.assign(document.createElement('li'), { textContent: String(i + 1) })));
    this.draw();
  }

  /** Called regularly. */
  check(): void {
    if (this.before === '' && this.parts.isSame()) this.before = this.parts.laptop.bullets.join('\n');
    const step = this.steps[this.current];
    if (this.acting || !step?.isDone()) return;
    this.current++;
    this.draw();
  }

  private async act(): Promise<void> {
    const step = this.steps[this.current];
    if (!step) {
      this.current = 0;
      this.before = '';
      this.draw();
      return;
    }
    this.acting = true;
    element<HTMLButtonElement>('tour-button').disabled = true;
    try {
      await step.act();
      await until(() => step.isDone());
      await pause(250);
    } catch {
      // What the step needs is not in the note any more; the next round starts from what is.
    } finally {
      this.acting = false;
      element<HTMLButtonElement>('tour-button').disabled = false;
    }
  }

  private draw(): void {
    const step = this.steps[this.current];
    const [strong, rest] = step?.text ?? ['One bullet, both changes.', ' No copy, no conflict: what was moved here was edited there.'];
    const bold = document.createElement('b');
    bold.textContent = strong;
    element('tour-text').replaceChildren(bold, rest);
    element('tour-button').textContent = step?.button ?? 'Once more';
    for (const [i, li] of [...element('steps').children].entries()) li.className = i < this.current ? 'done' : i === this.current ? 'now' : '';
  }
}
