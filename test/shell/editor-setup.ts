import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { markdown } from '@codemirror/lang-markdown';
import { codeFolding, foldKeymap, foldService, indentUnit } from '@codemirror/language';
import { Annotation, EditorState, StateField } from '@codemirror/state';
import type { Extension } from '@codemirror/state';
import { EditorView, drawSelection, keymap } from '@codemirror/view';
import type { MarkdownFileInfo } from 'obsidian';
import { editorLook } from './editor-look';
import { itemAt } from './list-items';
import { listKeymap } from './list-keymap';

/** `editorInfoField`, `editorEditorField`, `editorLivePreviewField` of the app's module. */
export const editorInfoField = StateField.define<MarkdownFileInfo>({ create: () => ({}) as MarkdownFileInfo, update: (value) => value });
export const editorEditorField = StateField.define<EditorView>({ create: () => ({}) as EditorView, update: (value) => value });
export const editorLivePreviewField = StateField.define<boolean>({ create: () => true, update: (value) => value });

/** Marks a change that came from the other pane of the same note (assumption 5). */
export const mirrored = Annotation.define<true>();

/** An item folds from its first line's end to its last line's. */
const itemFolds = foldService.of((state, from) => {
  const line = state.doc.lineAt(from);
  const item = itemAt(state, line.number);
  return item && item.last > item.first ? { from: line.to, to: state.doc.line(item.last).to } : null;
});

export interface EditorSettings {
  readonly useTab: boolean;
  readonly tabSize: number;
}

/** What the app's own editor brings; plugins' extensions stand before it. */
export function baseExtensions(settings: EditorSettings): Extension[] {
  const unit = settings.useTab ? '\t' : ' '.repeat(settings.tabSize);
  return [
    history(),
    drawSelection(),
    EditorView.lineWrapping,
    EditorState.tabSize.of(settings.tabSize),
    indentUnit.of(unit),
    EditorState.allowMultipleSelections.of(true),
    markdown(),
    codeFolding(),
    itemFolds,
    editorLook(),
    keymap.of([...listKeymap({ unit }), ...historyKeymap, ...foldKeymap, ...defaultKeymap]),
    EditorView.contentAttributes.of({ spellcheck: 'false', autocorrect: 'off', autocapitalize: 'on' }),
  ];
}
