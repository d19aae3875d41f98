/** What is seen stays where it is when lines come or go above it. */
import type { EditorView } from '@codemirror/view';

/**
 * To be called after a change in the number of lines. CodeMirror puts what is seen back into its place only where a measurement finds something new, and a
 * line as high as it had guessed is not new: a request makes it look. At once, because the next change takes what it finds moved for its place.
 */
export function keepScroll(view: EditorView): void {
  view.requestMeasure({ read: () => null });
  // Whatever asks for a height measures first.
  view.lineBlockAtHeight(0);
}
