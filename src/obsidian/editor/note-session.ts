/**
 * One open note, in however many panes. The peer sees a single editor: an edit is taken once, in the pane where it was made, and
 * given to the others as a change of ours, before the app gets to it.
 *
 * `doc` is what the peer knows. A pane may be behind it for the rest of a task (CodeMirror forbids dispatching while it updates);
 * what it lacks is its `pending`, and the pane's own changes are mapped over that meanwhile.
 */
import type { ChangeSet} from '@codemirror/state';
import { EditorSelection, Transaction, type StateEffect, type Text, type TransactionSpec } from '@codemirror/state';
import { isolateHistory } from '@codemirror/commands';
import type { EditorView} from '@codemirror/view';
import { type ViewUpdate } from '@codemirror/view';
import type { TextChange } from '../../document';
import type { UndoMark } from '../../note';
import type { Editor, EditOrigin, NotePath, NoteText, OpenNote } from '../../peer';
import { clampMarks, marksOf, NO_MARKS, sameMarks, setMarks, type Marks } from './marks';
import { orphanedIds } from './id-guard';
import { keptFolds, missingFolds } from './kept-folds';
import { keepScroll } from './kept-scroll';
import { followerOf } from './moved-lines';
import { originOf } from './origin';
import type { EditorHost, OpenNoteWith } from './ports';
import { ofSession } from './session-annotation';
import { isUnasked, type Entry, type Typed } from './view-trail';
import { difference, toChangeSet, toTextChanges } from './text-changes';
import { markUndo, setUndoSource, takenBackBy, undoSourceOf } from './undo-marks';

/** A pane that refuses this often in a row what we dispatch to it is let go. */
const MOST_FAILURES = 3;

/** Texts that a late pane-to-pane sync of the app may bring back. */
const RECENT_TEXTS = 32;

/** Texts at the last saves: a further pane is loaded with one of them. */
const SAVED_TEXTS = 4;

/** Counts the editors that are updating now: CodeMirror takes no dispatch then. */
export interface UpdateGate {
  updating: number;
}

interface Pane {
  readonly view: EditorView;
  /** From the view's text to `doc`; null if they are the same. */
  pending: ChangeSet | null;
  /** Where the selection goes with `pending`, as offsets of `doc`; used for a redirected undo. */
  cursor: number | null;
  /** Its last change, until all panes are equal again: the app may bring it to the others, as a change or with the pane's whole text. */
  latest: Typed | null;
  failures: number;
  /** `pending` is to be a step of the undo history. */
  undoable: boolean;
}

export class NoteSession implements Editor {
  readonly #host: EditorHost;
  readonly #panes = new Map<EditorView, Pane>();
  readonly #recent: Text[] = [];
  readonly #saved: Text[];
  readonly #typedElsewhere: () => readonly Typed[];
  readonly #defer: (run: () => void) => void;
  readonly #gate: UpdateGate;
  #note: OpenNote;
  #doc: Text;
  #flushQueued = false;
  #closed = false;

  constructor(options: {
    host: EditorHost;
    path: NotePath;
    /** The note's text now. */
    doc: Text;
    open: OpenNoteWith;
    /** Runs something after the current task's synchronous part; `queueMicrotask` in the app. */
    defer: (run: () => void) => void;
    gate: UpdateGate;
    /** What was typed last in each of the note's panes that aren't bound yet; they bring it along when they join. */
    typedElsewhere?: () => readonly Typed[];
  }) {
    this.#host = options.host;
    this.#gate = options.gate;
    this.#doc = options.doc;
    this.#defer = options.defer;
    this.#typedElsewhere = options.typedElsewhere ?? (() => []);
    this.#saved = [options.doc];
    this.#note = options.open(options.path, this);
  }

  get doc(): Text {
    return this.#doc;
  }
  get note(): OpenNote {
    return this.#note;
  }
  get empty(): boolean {
    return this.#panes.size === 0;
  }
  has(view: EditorView): boolean {
    return this.#panes.has(view);
  }

  /** Whether the note has this text, had it a moment ago, or when it was saved. An empty view may only be one that isn't loaded yet. */
  knows(doc: Text): boolean {
    if (same(doc, this.#doc)) return true;
    return doc.length > 0 && [...this.#recent, ...this.#saved].some((text) => same(doc, text));
  }

  /** The file was written, most likely with the text of now. */
  saved(): void {
    this.#saved.push(this.#doc);
    if (this.#saved.length > SAVED_TEXTS) this.#saved.shift();
  }

  /** Takes a pane in: it brings what was typed in it and nothing else, and is brought to the session's text. */
  join(view: EditorView, { from, carried, pending, typed }: Entry): void {
    const catchUp = difference(from, this.#doc);
    const toDocument = pending.compose(catchUp.map(carried, true));
    const pane: Pane = { view, pending: toDocument.empty ? null : toDocument, cursor: null, latest: typed, failures: 0, undoable: false };
    this.#panes.set(view, pane);
    if (!carried.empty) {
      const taken = carried.map(catchUp);
      this.#advance(taken, pane);
      this.#note.edited(toTextChanges(taken), this.#doc, 'type');
    }
    this.#queueFlush();
  }

  leave(view: EditorView): void {
    if (!this.#panes.delete(view)) return;
    this.#queue(() => {
      // The view may be gone, or show another note already; it must not keep this one's marks.
      if (!this.#panes.has(view) && view.dom.isConnected) this.#dispatch(view, { effects: [setMarks.of(NO_MARKS), setUndoSource.of(null)] });
    });
  }

  close(): void {
    this.#closed = true;
    for (const view of [...this.#panes.keys()]) this.leave(view);
    this.#note.close();
  }

  /** A pane's update, also ours. */
  updated(update: ViewUpdate): void {
    const pane = this.#panes.get(update.view);
    if (!pane) return;
    for (const transaction of update.transactions) this.#transaction(pane, transaction);
  }

  #transaction(pane: Pane, transaction: Transaction): void {
    if (transaction.annotation(ofSession)) {
      if (transaction.docChanged) this.#changed(pane, transaction);
      return;
    }
    const marks = takenBackBy(transaction);
    if (!transaction.docChanged && !marks) return;
    const origin = originOf(transaction, () => this.#host.mayBeReload(this.#note.path, transaction.newDoc));
    if (marks) {
      const undoing = this.#undo(pane, transaction, marks);
      if (undoing) {
        if (transaction.docChanged) this.#changed(pane, transaction);
        return markUndo(transaction, undoing);
      }
      if (!transaction.docChanged) return;
    }
    if ((origin === 'outside' || isUnasked(transaction)) && this.#isEcho(pane, transaction)) return;
    this.#changed(pane, transaction);
    const orphaned = (origin === 'undo' || origin === 'redo') && pane.pending === null ? orphanedIds(transaction) : null;
    if (orphaned) return this.#takeWith(pane, transaction, orphaned, origin);
    markUndo(transaction, this.#take(pane, transaction.changes, origin, transaction.newDoc));
  }

  #take(pane: Pane, changes: ChangeSet, origin: EditOrigin, newDoc?: Text): readonly UndoMark[] | null {
    let taken = changes;
    const inStep = pane.pending === null;
    if (pane.pending) {
      taken = changes.map(pane.pending);
      pane.pending = pane.pending.map(changes, true);
    }
    this.#advance(taken, pane, inStep ? newDoc : undefined);
    return this.#note.edited(toTextChanges(taken), this.#doc, origin);
  }

  /** An undo with more that it takes along, which the peer sees as one edit. To take that back is left to the history alone. */
  #takeWith(pane: Pane, { changes }: Transaction, more: ChangeSet, origin: EditOrigin): void {
    const whole = changes.compose(more);
    pane.pending = more;
    this.#advance(whole, pane);
    this.#note.edited(toTextChanges(whole), this.#doc, origin);
    this.#queueFlush();
  }

  /** An undo by the documents: where that does other things than the editor's history did here, these are taken back. */
  #undo(pane: Pane, transaction: Transaction, marks: readonly UndoMark[]): readonly UndoMark[] | null {
    const { startState, changes, newDoc } = transaction;
    if (pane.pending !== null || startState.doc.length !== this.#doc.length) return null;
    const own = toTextChanges(changes);
    return this.#note.undo(own, marks, (asked, more) => {
      if (asked === own) {
        this.#advance(changes, pane, newDoc);
        for (const one of more) this.#advance(toChangeSet(one, this.#doc.length), null);
        return;
      }
      const wanted = toChangeSet(asked, startState.doc.length);
      const doc = wanted.apply(startState.doc);
      if (doc.eq(newDoc)) return this.#advance(wanted, pane, newDoc);
      pane.pending = changes.invert(startState.doc).compose(wanted);
      const last = asked[asked.length - 1];
      pane.cursor = last ? wanted.mapPos(last.to, 1) : null;
      this.#advance(wanted, pane, doc);
      this.#queueFlush();
    });
  }

  /** Remembers what the app may bring to other panes of the note. */
  #changed(pane: Pane, transaction: Transaction): void {
    if (this.#panes.size > 1) pane.latest = { doc: transaction.newDoc, changes: transaction.changes };
  }

  /** The app brought this pane up to another one: to the text we have, to one that we had a moment ago, or to what another pane has just got. */
  #isEcho(pane: Pane, transaction: Transaction): boolean {
    const text = transaction.newDoc;
    if (this.#panes.size > 1) {
      if (same(text, this.#doc)) {
        pane.pending = null;
        return true;
      }
      if (this.#recent.some((recent) => same(text, recent))) return this.#back(pane, text);
    }
    const elsewhere = [...this.#typedElsewhere()];
    for (const { view, latest } of this.#panes.values()) if (latest && view !== pane.view) elsewhere.push(latest);
    if (!elsewhere.some(({ doc, changes }) => same(text, doc) || sameChanges(changes, transaction.changes))) return false;
    return this.#back(pane, text);
  }

  /** The pane has another text than the note: it gets the note's. */
  #back(pane: Pane, text: Text): true {
    pane.pending = difference(text, this.#doc);
    this.#queueFlush();
    return true;
  }

  /** Moves `doc` on; every pane but the one that is there already lacks the change. */
  #advance(changes: ChangeSet, except: Pane | null, result?: Text): void {
    this.#recent.push(this.#doc);
    if (this.#recent.length > RECENT_TEXTS) this.#recent.shift();
    this.#doc = result ?? changes.apply(this.#doc);
    let behind = false;
    for (const pane of this.#panes.values()) {
      if (pane !== except) {
        pane.pending = pane.pending ? pane.pending.compose(changes) : changes;
        pane.undoable = false;
      }
      behind ||= pane.pending !== null;
    }
    if (behind) this.#queueFlush();
  }

  // What the peer asks of an editor.

  text(): NoteText {
    return this.#doc;
  }

  apply(changes: readonly TextChange[], undoable = false): void {
    if (changes.length === 0 || this.#closed) return;
    const alone = undoable ? [...this.#panes.values()].filter(({ pending }) => pending === null) : [];
    this.#advance(toChangeSet(changes, this.#doc.length), null);
    for (const pane of alone) pane.undoable = true;
    if (this.#gate.updating === 0) this.#flush();
  }

  composing(): boolean {
    for (const { view } of this.#panes.values()) if (view.composing || view.compositionStarted) return true;
    return false;
  }

  refresh(): void {
    this.#queueFlush();
  }

  cursorLine(): number {
    for (const pane of this.#panes.values()) {
      if (!pane.view.hasFocus) continue;
      const { head } = pane.view.state.selection.main;
      return this.#doc.lineAt(Math.min(toDoc(pane, head), this.#doc.length)).number - 1;
    }
    return -1;
  }

  /** Tells the peer the selection of a pane, in its own offsets. */
  select(view: EditorView): void {
    const pane = this.#panes.get(view);
    if (!pane) return;
    const { anchor, head } = view.state.selection.main;
    this.#note.select(view.hasFocus ? { anchor: toDoc(pane, anchor), head: toDoc(pane, head) } : null);
  }

  #queueFlush(): void {
    if (this.#flushQueued) return;
    this.#flushQueued = true;
    this.#queue(() => {
      this.#flushQueued = false;
      this.#flush();
    });
  }

  #queue(run: () => void): void {
    this.#defer(() => {
      try {
        run();
      } catch (error) {
        this.#host.failed(error);
      }
    });
  }

  #flush(): void {
    if (this.#closed) return;
    const marks = clampMarks({ blocks: this.#note.blocks, cursors: this.#note.cursors }, this.#doc.length);
    for (const pane of this.#panes.values()) this.#bring(pane, marks);
    // A queued flush goes first where a pane has got something else while it was brought here.
    if (!this.#flushQueued) for (const pane of this.#panes.values()) pane.latest = null;
  }

  /** One transaction that brings a pane to `doc`, with its marks. */
  #bring(pane: Pane, marks: Marks): void {
    const { view, pending, cursor, undoable } = pane;
    const { state } = view;
    if (!pending || pending.empty) {
      pane.pending = null;
      const effects: StateEffect<unknown>[] = [];
      if (undoSourceOf(state) !== this) effects.push(setUndoSource.of(this));
      if (!sameMarks(marksOf(state), marks)) effects.push(setMarks.of(marks));
      if (effects.length > 0) this.#dispatch(view, { effects, annotations: ofSession.of(true) });
      return;
    }
    pane.pending = null;
    pane.cursor = null;
    pane.undoable = false;
    const effects: StateEffect<unknown>[] = [setMarks.of(marks), setUndoSource.of(this)];
    const spec: TransactionSpec = {
      changes: pending,
      annotations: [ofSession.of(true), undoable ? isolateHistory.of('full') : Transaction.addToHistory.of(false), Transaction.remote.of(true)],
      // Another plugin's filter would leave this pane with another text than the peer's.
      filter: false,
    };
    if (cursor !== null) {
      this.#dispatch(view, { ...spec, effects, selection: EditorSelection.cursor(Math.min(cursor, this.#doc.length)), scrollIntoView: true });
      return;
    }
    const follower = followerOf(state.doc, pending);
    const follow = (position: number, assoc: -1 | 1): number => follower?.follow(position, assoc) ?? pending.mapPos(position, assoc);
    const kept = keptFolds(state, pending, this.#doc, follow);
    const { selection } = state;
    const followed = EditorSelection.create(
      selection.ranges.map((range) => EditorSelection.range(follow(range.anchor, -1), follow(range.head, -1), range.goalColumn)),
      selection.mainIndex,
    );
    // A selection that is set opens the fold that it is in.
    const isMapped = !follower || followed.eq(selection.map(pending));
    this.#dispatch(view, { ...spec, effects: [...effects, ...kept.effects], ...(isMapped ? {} : { selection: followed }) });
    const lost = isMapped ? [] : missingFolds(view.state, kept.folds);
    if (lost.length > 0) this.#dispatch(view, { effects: lost, annotations: ofSession.of(true) });
    if (view.state.doc.lines !== state.doc.lines) keepScroll(view);
  }

  #dispatch(view: EditorView, spec: TransactionSpec): void {
    const pane = this.#panes.get(view);
    try {
      view.dispatch(spec);
      if (pane) pane.failures = 0;
    } catch (error) {
      this.#host.failed(error);
      if (!pane) return;
      // Whatever it shows now, it gets to `doc`; a pane that never takes it must not keep us busy for ever.
      if (++pane.failures >= MOST_FAILURES) return this.leave(view);
      pane.pending = difference(view.state.doc, this.#doc);
      this.#queueFlush();
    }
  }
}

function same(a: Text, b: Text): boolean {
  return a === b || (a.length === b.length && a.eq(b));
}

function sameChanges(a: ChangeSet, b: ChangeSet): boolean {
  return a.length === b.length && a.newLength === b.newLength && JSON.stringify(a) === JSON.stringify(b);
}

function toDoc(pane: Pane, position: number): number {
  return pane.pending ? pane.pending.mapPos(Math.min(position, pane.pending.length), -1) : position;
}
