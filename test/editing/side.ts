/** One device with a note in an editor: the whole peer, CodeMirror's own states and commands, and the plugin's binding between them. */
import { foldedRanges } from '@codemirror/language';
import { Transaction, type Extension } from '@codemirror/state';
import type { EditorView, ViewUpdate } from '@codemirror/view';
import { EditorBinder } from '../../src/obsidian/editor/binder';
import { marksOf } from '../../src/obsidian/editor/marks';
import { ofSession } from '../../src/obsidian/editor/session-annotation';
import type { OpenNote } from '../../src/peer';
import { JOURNAL, TODAY } from '../peers/pair';
import type { Device, World } from '../peers/world';
import { baseExtensions } from '../shell/editor-setup';
import type { Hands } from './deeds';
import { blockOf } from './rows';
import { whereIs, whereItWent } from './cursor';

/** Where editors come from: CodeMirror's view in a browser, or its states and transactions alone. */
export interface Stage {
  /** An editor on a text, bound by `binder`; `heard` is told of each of its updates after the binder was. */
  open(doc: string, extensions: Extension, binder: EditorBinder, heard: (update: ViewUpdate) => void): EditorView;
  /** An input method composes `steps` at the cursor, one after the other, and lets other things happen between them. */
  compose(view: EditorView, binder: EditorBinder, steps: readonly string[], between: () => Promise<void>): Promise<void>;
  close(view: EditorView): void;
}

export class Side implements Hands {
  readonly view: EditorView;
  readonly binder: EditorBinder;
  private note: OpenNote | null = null;
  clipboard = '';
  /** It is this one's user who changes the text now: the cursor goes where the edit wants it. */
  acting = false;
  /** Remote transactions that the cursor was watched over. */
  watched = 0;

  constructor(
    readonly device: Device,
    readonly path: string,
    readonly unit: string,
    readonly mark: () => string,
    private readonly stage: Stage,
    private readonly complain: (what: string) => void,
  ) {
    const file = {};
    this.binder = new EditorBinder({
      host: {
        noteIn: () => ({ file, path }),
        diskText: async () => device.vault.text(path),
        mayBeReload: () => false,
        failed: (error) => complain(`${device.name} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
      },
      defer: queueMicrotask,
    });
    const settings = { useTab: unit === '\t', tabSize: unit === '\t' ? 4 : unit.length };
    this.view = stage.open(device.vault.text(path), baseExtensions(settings), this.binder, (update) => this.heard(update));
    this.binder.start((notePath, editor) => (this.note = device.peer.openNote(notePath, editor)));
  }

  get name(): string {
    return this.device.name;
  }
  get isReady(): boolean {
    return this.note?.ready === true;
  }
  get text(): string {
    return this.view.state.doc.toString();
  }
  get block(): string {
    return blockOf(this.text);
  }
  /** The lines that nobody here has ever typed in: outside of the block. */
  get outside(): string {
    return this.text.split('\n').filter((line) => /^(?:# \w+|- (?:before|after|here))$/.test(line)).join('\n');
  }

  compose(steps: readonly string[], between: () => Promise<void>): Promise<void> {
    return this.stage.compose(this.view, this.binder, steps, between);
  }

  close(): void {
    this.binder.stop();
    this.stage.close(this.view);
  }

  private heard(update: ViewUpdate): void {
    const isOurs = update.transactions.every((transaction) => transaction.annotation(ofSession));
    if (this.acting || !update.docChanged || !isOurs) return;
    this.watched += 1;
    const { startState, state } = update;
    const [before, after] = [startState.doc.toString(), state.doc.toString()];
    for (const range of startState.selection.ranges) {
      for (const end of ['anchor', 'head'] as const) {
        // With its lines ranges change their order, and two may become one.
        const wrong = state.selection.ranges.map((now) => whereItWent(whereIs(before, range[end]), after, now[end]));
        if (!wrong.includes(null)) this.complain(`${this.name}: a remote edit moved the ${end} of its selection: ${wrong[0] ?? ''}\nbefore ${show(before, range[end])}\nafter  ${show(after, state.selection.main[end])}`);
      }
    }
    foldedRanges(startState).between(0, before.length, (from, to) => {
      const wrong = whereItWent(whereIs(before, from), after, from) && this.lostFold(before, after, from, to, update);
      if (wrong) this.complain(`${this.name}: a remote edit opened a fold: ${wrong}\nbefore ${show(before, from)}\nafter  ${show(after, 0)}`);
    });
    const isBlockGone = before.includes('^bw-') && !after.includes('^bw-');
    if (!isBlockGone && update.transactions.some((transaction) => transaction.annotation(Transaction.addToHistory) !== false)) this.complain(`${this.name}: a remote edit went into the undo history`);
  }

  /** A fold whose first and last lines both stand still, one under the other, is there still. */
  private lostFold(before: string, after: string, from: number, to: number, { state }: ViewUpdate): string | null {
    const first = before.slice(before.lastIndexOf('\n', from - 1) + 1, from);
    const last = before.slice(before.lastIndexOf('\n', to - 1) + 1, to);
    const at = after.indexOf(`${first.trim()}\n`);
    if (first.trim() === '' || last.trim() === '' || at < 0 || !after.includes(last.trim()) || after.indexOf(last.trim()) < at) return null;
    const line = state.doc.lineAt(at);
    const next = line.number < state.doc.lines ? state.doc.line(line.number + 1).text : '';
    if ((/^[ \t]*/.exec(next)?.[0].length ?? 0) <= (/^[ \t]*/.exec(line.text)?.[0].length ?? 0)) return null;
    let found = false;
    foldedRanges(state).between(line.from, line.to, () => void (found = true));
    return found ? null : JSON.stringify(first);
  }
}

/** A laptop with a note whose third line is made live, and a phone where the block has landed; both notes are in editors. */
export async function openSides(world: World, note: string, stage: Stage, mark: () => string, complain: (what: string) => void): Promise<readonly [Side, Side]> {
  const laptop = await world.device('Laptop', { folder: 'daily' });
  const phone = await world.device('Phone', { folder: 'journal', indent: '    ' });
  await laptop.live();
  await phone.live();
  laptop.vault.write(TODAY, note);
  phone.vault.write(JOURNAL, '# Other\n- here\n');
  const here = new Side(laptop, TODAY, '\t', mark, stage, complain);
  await world.until('it is bound', () => here.isReady);
  await laptop.peer.makeLive(TODAY, 2);
  await world.until('it landed', () => phone.vault.text(JOURNAL).includes(' ^bw-'));
  const there = new Side(phone, JOURNAL, '    ', mark, stage, complain);
  await world.until('both are bound', () => [here, there].every(({ view }) => marksOf(view.state).blocks.length === 1));
  return [here, there];
}

function show(text: string, at: number): string {
  return JSON.stringify(`${text.slice(0, at)}|${text.slice(at)}`);
}
