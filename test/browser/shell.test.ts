import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { Shell } from '../shell/main';
import { makeVault, serveVaults } from '../shell/server';
import type { ShellServer } from '../shell/server';
import { closeBrowser, newDevice } from './browser';

/** The shell itself, with a plugin that only writes down what it is told. */
const witness = `
const { Plugin, editorInfoField, SettingPage } = require('obsidian');
const { EditorView } = require('@codemirror/view');
const { Transaction } = require('@codemirror/state');
module.exports.default = class extends Plugin {
  async onload() {
    this.seen = [];
    this.sections = [];
    this.registerEditorExtension(EditorView.updateListener.of((update) => {
      if (update.docChanged) for (const tr of update.transactions)
        this.seen.push([update.state.field(editorInfoField).file?.path ?? null, tr.annotation(Transaction.userEvent) ?? null]);
    }));
    this.registerObsidianProtocolHandler('blockwire', (params) => this.seen.push(params));
    this.registerMarkdownPostProcessor((el, context) => { const { lineStart, lineEnd } = context.getSectionInfo(el); this.sections.push([lineStart, lineEnd]); });
    for (const name of ['create', 'modify', 'delete']) this.registerEvent(this.app.vault.on(name, (file) => this.seen.push([name, file.path])));
    this.app.workspace.onLayoutReady(() => this.seen.push('ready'));
  }
  onunload() { this.app.witnessGone = true; }
};`;

interface Witness {
  seen: unknown[];
  sections: unknown[];
}
declare const window: { shell: Shell };

let scratch: string;
let server: ShellServer;
let page: Page;
const note = () => join(scratch, 'Vault', 'Note.md');
const seen = () => page.evaluate(() => (window.shell.plugin() as Witness).seen.splice(0));
const text = () => page.evaluate(() => window.shell.views()[0]?.getViewData());
const until = (read: () => Promise<unknown>, wanted: unknown) =>
  expect(
    (async () => {
      const end = Date.now() + 10_000;
      let value = await read();
      while (JSON.stringify(value) !== JSON.stringify(wanted) && Date.now() < end) {
        await new Promise((done) => setTimeout(done, 30));
        value = await read();
      }
      return value;
    })(),
  ).resolves.toEqual(wanted);

async function showNote(content: string): Promise<void> {
  await writeFile(note(), content);
  page = await (await newDevice()).newPage();
  await page.goto(server.vaultUrl('Vault', { open: 'Note.md' }));
  await page.waitForFunction(() => window.shell?.ready.then(() => true));
}
/** Puts the cursor at the end of a line (0-based) and types keys there. */
async function at(line: number, ...keys: string[]): Promise<void> {
  await page.evaluate((wanted) => {
    const { editor } = window.shell.views()[0] ?? {};
    editor?.setCursor({ line: wanted, ch: 10_000 });
    editor?.focus();
  }, line);
  for (const key of keys) await (key.startsWith('+') ? page.keyboard.press(key.slice(1)) : page.keyboard.insertText(key));
}

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'blockwire-shell-'));
  const plugin = join(scratch, 'plugin');
  await makeVault({ directory: plugin, plugin: await witnessFolder() });
  await makeVault({ directory: join(scratch, 'Vault'), plugin: await witnessFolder(), notes: { 'Folder/Other.md': '- other\n' } });
  server = await serveVaults({ Vault: join(scratch, 'Vault') });
});
async function witnessFolder(): Promise<string> {
  const folder = await mkdtemp(join(scratch, 'witness-'));
  await writeFile(join(folder, 'main.js'), witness);
  await writeFile(join(folder, 'styles.css'), '');
  await writeFile(join(folder, 'manifest.json'), JSON.stringify({ id: 'blockwire', name: 'Blockwire', version: '0.0.0', minAppVersion: '1.0.0' }));
  return folder;
}
afterEach(async () => {
  expect(await page.evaluate(() => window.shell.errors)).toEqual([]);
  // A page that closes saves what is unsaved, which must not reach the next test's note.
  await page.evaluate(() => Promise.all(window.shell.views().map((view) => view.save())));
  await page.context().close();
});
afterAll(async () => {
  await closeBrowser();
  await server.close();
  await rm(scratch, { recursive: true, force: true });
});

describe('the test shell', () => {
  test('loads a plugin from the vault and tells it of typing with its user event', async () => {
    await showNote('- one\n');
    expect(await seen()).toEqual(['ready']);
    await at(0, ' and');
    expect(await seen()).toEqual([['Note.md', 'input.type']]);
    expect(await text()).toBe('- one and\n');
  });

  test('saves a note to the disk by itself, with its own line ends', async () => {
    await showNote('- one\r\n- two\r\n');
    await at(0, '!');
    await until(() => readFile(note(), 'utf8'), '- one!\r\n- two\r\n');
  });

  test('continues lists, indents and moves items with their children', async () => {
    await showNote('- a\n\t- a1\n- b\n1. n\n- [x] t\n');
    await at(0, '+Alt+ArrowDown');
    expect(await text()).toBe('- b\n- a\n\t- a1\n1. n\n- [x] t\n');
    await at(1, '+Tab');
    expect(await text()).toBe('- b\n\t- a\n\t\t- a1\n1. n\n- [x] t\n');
    await at(1, '+Shift+Tab', '+Alt+ArrowUp');
    expect(await text()).toBe('- a\n\t- a1\n- b\n1. n\n- [x] t\n');
    await at(4, '+Control+Enter', '+Enter', 'u');
    expect(await text()).toBe('- a\n\t- a1\n- b\n1. n\n- [ ] t\n- [ ] u\n');
    await at(3, '+Enter', 'm', '+Enter', '+Enter');
    expect(await text()).toBe('- a\n\t- a1\n- b\n1. n\n2. m\n\n- [ ] t\n- [ ] u\n');
    expect((await seen()).filter((entry) => Array.isArray(entry) && entry[1] === null)).toEqual([]);
  });

  test('mirrors two panes of one note, each with its own undo', async () => {
    await showNote('- one\n');
    await page.evaluate(() => window.shell.open('Note.md', { split: true }));
    await seen();
    await at(0, ' more');
    expect(await page.evaluate(() => window.shell.views().map((view) => view.getViewData()))).toEqual(['- one more\n', '- one more\n']);
    expect(await seen()).toEqual([['Note.md', 'input.type'], ['Note.md', null]]);
    await page.evaluate(() => window.shell.views()[1]?.editor.undo());
    expect(await text()).toBe('- one more\n');
    await page.evaluate(() => window.shell.views()[0]?.editor.undo());
    expect(await page.evaluate(() => window.shell.views().map((view) => view.getViewData()))).toEqual(['- one\n', '- one\n']);
  });

  test('shows what changed on the disk, in the open note and in the vault', async () => {
    await showNote('- one\n- two\n');
    await seen();
    await writeFile(note(), '- one\n- 2\n');
    await until(text, '- one\n- 2\n');
    expect(await seen()).toEqual([['modify', 'Note.md'], ['Note.md', null]]);
    await writeFile(join(scratch, 'Vault', 'New.md'), 'x');
    await until(() => page.evaluate(() => (window.shell.plugin() as Witness).seen), [['create', 'New.md']]);
    await rm(join(scratch, 'Vault', 'New.md'));
    await until(() => page.evaluate(() => window.shell.app.vault.getFileByPath('New.md') === null), true);
  });

  test('a note renamed on the disk is gone under its old name', async () => {
    await showNote('- one\n');
    await rename(note(), join(scratch, 'Vault', 'Moved.md'));
    await until(() => page.evaluate(() => window.shell.app.vault.getMarkdownFiles().map((file) => file.path).sort()), ['Folder/Other.md', 'Moved.md']);
    await rm(join(scratch, 'Vault', 'Moved.md'));
  });

  test('renders reading mode by sections, without block ids', async () => {
    await showNote('# Title\n\n- one ^bw-abc\n\t- [ ] task #live\n\n```js\n- no\n```\n\nlast **line**\n');
    await page.evaluate(() => window.shell.views()[0]?.setMode('preview'));
    expect(await page.evaluate(() => (window.shell.plugin() as Witness).sections)).toEqual([[0, 0], [2, 3], [5, 7], [9, 9]]);
    expect(await page.innerText('.markdown-preview-view')).not.toContain('^bw-');
    expect(await page.locator('.markdown-preview-view li').count()).toBe(2);
  });

  test('passes obsidian:// addresses on and keeps local storage by vault', async () => {
    await showNote('');
    await seen();
    await page.evaluate(() => {
      window.shell.openUrl('obsidian://blockwire?k=a%2Bb');
      window.shell.app.saveLocalStorage('key', { a: 1 });
    });
    expect(await seen()).toEqual([{ action: 'blockwire', k: 'a+b' }]);
    await page.reload();
    await page.waitForFunction(() => window.shell?.ready.then(() => true));
    expect(await page.evaluate(() => window.shell.app.loadLocalStorage('key'))).toEqual({ a: 1 });
  });

  test('processes a closed note atomically and one call after the other', async () => {
    await showNote('');
    await page.evaluate(async () => {
      const { vault } = window.shell.app;
      const file = vault.getFileByPath('Folder/Other.md');
      if (!file) throw new Error('missing');
      await Promise.all([1, 2, 3].map((n) => vault.process(file, (data) => `${data}- ${n}\n`)));
    });
    expect(await readFile(join(scratch, 'Vault/Folder/Other.md'), 'utf8')).toBe('- other\n- 1\n- 2\n- 3\n');
  });

  test('what it does not have, throws', async () => {
    await showNote('');
    const outcome = (which: 'property' | 'method') =>
      page.evaluate((asked) => {
        const { vault, metadataCache } = window.shell.app;
        try {
          if (asked === 'property') return String(Reflect.get(vault, 'somethingNew'));
          return String(Reflect.get(metadataCache.getCache('Note.md') ?? {}, 'headings'));
        } catch (error) {
          return (error as Error).name;
        }
      }, which);
    expect([await outcome('property'), await outcome('method')]).toEqual(['NotInShell', 'NotInShell']);
    expect(await page.evaluate(() => typeof window.shell.app.secretStorage?.setSecret)).toBe('function');
  });

  test('keeps other sites and other paths out', async () => {
    await showNote('');
    const status = async (path: string, headers: Record<string, string> = {}) => (await fetch(server.url + path, { headers })).status;
    expect(await status('/vault/Vault/files/list')).toBe(200);
    expect(await status('/vault/Vault/files/list', { origin: 'https://example.com' })).toBe(403);
    expect(await status(`/vault/Vault/files/file?path=${encodeURIComponent('../plugin/.obsidian/app.json')}`)).toBe(400);
    expect(await status('/vault/None/files/list')).toBe(404);
    expect(await status('/%2e%2e/package.json')).toBe(404);
  });
});
