/** One vault's shell, in a frame of the page or in a window of its own. The types are what the page uses of the shell and the plugin. */
export interface DemoPeer {
  blocks(): readonly { readonly blockId: string; readonly path: string | null }[];
  digest(blockId: string): string | null;
  status(): { readonly phase: string; readonly unacknowledged: number };
  setPaused(paused: boolean): void;
  makeLive(path: string, line: number): Promise<string>;
  pairingLink(): string;
  questions(): readonly { readonly id: string; readonly kind: string }[];
  answer(questionId: string, answerId: string): Promise<void>;
}
export interface DemoDevice {
  readonly phase: 'not-set-up' | 'starting' | 'running' | 'failed';
  readonly problem: { readonly message: string } | null;
  readonly peer: DemoPeer | null;
  setUp(link: string, name: string): Promise<void>;
  onChange(listener: () => void): void;
}
interface EditorView {
  readonly state: { readonly doc: { readonly lines: number; line(n: number): { from: number; to: number; text: string }; toString(): string } };
  readonly contentDOM: HTMLElement;
  dispatch(spec: { changes?: { from: number; insert: string }; selection?: { anchor: number }; userEvent?: string; scrollIntoView?: boolean }): void;
  focus(): void;
}
interface DemoShell {
    readonly ready: Promise<void>;
    readonly app: { readonly workspace: { on(name: string, callback: () => void): unknown } };
    plugin(): { readonly device?: DemoDevice } | null;
    views(): { readonly file: { readonly path: string } | null; readonly editor: { readonly cm: EditorView } }[];
}

export class VaultWindow {
  private popup: Window | null = null;
  private edited: (() => void) | null = null;
  private offline = false;

  constructor(
    readonly name: string,
    readonly note: string,
    private readonly frame: HTMLIFrameElement,
    private readonly query: Readonly<Record<string, string>>,
  ) {}

  get isElsewhere(): boolean {
    return this.popup !== null && !this.popup.closed;
  }
  get address(): string {
    return `/vault/${encodeURIComponent(this.name)}/?${new URLSearchParams({ ...this.query, open: this.note }).toString()}`;
  }

  /** Resolves when the shell is ready. */
  async showInFrame(): Promise<void> {
    this.popup?.close();
    this.popup = null;
    this.frame.src = this.address;
    await this.ready();
  }

  /** The frame lets the vault go first: one instance at a time has its store. @returns false when the browser opens no window */
  async showInWindow(): Promise<boolean> {
    const popup = window.open('about:blank', `blockwire-${this.name}`, 'popup,width=410,height=820');
    if (!popup) return false;
    await this.unload();
    this.popup = popup;
    popup.location.href = this.address;
    await this.ready();
    return true;
  }

  async unload(): Promise<void> {
    this.popup?.close();
    this.popup = null;
    this.frame.src = 'about:blank';
    await until(() => this.shell === undefined);
  }

  /** Told of each change in an editor of this vault, also after the vault has moved to another window. */
  onEdited(callback: () => void): void {
    this.edited = callback;
  }

  /** Lasts until it is undone, in whatever window the vault is. */
  setOffline(offline: boolean): void {
    this.offline = offline;
    this.peer?.setPaused(offline);
  }

  private get window(): Window | null {
    return this.isElsewhere ? this.popup : this.frame.contentWindow;
  }
  private get shell(): DemoShell | undefined {
    try {
      return (this.window as { readonly shell?: DemoShell } | null)?.shell;
    } catch {
      return undefined; // on its way to another document
    }
  }
  /** Whether the user is typing in it. */
  get hasFocus(): boolean {
    return this.window?.document.hasFocus() ?? false;
  }
  get device(): DemoDevice | null {
    return this.shell?.plugin()?.device ?? null;
  }
  get peer(): DemoPeer | null {
    return this.device?.peer ?? null;
  }

  private async ready(): Promise<void> {
    await until(() => this.shell !== undefined && this.window?.document.readyState === 'complete');
    const { shell } = this;
    await shell?.ready;
    shell?.app.workspace.on('editor-change', () => this.edited?.());
    await until(() => this.device !== null);
    // A plugin that starts in another window would connect: it is told before it can.
    this.device?.onChange(() => this.offline && this.peer?.setPaused(true));
    this.setOffline(this.offline);
  }

  /** The editor that shows today's note, null when another note is open. */
  get editor(): EditorView | null {
    return this.shell?.views().find((view) => view.file?.path === this.note)?.editor.cm ?? null;
  }
  /** Lines of today's note, without indents, markers and block ids. */
  get bullets(): string[] {
    const text = this.editor?.state.doc.toString() ?? '';
    return text.split('\n').map((line) => line.replace(/\s*\^bw-\w+\s*$/, '').trim()).filter((line) => line.startsWith('- ')).map((line) => line.slice(2)); // prettier-ignore
  }
  /** Line of today's note (0-based) that matches, -1 if none does. */
  lineOf(pattern: RegExp): number {
    return (this.editor?.state.doc.toString() ?? '').split('\n').findIndex((line) => pattern.test(line));
  }

  /** Types at the end of a line, letter by letter. */
  async type(pattern: RegExp, text: string): Promise<void> {
    for (const letter of text) {
      const line = this.lineOf(pattern);
      const { editor } = this;
      if (line < 0 || !editor) return;
      const { to } = editor.state.doc.line(line + 1);
      editor.dispatch({ changes: { from: to, insert: letter }, selection: { anchor: to + letter.length }, userEvent: 'input.type', scrollIntoView: true });
      await pause(45);
    }
  }

  /** Presses a key with the cursor on a line. */
  press(pattern: RegExp, key: { readonly key: string; readonly altKey?: boolean }): void {
    const line = this.lineOf(pattern);
    const { editor } = this;
    if (line < 0 || !editor) return;
    editor.focus();
    editor.dispatch({ selection: { anchor: editor.state.doc.line(line + 1).to } });
    editor.contentDOM.dispatchEvent(new KeyboardEvent('keydown', { ...key, code: key.key, bubbles: true, cancelable: true }));
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}

/** Waits for a condition; rejects after 20 s. */
export async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 20_000;
  while (!condition()) {
    if (performance.now() > end) throw new Error('This took too long. Reload the page, or choose Reset.');
    await pause(25);
  }
}
