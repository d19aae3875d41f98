/** The commands for the bullet at the cursor, in the menu that a right click, or a long press on a phone, opens in an editor. */
import type { Command, Plugin } from 'obsidian';

const OFFERED: readonly string[] = ['make-block-live', 'show-block-history', 'stop-syncing-block'];
const LIST_ITEM = /^\s*(?:[-*+]|\d{1,9}[.)])\s/;

export function offerInEditorMenu(plugin: Plugin, commands: readonly Command[]): void {
  plugin.registerEvent(
    plugin.app.workspace.on('editor-menu', (menu, editor, info) => {
      if (!LIST_ITEM.test(editor.getLine(editor.getCursor().line))) return;
      for (const { id, name, icon, editorCheckCallback: run } of commands) {
        if (!OFFERED.includes(id) || run?.(true, editor, info) !== true) continue;
        menu.addItem((item) =>
          item
            .setSection('blockwire')
            .setTitle(name)
            .setIcon(icon ?? null)
            .onClick(() => run(false, editor, info)),
        );
      }
    }),
  );
}
