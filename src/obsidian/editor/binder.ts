/**
 * Which editor is bound to which note. Views are reused: a view's file can change before its text does, and keystrokes can come
 * before we look. So a view is bound only once a text it has shown is known to be its note's: the text on disk, or that of another
 * pane; what was typed since is taken as an edit.
 */
import { ChangeSet, type Text } from '@codemirror/state';
import type { EditorView, ViewUpdate } from '@codemirror/view';
import type { NotePath } from '../../peer';
import { NoteSession, type UpdateGate } from './note-session';
import { ofSession } from './session-annotation';
import { toText } from './text-changes';
import type { EditorHost, OpenNoteWith, ShownNote } from './ports';

/** Texts of a view that are kept while its note isn't known. */
const LONGEST_TRAIL = 500;

export interface BinderOptions {
  readonly host: EditorHost;
  /** Runs something after the current task's synchronous part. */
  readonly defer: (run: () => void) => void;
}

/** A text that an unbound view has shown, and the change to its next one. */
interface Step {
  readonly doc: Text;
  next: ChangeSet | null;
}

interface Candidate {
  note: ShownNote | null;
  session: NoteSession | null;
  trail: Step[];
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
    for (const [view, candidate] of this.#views) if (!candidate.session && candidate.note?.path === path) void this.#compare(view, candidate);
  }

  // Called by the view plugin.

  added(view: EditorView): void {
    this.#views.set(view, { note: null, session: null, trail: [{ doc: view.state.doc, next: null }], reading: false, line: -1 });
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
    const last = candidate.trail[candidate.trail.length - 1];
    if (last) last.next = update.changes;
    candidate.trail.push({ doc: update.state.doc, next: null });
    if (candidate.trail.length > LONGEST_TRAIL) candidate.trail.shift();
    const { note } = candidate;
    if (note && candidate.trail.length <= 2) this.#options.defer(() => this.#guarded(() => void this.#compare(update.view, candidate)));
  }

  /** Binds the view if one of the texts it has shown is the note's. */
  async #compare(view: EditorView, candidate: Candidate): Promise<void> {
    const { note } = candidate;
    if (!note || candidate.reading) return;
    try {
      const open = this.#sessions.get(note.file);
      if (open && this.#bindAt(view, candidate, note, open.doc)) return;
      candidate.reading = true;
      const source = await this.#options.host.diskText(note.path);
      candidate.reading = false;
      if (source === null || candidate.session || candidate.note !== note || this.#views.get(view) !== candidate || !this.#open) return;
      this.#bindAt(view, candidate, note, toText(source));
    } catch (error) {
      candidate.reading = false;
      this.#options.host.failed(error);
    }
  }

  #bindAt(view: EditorView, candidate: Candidate, note: ShownNote, text: Text): boolean {
    const at = candidate.trail.findIndex((step) => step.doc.length === text.length && step.doc.eq(text));
    const step = candidate.trail[at];
    if (!step || !this.#open) return false;
    let since = ChangeSet.empty(step.doc.length);
    for (const { next } of candidate.trail.slice(at)) if (next) since = since.compose(next);
    let session = this.#sessions.get(note.file);
    if (!session) {
      session = new NoteSession({ host: this.#options.host, path: note.path, doc: step.doc, open: this.#open, defer: this.#options.defer, gate: this.#gate });
      this.#sessions.set(note.file, session);
    }
    candidate.session = session;
    candidate.trail = [];
    session.join(view, step.doc, since);
    return true;
  }

  #release(view: EditorView, candidate: Candidate): void {
    const { session, note } = candidate;
    candidate.session = null;
    candidate.trail = [{ doc: view.state.doc, next: null }];
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
