/** A view without a document, for tests: real CodeMirror states and transactions, dispatched as `EditorView` does. */
import { history, redo, undo } from '@codemirror/commands';
import { codeFolding } from '@codemirror/language';
import { EditorState, type Extension, type Transaction, type TransactionSpec } from '@codemirror/state';
import type { EditorView, ViewUpdate } from '@codemirror/view';

export class TestView {
  state: EditorState;
  hasFocus = true;
  composing = false;
  compositionStarted = false;
  readonly dom = { isConnected: true };
  onUpdate: ((update: ViewUpdate) => void) | null = null;
  #updating = false;

  constructor(doc: string, extensions: Extension = []) {
    this.dispatch = this.dispatch.bind(this);
    this.state = EditorState.create({ doc, extensions: [history(), codeFolding(), extensions] });
  }

  /** The parts of a view that the binding uses. */
  get view(): EditorView {
    return this as unknown as EditorView;
  }
  get text(): string {
    return this.state.doc.toString();
  }

  dispatch(input: Transaction | TransactionSpec, ...more: TransactionSpec[]): void {
    if (this.#updating) throw new Error('Calls to EditorView.update are not allowed while an update is in progress');
    const transaction = 'startState' in input ? (input) : this.state.update(input, ...more);
    const startState = this.state;
    this.state = transaction.state;
    this.#updating = true;
    try {
      this.onUpdate?.({
        view: this.view,
        state: this.state,
        startState,
        transactions: [transaction],
        changes: transaction.changes,
        docChanged: transaction.docChanged,
        selectionSet: transaction.selection !== undefined,
        focusChanged: false,
      } as unknown as ViewUpdate);
    } finally {
      this.#updating = false;
    }
  }

  // It has no layout.
  requestMeasure(): void {}
  lineBlockAtHeight(): null {
    return null;
  }

  /** Types at a position, as a user does. */
  type(at: number, text: string, userEvent = 'input.type'): void {
    this.dispatch({ changes: { from: at, insert: text }, selection: { anchor: at + text.length }, userEvent });
  }
  delete(from: number, to: number, userEvent = 'delete.backward'): void {
    this.dispatch({ changes: { from, to }, selection: { anchor: from }, userEvent });
  }
  undo(): void {
    undo({ state: this.state, dispatch: (transaction) => this.dispatch(transaction) });
  }
  redo(): void {
    redo({ state: this.state, dispatch: (transaction) => this.dispatch(transaction) });
  }
}
