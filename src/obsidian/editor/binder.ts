/**
 * Which editor is bound to which note. Views are reused: a view's file can change before its text does, and keystrokes can come
 * before we look. So a view is bound only once a text it has shown is known to be its note's: the text on disk, or that of another
 * pane; what was typed since is taken as an edit. The app loads a further pane from the disk, which may be behind the first one, and
 * brings panes up to each other meanwhile: so of a further pane only what its user typed counts, never its text.
 */
import type { EditorView, ViewUpdate } from '@codemirror/view';
import type { NotePath } from '../../peer';
import { NoteSession, type UpdateGate } from './note-session';
import { ofSession } from './session-annotation';
import { toText } from './text-changes';
import type { EditorHost, OpenNoteWith, ShownNote } from './ports';
import { ViewTrail } from './view-trail';

export interface BinderOptions {
  readonly host: EditorHost;
  /** Runs something after the current task's synchronous part. */
  readonly defer: (run: () => void) => void;
}

interface Candidate {
  note: ShownNote | null;
  session: NoteSession | null;
  trail: ViewTrail;
  reading: boolean;
  line: number;
}

export class EditorBinder {
  readonly #options: BinderOptions;
  readonly #views = new Map<EditorView, Candidate>();
  readonly #sessions = new Map<object, NoteSession>();
  readonly #gate: UpdateGate = { updating: 0 };
  #open: OpenNoteWith | null = null;

  constructor(options: BinderOptions) {
    this.#options = options;
  }

  /** From now on notes are bound; the peer is ready. */
  start(open: OpenNoteWith): void {
    this.#open = open;
    this.recheck();
  }

  stop(): void {
    this.#open = null;
    for (const [view, candidate] of this.#views) {
      this.#release(view, candidate);
      candidate.note = null;
    }
  }

  /** Whether an editor has this note, bound or not: then its file is not ours to write. */
  shows(path: NotePath): boolean {
    for (const view of this.#views.keys()) if (this.#options.host.noteIn(view)?.path === path) return true;
    return false;
  }

  /** Notes in bound editors. */
  openPaths(): NotePath[] {
    return [...this.#sessions.values()].map((session) => session.note.path);
  }

  /** Views opened, closed, or changed between reading and editing. */
  recheck(): void {
    for (const view of this.#views.keys()) this.#check(view);
  }

  /** @returns whether an editor has the note: its peer knows by this call then */
  renamed(file: object, path: NotePath): boolean {
    const session = this.#sessions.get(file);
    session?.note.renamed(path);
    for (const candidate of this.#views.values()) if (candidate.note?.file === file) candidate.note = { file, path };
    return session !== undefined;
  }

  /** The file was saved, or changed from outside: a view that waits for its text may find it now. */
  diskChanged(path: NotePath): void {
    for (const session of this.#sessions.values()) if (session.note.path === path) session.saved();
    for (const [view, candidate] of this.#views) if (!candidate.session && candidate.note?.path === path) void this.#compare(view, candidate);
  }

  // Called by the view plugin.

  added(view: EditorView): void {
    this.#views.set(view, { note: null, session: null, trail: new ViewTrail(view.state.doc), reading: false, line: -1 });
    // The view is being built; its state can be read, but nothing can be dispatched, and the app may not have its file yet.
    this.#options.defer(() => this.#guarded(() => this.#check(view)));
  }

  removed(view: EditorView): void {
    const candidate = this.#views.get(view);
    this.#views.delete(view);
    if (candidate) this.#release(view, candidate);
  }

  updated(update: ViewUpdate): void {
    this.#gate.updating++;
    this.#guarded(() => this.#updated(update));
    this.#gate.updating--;
  }

  #updated(update: ViewUpdate): void {
    const candidate = this.#views.get(update.view);
    if (!candidate) return;
    const shown = this.#options.host.noteIn(update.view);
    if (shown?.file !== candidate.note?.file) {
      this.#options.defer(() => this.#guarded(() => this.#check(update.view)));
      if (candidate.note) {
        // The file changed under the view: what this transaction did is not an edit of the one before.
        this.#release(update.view, candidate);
        candidate.note = null;
        return;
      }
    }
    if (!candidate.session) {
      if (update.docChanged) this.#extend(candidate, update);
      return;
    }
    candidate.session.updated(update);
    if (update.selectionSet || update.focusChanged || update.docChanged) this.#cursor(update, candidate, candidate.session);
  }

  composed(view: EditorView): void {
    this.#guarded(() => this.#views.get(view)?.session?.note.composed());
  }

  #cursor(update: ViewUpdate, candidate: Candidate, session: NoteSession): void {
    const ours = update.transactions.length > 0 && update.transactions.every((transaction) => transaction.annotation(ofSession));
    if (ours && !update.focusChanged) return;
    const line = update.state.doc.lineAt(update.state.selection.main.head).number;
    if (update.focusChanged || (update.view.hasFocus && line !== candidate.line)) session.note.cursorMoved();
    candidate.line = line;
    if (update.view.hasFocus || update.focusChanged) session.select(update.view);
  }

  #check(view: EditorView): void {
    const candidate = this.#views.get(view);
    if (!candidate) return;
    const note = this.#open ? this.#options.host.noteIn(view) : null;
    if (note?.file !== candidate.note?.file) {
      if (candidate.note) this.#release(view, candidate);
      candidate.note = note;
    }
    if (note && !candidate.session) void this.#compare(view, candidate);
  }

  #extend(candidate: Candidate, update: ViewUpdate): void {
    const { note, trail } = candidate;
    const session = note && this.#sessions.get(note.file);
    trail.extend(update, session?.knows(update.state.doc) ? 'session' : null);
    if (!note) return;
    if (session && this.#bind(update.view, candidate, note)) return;
    if (trail.length <= 2) this.#options.defer(() => this.#guarded(() => void this.#compare(update.view, candidate)));
  }

  /** Binds the view if one of the texts it has shown is the note's. */
  async #compare(view: EditorView, candidate: Candidate): Promise<void> {
    const { note } = candidate;
    if (!note || candidate.reading || candidate.session) return;
    try {
      const open = this.#sessions.get(note.file);
      if (open) candidate.trail.recognize('session', (doc) => open.knows(doc));
      if (open && this.#bind(view, candidate, note)) return;
      candidate.reading = true;
      const source = await this.#options.host.diskText(note.path);
      candidate.reading = false;
      if (source === null || candidate.session || candidate.note !== note || this.#views.get(view) !== candidate || !this.#open) return;
      const text = toText(source);
      candidate.trail.recognize('disk', (doc) => doc.length === text.length && doc.eq(text));
      this.#bind(view, candidate, note);
    } catch (error) {
      candidate.reading = false;
      this.#options.host.failed(error);
    }
  }

  #bind(view: EditorView, candidate: Candidate, note: ShownNote): boolean {
    if (!this.#open) return false;
    let session = this.#sessions.get(note.file);
    const alone = !session && !this.#unbound(note.file).some(([other]) => other !== view);
    const entry = alone ? candidate.trail.whole() : candidate.trail.typedOnly();
    if (!entry) return false;
    if (!session) {
      const typedElsewhere = () => this.#unbound(note.file).flatMap(([, { trail }]) => trail.typed ?? []);
      const { host, defer } = this.#options;
      session = new NoteSession({ host, path: note.path, doc: entry.from, open: this.#open, defer, gate: this.#gate, typedElsewhere });
      this.#sessions.set(note.file, session);
    }
    candidate.session = session;
    candidate.trail = new ViewTrail(view.state.doc);
    session.join(view, entry);
    return true;
  }

  /** Views of the note that wait to be bound. */
  #unbound(file: object): [EditorView, Candidate][] {
    return [...this.#views].filter(([view, { session }]) => !session && this.#options.host.noteIn(view)?.file === file);
  }

  #release(view: EditorView, candidate: Candidate): void {
    const { session, note } = candidate;
    candidate.session = null;
    candidate.trail = new ViewTrail(view.state.doc);
    if (!session) return;
    session.leave(view);
    if (!session.empty) return;
    if (note) this.#sessions.delete(note.file);
    session.close();
  }

  #guarded(run: () => void): void {
    try {
      run();
    } catch (error) {
      // CodeMirror would switch a plugin off that throws.
      this.#options.host.failed(error);
    }
  }
}
