import { readFile, rename, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import type { LocalDevice } from '../../src/obsidian/local-device';
import type { Shell } from '../shell/main';
import type { ShellServer } from '../shell/server';

interface Plugin {
  readonly device: LocalDevice | null;
}
declare const window: { shell: Shell };

/** A vault in a window of its own: what a person does with it, and what it shows. */
export class Device {
  page: Page;

  constructor(
    readonly name: string,
    readonly directory: string,
    private readonly context: BrowserContext,
    private readonly server: ShellServer,
    private readonly query: Readonly<Record<string, string>>,
    page: Page,
  ) {
    this.page = page;
  }

  /** Loads, or loads anew, the window; `note` is open then. */
  async load(note?: string): Promise<void> {
    await this.page.goto(this.server.vaultUrl(this.name, { ...this.query, ...(note !== undefined && { open: note }) }));
    await this.page.waitForFunction(() => window.shell?.ready.then(() => true));
  }

  /** Closes the window, as quitting the app does. */
  async quit(): Promise<void> {
    await this.page.close();
    this.page = await this.context.newPage();
  }

  /** Founds or joins a space by a link. */
  async setUp(link: string): Promise<void> {
    const { name } = this;
    await this.page.evaluate(
      async ([address, deviceName]) => {
        const { device } = window.shell.plugin() as Plugin;
        await device?.setUp(address ?? '', deviceName ?? '');
        if (device?.phase !== 'running') throw new Error(device?.problem?.message ?? 'The plugin is not running.');
      },
      [link, name],
    );
  }
  pairingLink(): Promise<string> {
    return this.page.evaluate(() => (window.shell.plugin() as Plugin).device?.peer?.pairingLink() ?? '');
  }

  // What a person does

  async open(note: string, options: { readonly split?: boolean; readonly mode?: 'source' | 'preview' } = {}): Promise<void> {
    await this.page.evaluate(async ([path, how]) => void (await window.shell.open(path, how)), [note, options] as const);
  }
  /** Puts the cursor right after a text of the note that is open (in the pane given). */
  async cursorAfter(text: string, pane = 0): Promise<void> {
    await this.page.evaluate(
      ([wanted, index]) => {
        const editor = window.shell.views()[index]?.editor;
        const at = editor?.getValue().indexOf(wanted) ?? -1;
        if (!editor || at < 0) throw new Error(`The note has no “${wanted}”.`);
        editor.setCursor(editor.offsetToPos(at + wanted.length));
        editor.focus();
      },
      [text, pane] as const,
    );
  }
  /** Selects from the start of one text to the end of another. */
  async select(from: string, to = from): Promise<void> {
    await this.page.evaluate(
      ([first, last]) => {
        const editor = window.shell.views()[0]?.editor;
        const start = editor?.getValue().indexOf(first) ?? -1;
        const end = editor?.getValue().indexOf(last, start) ?? -1;
        if (!editor || start < 0 || end < 0) throw new Error(`The note has no “${first}” … “${last}”.`);
        editor.setSelection(editor.offsetToPos(start), editor.offsetToPos(end + last.length));
        editor.focus();
      },
      [from, to] as const,
    );
  }
  async type(text: string, delay = 0): Promise<void> {
    await this.page.keyboard.type(text, { delay });
  }
  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }
  /** Types after a text of the open note. */
  async typeAfter(text: string, typed: string): Promise<void> {
    await this.cursorAfter(text);
    await this.type(typed);
  }
  async makeLive(note: string, line: number): Promise<string> {
    return this.page.evaluate(([path, at]) => {
      const { device } = window.shell.plugin() as Plugin;
      if (!device?.peer) throw new Error('The plugin is not set up.');
      return device.peer.makeLive(path, at);
    }, [note, line] as const); // prettier-ignore
  }
  runCommand(id: string): Promise<boolean> {
    return this.page.evaluate((command) => window.shell.runCommand(`blockwire:${command}`), id);
  }

  async selectAndDelete(text: string): Promise<void> {
    await this.select(text);
    await this.press('Delete');
  }
  /** Keys one after the other, as `press` takes them; a single character is typed. */
  async keys(keys: readonly string[]): Promise<void> {
    const { keyboard } = this.page;
    for (const key of keys) await (key.length === 1 ? keyboard.insertText(key) : keyboard.press(key));
  }
  /** Clicks a button, by its words. */
  async click(button: string): Promise<void> {
    await this.page.getByRole('button', { name: button, exact: true }).click();
  }
  /** Lets time pass in the window (needs `clock`); timers on the way run once. */
  async later(seconds: number): Promise<void> {
    await this.page.clock.fastForward(seconds * 1000);
  }
  async disablePlugin(): Promise<void> {
    await this.page.evaluate(() => window.shell.app.plugins.disablePlugin('blockwire'));
  }
  async enablePlugin(): Promise<void> {
    await this.page.evaluate(() => window.shell.app.plugins.enablePlugin('blockwire'));
  }

  // Its connection

  async offline(): Promise<void> {
    await this.page.evaluate(() => (window.shell.plugin() as Plugin).device?.peer?.setPaused(true));
  }
  async online(): Promise<void> {
    await this.page.evaluate(() => (window.shell.plugin() as Plugin).device?.peer?.setPaused(false));
  }
  /** Another app comes to the front, or this one does. */
  async visible(isVisible: boolean): Promise<void> {
    await this.page.evaluate((state) => {
      Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, isVisible ? 'visible' : 'hidden');
  }
  /** Of its connection: 'live', 'offline', ... */
  phase(): Promise<string> {
    return this.page.evaluate(() => (window.shell.plugin() as Plugin).device?.sync?.phase ?? '');
  }
  /** All local edits acknowledged, all entries applied and written to notes. */
  async settled(): Promise<void> {
    await this.page.evaluate(() => (window.shell.plugin() as Plugin).device?.peer?.settled(20_000));
  }

  // What it shows

  /** Text of the note in a pane's editor. */
  text(pane = 0): Promise<string> {
    return this.page.evaluate((index) => window.shell.views()[index]?.getViewData() ?? '', pane);
  }
  /** Bullets of the open note without indents, markers and block ids, children after their parents, one a line with its depth. */
  async outline(): Promise<string> {
    return canonical(await this.text());
  }
  /** The note on the disk. */
  note(path: string): Promise<string> {
    return readFile(join(this.directory, path), 'utf8');
  }
  /** Another program writes a note, at the time that it is in the window. Resolves when the app has heard of it. */
  async write(path: string, text: string): Promise<void> {
    const beside = `${this.directory}-written`;
    for (let attempt = 0; attempt < 5; attempt++) {
      await writeFile(beside, text);
      const now = await this.page.evaluate(() => Date.now());
      await utimes(beside, now / 1000, now / 1000);
      await rename(beside, join(this.directory, path));
      const heard = this.page.waitForFunction(([file, time]) => (window.shell.app.vault.getFileByPath(file)?.stat.mtime ?? 0) >= time - 1, [path, now] as const, { timeout: 2000, polling: 20 });
      // Of two replacements of a file in a row the watcher may miss one.
      if (await heard.then(() => true, () => false)) return; // prettier-ignore
    }
    throw new Error(`The app never heard of the change of ${path}.`);
  }
  /** Digest of each live block, by id. */
  digests(): Promise<Record<string, string | null>> {
    return this.page.evaluate(() => {
      const peer = (window.shell.plugin() as Plugin).device?.peer;
      return Object.fromEntries((peer?.blocks() ?? []).map(({ blockId }) => [blockId, peer?.digest(blockId) ?? null]));
    });
  }
  /** Waits until the plugin runs and the condition on the window's state holds. */
  async until<T>(read: () => Promise<T>, holds: (value: T) => boolean, seconds = 20): Promise<T> {
    const end = Date.now() + seconds * 1000;
    for (;;) {
      const value = await read();
      if (holds(value)) return value;
      if (Date.now() > end) throw new Error(`${this.name}: waited ${seconds} s in vain; it is\n${typeof value === 'string' ? value : JSON.stringify(value, null, 1)}`);
      await new Promise((done) => setTimeout(done, 25));
    }
  }
  /** Waits until the open note contains a text. */
  async shows(text: string): Promise<void> {
    await this.until(() => this.text(), (value) => value.includes(text)); // prettier-ignore
  }
  /** What stands before and after the cursor on its line. */
  cursorBetween(pane = 0): Promise<readonly [string, string]> {
    return this.page.evaluate((index) => {
      const editor = window.shell.views()[index]?.editor;
      if (!editor) throw new Error('No note is open.');
      const { line, ch } = editor.getCursor();
      const text = editor.getLine(line);
      return [text.slice(0, ch), text.slice(ch)] as const;
    }, pane);
  }
  /** Questions that wait for an answer. */
  questions(): Promise<readonly { readonly kind: string; readonly message: string }[]> {
    return this.page.evaluate(() => ((window.shell.plugin() as Plugin).device?.peer?.questions() ?? []).map(({ kind, message }) => ({ kind, message })));
  }
  /** Waits for a question, which the status view then shows. */
  async asked(kind: string): Promise<void> {
    await this.until(() => this.questions(), (all) => all.some((question) => question.kind === kind)); // prettier-ignore
    await this.runCommand('show-sync-status');
  }
  /** Names of the devices whose cursors the open note shows. */
  cursors(): Promise<readonly string[]> {
    return this.page.locator('.blockwire-cursor-name').allTextContents();
  }
  /** What the plugin keeps outside of the notes: databases, and values in the app's stores. The app's store of secrets lets none be deleted, only emptied. */
  traces(): Promise<readonly string[]> {
    return this.page.evaluate(async () => {
      const databases = (await indexedDB.databases()).map(({ name }) => `database ${name}`);
      return [...databases, ...Object.keys(localStorage).filter((key) => /blockwire/i.test(key) && localStorage.getItem(key))];
    });
  }
  /** Errors that nobody caught, in this window. */
  errors(): Promise<readonly string[]> {
    return this.page.evaluate(() => window.shell.errors);
  }
  reads(): ReadonlyMap<string, number> {
    return this.server.reads(this.name);
  }
  async close(): Promise<void> {
    await this.context.close();
  }
}

/** A note's bullets without what may differ between vaults: indent style, block ids, trailing blanks. */
export function canonical(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const widths = lines.map((line) => (/^[ \t]*/.exec(line)?.[0] ?? '').replace(/\t/g, '    ').length);
  const stack: number[] = [];
  return lines
    .map((line, i) => {
      const width = widths[i] ?? 0;
      while (stack.length > 0 && (stack.at(-1) ?? 0) >= width) stack.pop();
      stack.push(width);
      return '  '.repeat(stack.length - 1) + line.trim().replace(/\s*\^bw-[a-z0-9]+$/, '');
    })
    .join('\n');
}
