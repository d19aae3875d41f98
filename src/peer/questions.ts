/** Questions that wait for the user, kept in the store so that a restart forgets none. */
import type { Clock, DeviceStore } from '../sync';
import type { NotePath, Question } from './ports';

export interface Asking {
  readonly kind: Question['kind'];
  readonly blockIds: readonly string[];
  readonly path: NotePath;
  readonly message: string;
  readonly answers: Question['answers'];
}

export class Questions {
  private readonly open = new Map<string, Question>();

  constructor(
    private readonly store: DeviceStore,
    private readonly clock: Clock,
    private readonly onChange: () => void,
  ) {}

  async load(): Promise<void> {
    for (const row of await this.store.scan('held', '')) {
      const question = JSON.parse(new TextDecoder().decode(row.value)) as Question;
      this.open.set(question.id, question);
    }
  }

  get size(): number {
    return this.open.size;
  }

  list(): readonly Question[] {
    return [...this.open.values()].sort((a, b) => a.since - b.since || (a.id < b.id ? -1 : 1));
  }

  get(id: string): Question | undefined {
    return this.open.get(id);
  }

  /** Whether something about this block is being asked; nothing is sent or written for it meanwhile. */
  holds(blockId: string): boolean {
    for (const question of this.open.values()) if (question.blockIds.includes(blockId)) return true;
    return false;
  }

  /** Asks once: the same kind about the same blocks replaces the earlier question and keeps its time. */
  ask(asking: Asking): Question {
    const id = `${asking.kind}:${[...asking.blockIds].sort().join(',') || asking.path}`;
    const question: Question = { ...asking, id, since: this.open.get(id)?.since ?? this.clock.now() };
    this.open.set(id, question);
    void this.store.write([{ table: 'held', key: id, value: new TextEncoder().encode(JSON.stringify(question)) }], 'strict');
    this.onChange();
    return question;
  }

  close(id: string): void {
    if (!this.open.delete(id)) return;
    void this.store.write([{ table: 'held', key: id, value: null }], 'strict');
    this.onChange();
  }

  /** Forgets what was asked about a block, e.g. because its text came back; what was asked about others with it stays. */
  closeFor(blockId: string): void {
    for (const question of [...this.open.values()]) {
      if (!question.blockIds.includes(blockId)) continue;
      this.close(question.id);
      const blockIds = question.blockIds.filter((other) => other !== blockId);
      if (blockIds.length > 0) this.ask({ ...question, blockIds });
    }
  }
}
