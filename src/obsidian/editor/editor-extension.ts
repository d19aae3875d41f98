/** Everything Blockwire adds to an editor, as one CodeMirror extension. */
import type { Extension } from '@codemirror/state';
import type { EditorView} from '@codemirror/view';
import { ViewPlugin, type PluginValue, type ViewUpdate } from '@codemirror/view';
import type { EditorBinder } from './binder';
import { atomicIds, blockDecorations } from './block-decorations';
import { idGuard, liveTag } from './id-guard';
import { marksField } from './marks';
import { undoMarks } from './undo-marks';

/** After a composition ends, CodeMirror needs this long (ms) until it may be dispatched to without disturbing the input method. */
const COMPOSITION_SETTLES = 60;

/** @param tag the tag that makes blocks live, with '#' */
export function editorExtension(binder: EditorBinder, tag: () => string): Extension {
  return [marksField, undoMarks(), liveTag.of(tag), bindingPlugin(binder), idGuard(), atomicIds(), blockDecorations()];
}

function bindingPlugin(binder: EditorBinder): Extension {
  return ViewPlugin.fromClass(
    class implements PluginValue {
      readonly #view: EditorView;
      #timer = 0;
      constructor(view: EditorView) {
        this.#view = view;
        binder.added(view);
      }
      update(update: ViewUpdate): void {
        binder.updated(update);
      }
      compositionEnded(): void {
        const { defaultView } = this.#view.dom.ownerDocument;
        defaultView?.clearTimeout(this.#timer);
        this.#timer =
          defaultView?.setTimeout(() => {
            if (!this.#view.composing) binder.composed(this.#view);
          }, COMPOSITION_SETTLES) ?? 0;
      }
      destroy(): void {
        this.#view.dom.ownerDocument.defaultView?.clearTimeout(this.#timer);
        binder.removed(this.#view);
      }
    },
    {
      eventHandlers: {
        compositionend() {
          this.compositionEnded();
        },
      },
    },
  );
}
