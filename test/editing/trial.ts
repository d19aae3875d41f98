/**
 * Two whole peers over the relay's own log, each with a note in a CodeMirror editor, and two people who edit the same live block. The same
 * seed makes the same edits. What must hold is judged after every remote transaction (`side.ts`) and in every quiet moment.
 */
import { redoDepth, undoDepth, undo, redo } from '@codemirror/commands';
import { World } from '../peers/world';
import { SimRandom } from '../sim/random';
import { act } from './deeds';
import { anyOrder, anyPlace, marksIn, markOf, withoutMarks } from './rows';
import type { Deed, Episode, Script, Step } from './script';
import { openSides, type Side, type Stage } from './side';

export interface Outcome {
  /** Steps that did something. */
  readonly done: number;
  /** Remote transactions over which cursor, selection and folds were watched. */
  readonly watched: number;
  /** Episodes after which one took back all that it did. */
  readonly takenBack: number;
  readonly complaints: readonly string[];
  readonly log: readonly string[];
}

const NOTE = ['# Sunday', '- before', '-  #live', ...'01122011231'.split('').map((depth) => `${'\t'.repeat(Number(depth) + 1)}- `), '- after', ''];

/** Deeds that change no outline. */
const TEXTUAL: ReadonlySet<Deed> = new Set<Deed>(['type', 'several cursors', 'backspace', 'delete forward', 'delete word', 'type over', 'tick', 'fold', 'unfold', 'go', 'select']);

export class Trial {
  private readonly world: World;
  private readonly complaints: string[] = [];
  private readonly log: string[] = [];
  private sides!: readonly [Side, Side]; // set up first
  private marks = 0;
  private done = 0;
  private takenBack = 0;
  private readonly traced = new Map<Side, string>();

  constructor(
    private readonly script: Script,
    private readonly stage: Stage,
  ) {
    this.world = new World(script.seed);
  }

  async run(): Promise<Outcome> {
    // CodeMirror joins what is typed within half a second to one undo: by the world's clock, so that every run is alike.
    const { now } = Date;
    Date.now = () => this.world.clock.now();
    try {
      await this.begin();
      for (const [index, episode] of this.script.episodes.entries()) {
        this.log.push(`${index} ${episode.kind}`);
        if (this.complaints.length === 0) await (episode.kind === 'live' ? this.live(episode) : this.undo(episode));
      }
      for (const side of this.sides) side.close();
      await this.world.end();
    } catch (error) {
      this.complain(`It broke: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    } finally {
      Date.now = now;
    }
    const watched = this.sides ? this.sides[0].watched + this.sides[1].watched : 0;
    return { done: this.done, watched, takenBack: this.takenBack, complaints: this.complaints, log: this.log };
  }

  private async begin(): Promise<void> {
    const { world } = this;
    const mark = (): string => markOf(this.marks++);
    const word = (): string => mark() + mark() + mark();
    const note = NOTE.map((line) => (line.endsWith('- ') ? line + word() : line.replace('-  ', `- ${word()} `))).join('\n');
    this.sides = await openSides(world, note, this.stage, mark, (what) => this.complain(what));
    await this.settle();
  }

  /** Both edit at once; what they make arrives at any moment. */
  private async live({ steps }: Episode): Promise<void> {
    const texts = this.sides.map(({ outside }) => outside);
    for (const step of steps) {
      await this.step(step);
      for (let turn = 0; turn < step.turns; turn++) await this.turn();
      if (this.complaints.length > 0) return;
    }
    await this.settle();
    this.sides.forEach((side, index) => {
      if (side.outside !== texts[index]) this.complain(`${side.name}: outside of the block was\n${texts[index]}\nand is\n${side.outside}`);
    });
  }

  /** Both edit apart, and one takes back all of it: what the other alone had made is left. Then it does it again. */
  private async undo({ steps, who }: Episode): Promise<void> {
    const side = this.sides[who];
    const other = this.sides[who === 0 ? 1 : 0];
    // Nothing of before is joined to it.
    this.world.clock.advance(10_000);
    await this.settle();
    const depth = undoDepth(side.view.state);
    const before = marksIn(side.block);
    for (const step of steps) await this.step(step);
    const alone = other.block;
    // [N3]: they may come back.
    const left = new Set([...marksIn(alone), ...marksIn(side.block)]);
    const bothDeleted = new Set(before.filter((mark) => !left.has(mark)));
    await this.settle();
    const { block: merged, outside } = side;
    const made = undoDepth(side.view.state) - depth;
    if (made <= 0 || this.complaints.length > 0) return;
    this.takenBack += 1;
    await this.history(side, 'undo', () => undoDepth(side.view.state) > depth);
    // Where among its siblings a bullet was that both moved nobody can say; where both changed the outline, one's move went over the other's.
    const both = [0, 1].every((one) => steps.some((step) => step.who === one && !TEXTUAL.has(step.deed)));
    const form = both ? anyPlace : anyOrder;
    const shown = (block: string): string => form(withoutMarks(block, bothDeleted));
    this.equal('undone, it is', shown(side.block), 'and without its edits it was', shown(alone));
    await this.history(side, 'redo', () => redoDepth(side.view.state) > 0);
    this.equal('done again, it is', form(side.block), 'and with the edits of both it was', form(merged));
    this.equal('done again, outside of the block is', side.outside, 'and with the edits of both was', outside);
  }

  private async history(side: Side, which: 'undo' | 'redo', more: () => boolean): Promise<void> {
    this.log.push(`${side.name} ${which}`);
    for (let n = 0; n < 200 && more(); n++) {
      await this.acting(side, () => void (which === 'undo' ? undo : redo)(side.view));
      this.trace();
    }
    await this.settle();
  }

  private equal(what: string, one: string, andWhat: string, other: string): void {
    if (one !== other) this.complain(`${what}\n${one}\n${andWhat}\n${other}`);
  }

  private async step({ who, deed, choice }: Step): Promise<void> {
    const side = this.sides[who];
    const random = new SimRandom(choice);
    const before = side.text;
    let did = false;
    if (deed === 'compose') {
      await this.acting(side, () => void (did = act(side, 'go', random)));
      if (did) await side.compose([side.mark(), side.mark(), side.mark()], () => this.turn());
    } else await this.acting(side, () => void (did = act(side, deed, random)));
    if (did) this.done += 1;
    this.log.push(`${side.name} ${deed}${did ? '' : ' (nothing)'}`);
    if (before !== side.text || deed === 'go') this.trace();
  }

  /** What a user does, with all that it leads to in this very editor. */
  private async acting(side: Side, run: () => void): Promise<void> {
    side.acting = true;
    run();
    for (let n = 0; n < 8; n++) await Promise.resolve();
    side.acting = false;
  }

  private async turn(): Promise<void> {
    this.world.clock.advance(5);
    await new Promise(setImmediate);
  }

  /** Until nothing is on its way; then both must have the same. */
  private async settle(): Promise<void> {
    const [one, other] = this.sides;
    const digests = (): (string | null)[] => this.sides.map(({ device }) => device.peer.digest(device.peer.blocks()[0]?.blockId ?? ''));
    let calm = 0;
    for (let n = 0; n < 4_000 && calm < 6; n++) {
      await this.turn();
      const [a, b] = digests();
      calm = a === b && this.sides.every(({ device }) => device.peer.status().unacknowledged === 0) ? calm + 1 : 0;
    }
    this.trace();
    if (calm < 6) this.complain('It does not come to rest.');
    if (one.block !== other.block || one.block === '') this.complain(`${one.name} has\n${one.block}\nand ${other.name}\n${other.block}`);
    const marks = marksIn(one.block);
    if (new Set(marks).size !== marks.length) this.complain(`${marks.find((mark, index) => marks.indexOf(mark) !== index)} stands twice:\n${one.block}`);
    for (const { device } of this.sides) for (const problem of device.problems.splice(0)) this.complain(`${device.name}: ${problem}`);
  }

  private complain(what: string): void {
    if (this.complaints.length === 0) this.log.push(what);
    this.complaints.push(what);
  }

  private trace(): void {
    if (typeof process === 'undefined' || process.env['EDITING_TRACE'] === undefined) return;
    for (const side of this.sides) {
      const { head } = side.view.state.selection.main;
      const shown = `${side.name} |${`${side.text.slice(0, head)}▮${side.text.slice(head)}`.replace(/\n\s*- /g, (lead) => ` ${lead.length - 2}:`).replace(/\n/g, '⏎')}`;
      if (this.traced.get(side) !== shown) this.log.push(`   ${shown}`);
      this.traced.set(side, shown);
    }
  }
}

