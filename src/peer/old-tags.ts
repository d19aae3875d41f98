/** Tags that stood in the vault before Blockwire was set up: listed once, live only when the user says so. */
import type { Core } from './core';
import type { NotePath } from './ports';

const ROW = 'old-tags';
/** As `Questions` names what is asked about no block and no note. */
const QUESTION = 'old-tags:';

export class OldTags {
  private known = new Set<string>();

  constructor(private readonly core: () => Core) {}

  async load(): Promise<void> {
    const stored = await this.core().store.read('meta', ROW);
    if (stored) this.known = new Set(JSON.parse(new TextDecoder().decode(stored)) as string[]);
  }

  has(path: NotePath, text: string): boolean {
    return this.known.has(`${path}\n${text}`);
  }

  async remember(found: readonly { readonly path: NotePath; readonly text: string }[]): Promise<void> {
    this.known = new Set(found.map(({ path, text }) => `${path}\n${text}`));
    if (found.length > 0) this.ask();
    await this.save();
  }

  /** The user made this one live by other means: that answers the question for it. */
  async madeLive(path: NotePath, text: string): Promise<void> {
    if (!this.known.delete(`${path}\n${text}`)) return;
    const { questions } = this.core();
    if (questions.get(QUESTION)) {
      if (this.known.size > 0) this.ask();
      else questions.close(QUESTION);
    }
    await this.save();
  }

  private ask(): void {
    const paths = [...this.known].map((tag) => tag.slice(0, tag.indexOf('\n')));
    this.core().questions.ask({
      kind: 'old-tags',
      blockIds: [],
      path: '',
      message: `${paths.length === 1 ? 'One bullet bears' : `${paths.length} bullets bear`} the tag already, in ${listOf(paths)}. Nothing of them was sent. Make them live?`,
      answers: [
        { id: 'leave', label: 'Leave them as they are' },
        { id: 'make-live', label: 'Make them live' },
      ],
    });
  }

  private async save(): Promise<void> {
    await this.core().store.write([{ table: 'meta', key: ROW, value: new TextEncoder().encode(JSON.stringify([...this.known])) }], 'relaxed');
  }

  async answer(answer: string): Promise<void> {
    if (answer !== 'make-live') return;
    const tags = [...this.known].map((tag) => ({ path: tag.slice(0, tag.indexOf('\n')), text: tag.slice(tag.indexOf('\n') + 1) }));
    await this.remember([]);
    for (const path of new Set(tags.map((tag) => tag.path))) {
      await this.core().making.makeTagged(path, new Set(tags.filter((tag) => tag.path === path).map(({ text }) => text)));
    }
  }
}

function listOf(paths: readonly string[]): string {
  const unique = [...new Set(paths)];
  return unique.length <= 3 ? unique.join(', ') : `${unique.slice(0, 3).join(', ')} and ${unique.length - 3} more`;
}
