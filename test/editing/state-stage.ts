/** Editors without a document object model: CodeMirror's states, transactions, history and commands, dispatched as its view does. For Node. */
import type { EditorView } from '@codemirror/view';
import { idGuard, liveTag } from '../../src/obsidian/editor/id-guard';
import { marksField } from '../../src/obsidian/editor/marks';
import { TestView } from '../../src/obsidian/editor/test-view';
import { undoMarks } from '../../src/obsidian/editor/undo-marks';
import type { Stage } from './side';

export const stateStage: Stage = {
  open(doc, extensions, binder, heard) {
    const view = new TestView(doc, [marksField, undoMarks(), liveTag.of(() => '#live'), idGuard(), extensions]);
    view.onUpdate = (update) => {
      binder.updated(update);
      heard(update);
    };
    binder.added(view.view);
    return view.view;
  },

  async compose(view, binder, steps, between) {
    const fake = view as unknown as TestView;
    fake.composing = true;
    let { from, to } = view.state.selection.main;
    for (const step of steps) {
      view.dispatch({ changes: { from, to, insert: step }, selection: { anchor: from + step.length }, userEvent: 'input.type.compose' });
      await between();
      // An input method holds its own text: nothing else may have come between.
      const { head } = view.state.selection.main;
      [from, to] = [head - step.length, head];
    }
    fake.composing = false;
    binder.composed(view);
  },

  close(view: EditorView) {
    (view as unknown as TestView).onUpdate = null;
  },
};
