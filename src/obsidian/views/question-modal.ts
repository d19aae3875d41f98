/** One question with what would go, bullet by bullet, before it is answered. */
import { Modal, type App } from 'obsidian';
import { shortened } from '../../peer';
import type { Loss, Peer, Question } from '../../peer';
import { lossText, wholeLossText } from '../status/loss-text';
import { drawLines } from './diff-lines';
import { addButton } from './elements';

/** Blocks shown at first; all others by a button. */
const FIRST_BLOCKS = 8;
/** Lines shown of a block. */
const LINES = 24;

export class QuestionModal extends Modal {
  constructor(
    app: App,
    private readonly peer: Peer,
    private readonly question: Question,
    private readonly answer: (answerId: string) => Promise<void>,
  ) {
    super(app);
  }

  override onOpen(): void {
    this.modalEl.addClass('blockwire-modal', 'blockwire-question-modal');
    this.setTitle('What would go');
    const { contentEl, question } = this;
    contentEl.createEl('p', { text: question.message });
    const list = contentEl.createDiv({ cls: 'blockwire-losses', attr: { tabindex: '0', role: 'region', 'aria-label': 'What would go' } });
    list.createEl('p', { cls: 'blockwire-row-text', text: 'Comparing…' });
    const buttons = contentEl.createDiv({ cls: 'blockwire-buttons' });
    addButton(buttons, { text: 'Decide later', run: () => this.close() });
    const [safe, ...others] = question.answers;
    for (const { id, label } of others) addButton(buttons, { text: label, danger: true, run: () => this.#done(id) });
    if (safe) addButton(buttons, { text: safe.label, primary: true, run: () => this.#done(safe.id) }).focus();
    void this.peer.preview(question.id).then(
      (losses) => this.#draw(list, losses, FIRST_BLOCKS),
      () => list.setText('The blocks could not be read. You can still decide.'),
    );
  }

  override onClose(): void {
    this.contentEl.empty();
  }

  #draw(list: HTMLElement, losses: readonly Loss[], most: number): void {
    list.empty();
    if (losses.length === 0) list.createEl('p', { cls: 'blockwire-row-text', text: 'This has been decided, or its text came back.' });
    if (losses.length > 1) list.createEl('p', { cls: 'blockwire-row-text', text: wholeLossText(losses) });
    for (const loss of losses.slice(0, most)) {
      const part = list.createDiv({ cls: 'blockwire-loss' });
      part.createDiv({ cls: 'blockwire-row-title', text: loss.path });
      part.createDiv({ cls: 'blockwire-row-text', text: lossText(loss) });
      drawLines(part, shortened(loss.lines, LINES));
    }
    if (losses.length > most) addButton(list.createDiv({ cls: 'blockwire-buttons' }), { text: `Show all ${losses.length} blocks`, run: () => this.#draw(list, losses, losses.length) });
  }

  async #done(answerId: string): Promise<void> {
    await this.answer(answerId);
    this.close();
  }
}
