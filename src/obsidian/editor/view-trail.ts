/**
 * The texts that a view has shown while it isn't bound, and how it came from one to the next. What its user typed is told from what
 * the app put there: only the first may go into a note that another pane has already.
 */
import { ChangeSet, Transaction, type Text } from '@codemirror/state';
import type { ViewUpdate } from '@codemirror/view';
import { difference } from './text-changes';

/** Texts that are kept; the one that the view was loaded with always is. */
const LONGEST_TRAIL = 500;

interface Step {
  readonly doc: Text;
  /** Leads here from the step before; null at the start. */
  readonly changes: ChangeSet | null;
  /** A user made the change, here. */
  readonly asked: boolean;
  /** What tells that this is a text of the note; null if nothing does. */
  known: KnownBy | null;
}

/** The session had this text itself, or it is on the disk. */
export type KnownBy = 'session' | 'disk';

/** A change that a pane has just had, in its own offsets, and its text then. */
export interface Typed {
  readonly doc: Text;
  readonly changes: ChangeSet;
}

/** How a view is taken into a session. */
export interface Entry {
  /** A text that is the note's. */
  readonly from: Text;
  /** What was typed here, from `from` on. */
  readonly carried: ChangeSet;
  /** From the view's text to `from` with `carried`. */
  readonly pending: ChangeSet;
  /** The last change, if a user made it here. */
  readonly typed: Typed | null;
}

export class ViewTrail {
  readonly #steps: Step[];

  constructor(doc: Text) {
    this.#steps = [{ doc, changes: null, asked: false, known: null }];
  }

  get length(): number {
    return this.#steps.length;
  }
  get known(): boolean {
    return this.#steps.some((step) => step.known !== null);
  }
  /** The last change, where a user made it here; the app may bring it to other panes. */
  get typed(): Typed | null {
    const last = this.#steps[this.#steps.length - 1];
    return last?.changes && last.asked ? { doc: last.doc, changes: last.changes } : null;
  }

  extend(update: ViewUpdate, known: KnownBy | null): void {
    const asked = update.transactions.some((transaction) => transaction.docChanged && !isUnasked(transaction));
    this.#steps.push({ doc: update.state.doc, changes: update.changes, asked, known });
    if (this.#steps.length > LONGEST_TRAIL) this.#shorten();
  }

  /** Joins the two oldest changes that are of one kind: a text between is forgotten, what was typed is not. */
  #shorten(): void {
    for (let i = 1; i + 1 < this.#steps.length; i++) {
      const [one, next] = this.#steps.slice(i, i + 2);
      if (!one?.changes || !next?.changes || one.asked !== next.asked || one.known) continue;
      this.#steps.splice(i, 2, { ...next, changes: one.changes.compose(next.changes) });
      return;
    }
  }

  /** Marks the texts that the note is known to have had. */
  recognize(by: KnownBy, isKnown: (doc: Text) => boolean): void {
    for (const step of this.#steps) if (!step.known && isKnown(step.doc)) step.known = by;
  }

  /** For the first pane of a note: everything since the first text that is its note's, whoever changed it. Null if there is none. */
  whole(): Entry | null {
    const at = this.#steps.findIndex((step) => step.known);
    const first = this.#steps[at];
    if (!first) return null;
    let carried = ChangeSet.empty(first.doc.length);
    for (const { changes } of this.#steps.slice(at + 1)) if (changes) carried = carried.compose(changes);
    return { from: first.doc, carried, pending: ChangeSet.empty(carried.newLength), typed: this.typed };
  }

  /** For a note that has other panes: what was typed here, and nothing that the app put here. Null if no text is known to be the note's. */
  typedOnly(): Entry | null {
    const [first] = this.#steps;
    if (!first || !this.known) return null;
    let from = first.doc;
    let before = first.doc;
    let carried = ChangeSet.empty(from.length);
    let pending = carried;
    for (const { doc, changes, asked, known } of this.#steps) {
      if (!changes) continue;
      if (asked && known === 'session') {
        // The app was quicker, and the note has it already.
        from = doc;
        carried = pending = ChangeSet.empty(doc.length);
      } else if (asked) {
        carried = carried.compose(changes.map(pending));
        pending = pending.map(changes, true);
      } else if (known) {
        // Brought up to the note by the app: what was typed before isn't in it.
        carried = carried.map(difference(from, doc));
        from = doc;
        pending = carried;
      } else pending = changes.invert(before).compose(pending);
      before = doc;
    }
    return { from, carried, pending, typed: this.typed };
  }
}

/** Whether the app, or a plugin, may have made this change rather than a user. */
export function isUnasked(transaction: Transaction): boolean {
  return transaction.annotation(Transaction.userEvent) === undefined || transaction.isUserEvent('set');
}
