/** Tells of a question once, where the user is; it waits in the status view until it is answered. */
import { Notice } from 'obsidian';
import type { Question } from '../../peer';
import { count } from '../status/time-text';

/** How long a notice stays, in ms; a tap closes it, the question stays. */
const STAYS = 15_000;

export class QuestionNotices {
  readonly #told = new Set<string>();
  #notice: Notice | null = null;

  /** @param answer opens where the question is answered; null: where all are */
  constructor(private readonly answer: (question: Question | null) => void) {}

  /** @param seen the questions are before the user's eyes already */
  show(questions: readonly Question[], seen: boolean): void {
    const fresh = questions.filter(({ id }) => !this.#told.has(id));
    for (const id of [...this.#told]) if (!questions.some((question) => question.id === id)) this.#told.delete(id);
    if (questions.length === 0 || seen) this.close();
    if (fresh.length === 0) return;
    for (const { id } of fresh) this.#told.add(id);
    this.close();
    if (seen) return;
    const text = fresh.length === 1 ? (fresh[0]?.message ?? '') : `Blockwire has ${count(fresh.length, 'question')} for you.`;
    this.#notice = new Notice(
      createFragment((fragment) => {
        fragment.createDiv({ text });
        const button = fragment.createDiv({ cls: 'blockwire-buttons' }).createEl('button', { text: 'Answer', attr: { type: 'button' } });
        button.addEventListener('click', () => this.answer(fresh.length === 1 ? (fresh[0] ?? null) : null));
      }),
      STAYS,
    );
  }

  close(): void {
    this.#notice?.hide();
    this.#notice = null;
  }
}
