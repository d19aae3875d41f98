/**
 * Everything that this shell takes for granted about the real app, in one place. Nothing here was checked in Obsidian by the tests;
 * where one of these is wrong, tests that pass here prove nothing there.
 *
 *  1. Plugins are CommonJS: `main.js` is evaluated with `module`, `exports`, `require`; its default export is the Plugin class. `require` gives
 *     'obsidian' and the @codemirror and @lezer packages that the app itself uses, and throws for anything else.
 *  2. Order at start: files are listed, `onload` of each enabled plugin runs and is awaited, then the workspace is restored and
 *     `onLayoutReady` callbacks run. `vault.on('create')` fires only for files created after the listing.
 *  3. An editor saves its note `saveDelay` after the last change, and at once when its leaf shows another file or is closed.
 *  4. A note changed on disk under an open editor without unsaved changes is put into the editor by one transaction that replaces
 *     what differs in the middle, with no user event and outside of no history. With unsaved changes, the app merges; the shell keeps the
 *     editor's text where both changed.
 *  5. The same note in two panes: each change of one is dispatched to the other as a transaction with the same changes, no user event,
 *     and not added to its history. Undo in the second pane knows only what was typed there.
 *  6. A leaf is reused when another file is opened in it: the MarkdownView and its EditorView stay, the editor's state is replaced by `setState`.
 *  7. `editorInfoField` of a whole-note editor gives the MarkdownView; editors over fragments (table cells, previews) give another owner.
 *  8. `vault.process` reads, calls back synchronously and writes, one at a time per file. It fires 'modify' once written.
 *  9. CRLF: editors hold '\n'; the app gives the file's own line end back when it saves.
 * 10. `data.json` is in the plugin's folder; `saveLocalStorage` is per vault (prefixed with the app id) and never in the vault; `secretStorage`
 *     is there from 1.11.4.
 * 11. `obsidian://name?query` calls the handler of `registerObsidianProtocolHandler('name')` with the decoded query and `action`.
 * 12. Phones have no status bar; view headers and their actions are there. `Platform.isMobile` is true, `body` has `is-mobile`, `is-phone`.
 * 13. Reading mode renders a note by top-level sections and calls each post-processor with each section's element and a context whose
 *     `getSectionInfo` gives the whole text and the section's lines. Block ids (`^id`) at a paragraph's end are not rendered.
 * 14. Core daily notes keep folder, format and template in `.obsidian/daily-notes.json`, given by
 *     `app.internalPlugins.getPluginById('daily-notes').instance.options`.
 * 15. Setting tabs are shown by `display()` (the app of 1.13 can also build them from `getSettingDefinitions()`; the shell does not).
 * 16. Files whose names start with a dot are in no listing, but the adapter reads them.
 * 17. Enter in a list continues it, Tab and Shift-Tab indent an item with its children, Alt-Up and Alt-Down move it with its children;
 *     each is one transaction with a user event. Undo and redo are CodeMirror's own history.
 * 17a. The metadata cache is complete before plugins load, and follows each change within a moment.
 * 18. `requestUrl` is `fetch` here, so CORS applies to it, unless a test gives the window a program that asks; in the app it does not.
 * 19. Community plugins other than the one under test are their settings alone: a plugin folder without `main.js` gives
 *     `app.plugins.getPlugin(id)` with `settings` from its `data.json`.
 * 21. A picture that is pasted is saved where `getAvailablePathForAttachment` says, and `![[its name]]` inserted. A link without a folder leads to the file of that
 *     name, wherever it is, in whatever case; one that begins with `./` or `../` is followed from its note.
 * 22. A right click in an editor puts the cursor there, outside of a selection, and then opens a menu to which `workspace.on('editor-menu')` adds.
 * 20. `app.appId` names the vault on this device; `loadLocalStorage(key)` is `localStorage['<appId>-<key>']`.
 */
export const assumptions = {
  /** Version that the shell says it is. */
  appVersion: '1.12.7',
  /** ms from the last change in an editor to the save */
  saveDelay: 2000,
  configDir: '.obsidian',
  tabSize: 4,
  /** Read as undefined on `app` in the real one too, so that plugins may ask for them. */
  absentOnApp: ['isMobile', 'customCss'],
} as const;
