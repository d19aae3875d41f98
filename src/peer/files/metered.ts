/** Asks once a run before files go over a line on which each byte costs. */
import type { Core } from '../core';
import { sizeText } from './file-words';

/** As `Questions` names it. */
const METERED = 'metered:';

export class Metered {
  /** The user's answer for this run. */
  private mayCost: boolean | null = null;

  constructor(
    private readonly core: () => Core,
    private readonly isMetered: () => boolean,
  ) {}

  /** What an earlier run asked is asked anew where it matters. */
  load(): void {
    this.core().questions.close(METERED);
  }

  answer(answer: string): void {
    this.mayCost = answer === 'now';
  }

  /** @param sizes bytes of each file that waits; what is asked about may grow until it is answered */
  allows(sizes: readonly number[]): boolean {
    if (!this.isMetered() || this.mayCost === true) return true;
    if (this.mayCost === null) this.ask(sizes);
    return false;
  }

  private ask(sizes: readonly number[]): void {
    const { questions } = this.core();
    const size = sizeText(sizes.reduce((sum, one) => sum + one, 0));
    const message = `${sizes.length === 1 ? 'A file' : `${sizes.length} files`} of live blocks (${size}) ${sizes.length === 1 ? 'waits' : 'wait'}: this connection is a metered one. Nothing was sent or fetched. Text is not affected.`;
    if (questions.get(METERED)?.message === message) return;
    questions.ask({
      kind: 'metered', blockIds: [], path: '', message,
      answers: [
        { id: 'wait', label: 'Wait for Wi-Fi' },
        { id: 'now', label: `Transfer ${size} now` },
      ],
    });
  }
}
