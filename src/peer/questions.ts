/** Questions that wait for the user, kept in the store so that a restart forgets none. */
import type { Clock, DeviceStore } from '../sync';
import type { NotePath, Question } from './ports';
import { gateWords, isGateKind } from './question-words';
import type { GateKind } from './question-words';

/** What is asked about within this time is one question: a folder that goes, or a checkout, takes many blocks. */
const TOGETHER = 60_000;

export interface Asking {
  readonly kind: Question['kind'];
  readonly blockIds: readonly string[];
  readonly path: NotePath;
  readonly places?: Question['places'];
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
  ask(asking: Asking, since = this.clock.now()): Question {
    const id = `${asking.kind}:${[...asking.blockIds].sort().join(',') || asking.path}`;
    const question: Question = { ...asking, id, since: this.open.get(id)?.since ?? since };
    this.open.set(id, question);
    void this.store.write([{ table: 'held', key: id, value: new TextEncoder().encode(JSON.stringify(question)) }], 'strict');
    this.onChange();
    return question;
  }

  /** Asks about a block, together with others to which the same happened in the same note or at the same time. */
  askAbout(kind: GateKind, blockId: string, path: NotePath): void {
    this.closeFor(blockId);
    const now = this.clock.now();
    const same = this.list().find((question) => question.kind === kind && (placesOf(question).includes(path) || now - question.since < TOGETHER));
    if (!same) return this.askGate(kind, new Map([[blockId, path]]));
    this.close(same.id);
    this.askGate(kind, new Map([...same.blockIds.map((id) => [id, placeOf(same, id)] as const), [blockId, path]]), same.since);
  }

  private askGate(kind: GateKind, places: ReadonlyMap<string, NotePath>, since?: number): void {
    const paths = [...new Set(places.values())];
    this.ask({ kind, blockIds: [...places.keys()], path: paths.length === 1 ? (paths[0] ?? '') : '', ...(paths.length > 1 ? { places: Object.fromEntries(places) } : {}), ...gateWords(kind, places.size, paths) }, since);
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
      if (blockIds.length === 0) continue;
      if (isGateKind(question.kind)) this.askGate(question.kind, new Map(blockIds.map((id) => [id, placeOf(question, id)])), question.since);
      else this.ask({ ...question, blockIds }, question.since);
    }
  }
}

/** The note in which a block of a question stood. */
export function placeOf({ places, path }: Question, blockId: string): NotePath {
  return places?.[blockId] ?? path;
}

function placesOf(question: Question): readonly NotePath[] {
  return question.places ? Object.values(question.places) : [question.path];
}
