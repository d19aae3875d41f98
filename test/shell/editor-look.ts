import { syntaxTree } from '@codemirror/language';
import { RangeSetBuilder } from '@codemirror/state';
import type { Extension } from '@codemirror/state';
import { Decoration, ViewPlugin, WidgetType } from '@codemirror/view';
import type { DecorationSet, ViewUpdate , EditorView} from '@codemirror/view';
import { columns } from './list-items';

/** Gives list lines, tags, links, tasks and headings the look and the class names of the app's live preview. */

class Checkbox extends WidgetType {
  constructor(readonly mark: string) {
    super();
  }
  override eq(other: Checkbox): boolean {
    return other.mark === this.mark;
  }
  toDOM(view: EditorView): HTMLElement {
    const box = createEl('input', { cls: 'task-list-item-checkbox', type: 'checkbox', attr: { 'data-task': this.mark.trim() } });
    box.checked = this.mark !== ' ';
    box.addEventListener('mousedown', (event) => event.preventDefault());
    box.addEventListener('click', (event) => {
      event.preventDefault();
      const at = view.posAtDOM(box);
      view.dispatch({ changes: { from: at + 1, to: at + 2, insert: this.mark === ' ' ? 'x' : ' ' }, userEvent: 'input' });
    });
    return box;
  }
  override ignoreEvent(): boolean {
    return true;
  }
}

const inline = /(?<tag>(?<=^|[\s])#[\p{L}\p{N}/_-]*[\p{L}_/-][\p{L}\p{N}/_-]*)|(?<link>\[\[[^\]\n]+\]\])|(?<code>`[^`\n]+`)|(?<bold>\*\*[^*\n]+\*\*)|(?<url>https?:\/\/[^\s)]+)/gu;
const classOf: Readonly<Record<string, string>> = {
  tag: 'cm-hashtag cm-hashtag-begin cm-hashtag-end',
  link: 'cm-hmd-internal-link',
  code: 'cm-inline-code',
  bold: 'cm-strong',
  url: 'cm-url',
};
const listLine = /^([ \t]*)([-*+]|\d+[.)])([ \t]+)(\[(.)\](?=[ \t]))?/;

function decorate(view: EditorView): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  const { state } = view;
  for (const { from, to } of view.visibleRanges) {
    for (let at = from; at <= to; ) {
      const line = state.doc.lineAt(at);
      at = line.to + 1;
      const node = syntaxTree(state).resolveInner(Math.min(line.from + 1, line.to), 1);
      const inCode = /Code/.test(node.name) || /FencedCode/.test(node.parent?.name ?? '');
      const list = inCode ? null : listLine.exec(line.text);
      const heading = inCode ? null : /^(#{1,6}) /.exec(line.text);
      if (inCode) builder.add(line.from, line.from, Decoration.line({ class: 'HyperMD-codeblock' }));
      // Marks are hidden on lines that no cursor is on, as in live preview.
      const touched = view.hasFocus && state.selection.ranges.some((range) => range.from <= line.to && range.to >= line.from);
      if (heading) {
        builder.add(line.from, line.from, Decoration.line({ class: `HyperMD-header HyperMD-header-${heading[1]?.length}` }));
        if (!touched) builder.add(line.from, line.from + heading[0].length, Decoration.replace({}));
      }
      if (list) {
        const [, indent = '', marker = '', blanks = '', task, mark = ' '] = list;
        const depth = Math.floor(columns(indent, state.tabSize) / 2);
        // Wrapped lines hang under the item's text.
        const width = columns(indent, state.tabSize) + marker.length + blanks.length;
        builder.add(line.from, line.from, Decoration.line({
          class: `HyperMD-list-line HyperMD-list-line-${depth + 1}${task && mark !== ' ' ? ' HyperMD-task-line is-checked' : ''}`,
          attributes: { style: `--shell-hang: ${width}` },
        })); // prettier-ignore
        const markerFrom = line.from + indent.length;
        if (indent) builder.add(line.from, markerFrom, Decoration.mark({ class: 'cm-indent' }));
        builder.add(markerFrom, markerFrom + marker.length + blanks.length, Decoration.mark({ class: /\d/.test(marker) ? 'cm-formatting-list-ol' : 'cm-formatting-list-ul' }));
        if (task) {
          const taskFrom = markerFrom + marker.length + blanks.length;
          const { head } = state.selection.main;
          if (!(view.hasFocus && head >= taskFrom && head <= taskFrom + 3)) builder.add(taskFrom, taskFrom + 3, Decoration.replace({ widget: new Checkbox(mark) }));
        }
      }
      if (inCode) continue;
      const start = list ? (list[0]?.length ?? 0) : 0;
      for (const match of line.text.slice(start).matchAll(inline)) {
        const kind = Object.keys(match.groups ?? {}).find((name) => match.groups?.[name] !== undefined) ?? 'tag';
        const matchFrom = line.from + start + match.index;
        const matchTo = matchFrom + match[0].length;
        const hidden = kind === 'link' && !touched ? 2 : 0;
        if (hidden) builder.add(matchFrom, matchFrom + hidden, Decoration.replace({}));
        builder.add(matchFrom + hidden, matchTo - hidden, Decoration.mark({ class: classOf[kind] ?? '' }));
        if (hidden) builder.add(matchTo - hidden, matchTo, Decoration.replace({}));
      }
    }
  }
  return builder.finish();
}

export function editorLook(): Extension {
  return ViewPlugin.fromClass(
    class {
      decorations: DecorationSet;
      constructor(view: EditorView) {
        this.decorations = decorate(view);
      }
      update(update: ViewUpdate): void {
        if (update.docChanged || update.viewportChanged || update.selectionSet || update.focusChanged || syntaxTree(update.state) !== syntaxTree(update.startState))
          this.decorations = decorate(update.view);
      }
    },
    { decorations: (plugin) => plugin.decorations },
  );
}
