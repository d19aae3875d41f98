import { foldedRanges, foldEffect } from '@codemirror/language';
import { Annotation, EditorSelection } from '@codemirror/state';
import { EditorBinder } from './binder';
import { marksField } from './marks';
import type { EditorHost, ShownNote } from './ports';
import { TestNote } from './test-note';
import { TestView } from './test-view';
import { undoMarks } from './undo-marks';

/** Marks what the app brought to a pane from another one. */
const mirrored = Annotation.define<true>();

/** A vault with editors: files, which view shows which, and what the binding gave to the peer. */
class World implements EditorHost {
  readonly disk = new Map<string, string>();
  readonly shown = new Map<object, ShownNote>();
  readonly notes: TestNote[] = [];
  readonly errors: unknown[] = [];
  readonly binder: EditorBinder;
  reload = false;
  /** Whether and how the app brings each change of a pane to the others at once: as the change, or as the text where their lengths differ. */
  mirrors: 'no' | 'changes' | 'texts' = 'no';

  constructor() {
    this.binder = new EditorBinder({ host: this, defer: queueMicrotask });
    this.start();
  }
  start(): void {
    this.binder.start((path, editor) => {
      const note = new TestNote(path, editor);
      this.notes.push(note);
      return note;
    });
  }
  noteIn = (view: object): ShownNote | null => this.shown.get(view) ?? null;
  diskText = async (path: string): Promise<string | null> => this.disk.get(path) ?? null;
  mayBeReload = (): boolean => this.reload;
  failed = (error: unknown): void => void this.errors.push(error);

  file(path: string, text: string): ShownNote {
    this.disk.set(path, text);
    return { file: {}, path };
  }
  show(note: ShownNote, doc = this.disk.get(note.path) ?? ''): TestView {
    const view = new TestView(doc, [marksField, undoMarks()]);
    view.onUpdate = (update) => {
      const lengthBefore = update.startState.doc.length;
      this.binder.updated(update);
      if (this.mirrors === 'no' || !update.docChanged || update.transactions.some((transaction) => transaction.annotation(mirrored))) return;
      for (const [other, { file }] of this.shown) {
        if (other === view || file !== note.file || !(other instanceof TestView)) continue;
        const { length } = other.state.doc;
        if (length === lengthBefore) other.dispatch({ changes: update.changes, annotations: mirrored.of(true) });
        else if (this.mirrors === 'texts' && other.text !== view.text) other.dispatch({ changes: { from: 0, to: length, insert: update.state.doc }, annotations: mirrored.of(true) });
      }
    };
    this.shown.set(view, note);
    this.binder.added(view.view);
    return view;
  }
  /** The only note that is open. */
  get note(): TestNote {
    const open = this.notes.filter((note) => !note.closed);
    expect(open).toHaveLength(1);
    return open[0] as TestNote;
  }
}

/** All queued microtasks and reads. */
const settle = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

let world: World;
beforeEach(() => (world = new World()));
afterEach(() => expect(world.errors).toEqual([]));

describe('one pane', () => {
  test('an edit reaches the peer with its changes and origin', async () => {
    const view = world.show(world.file('a.md', '- one\r\n- two'));
    await settle();
    view.type(5, '!');
    view.delete(0, 1, 'delete.cut');
    expect(world.note.edits).toEqual([
      { changes: [{ from: 5, to: 5, insert: '!' }], origin: 'type' },
      { changes: [{ from: 0, to: 1, insert: '' }], origin: 'cut' },
    ]);
    expect(world.note.text).toBe(' one!\n- two');
  });

  test('a remote change is not in the undo history and keeps the selection', async () => {
    const view = world.show(world.file('a.md', '- one\n- two'));
    await settle();
    view.type(11, '!');
    view.dispatch({ selection: EditorSelection.single(8, 11), userEvent: 'select' });
    world.note.remote([{ from: 0, to: 0, insert: '- zero\n' }]);
    expect(view.text).toBe('- zero\n- one\n- two!');
    expect(view.state.selection.main).toMatchObject({ anchor: 15, head: 18 });
    view.undo();
    expect(view.text).toBe('- zero\n- one\n- two');
    expect(world.note.edits.map((edit) => edit.origin)).toEqual(['type', 'undo']);
  });

  test('what the peer changes while it is told of an edit comes right after, and keys meanwhile are mapped', async () => {
    const view = world.show(world.file('a.md', '- one'));
    await settle();
    const { note } = world;
    note.onEdit = () => {
      note.onEdit = null;
      note.remote([{ from: 0, to: 0, insert: 'top\n' }]);
    };
    view.type(5, 'a');
    view.type(6, 'b');
    expect(note.text).toBe('top\n- oneab');
    await settle();
    expect(view.text).toBe('top\n- oneab');
  });

  test('the selection follows a bullet that another device moves', async () => {
    const view = world.show(world.file('a.md', '- one\n- two\n- three'));
    await settle();
    view.dispatch({ selection: { anchor: 10 }, userEvent: 'select' });
    world.note.remote([
      { from: 5, to: 11, insert: '' },
      { from: 19, to: 19, insert: '\n\t- two' },
    ]);
    const { head } = view.state.selection.main;
    expect(`${view.text.slice(0, head)}|${view.text.slice(head)}`).toBe('- one\n- three\n\t- tw|o');
  });

  test('a fold stays where typing goes on, and follows a bullet that another device moves', async () => {
    const view = world.show(world.file('a.md', '- one\n- two\n\t- under\n- three'));
    await settle();
    const folded = (): string[] => {
      const texts: string[] = [];
      foldedRanges(view.state).between(0, view.text.length, (from, to) => void texts.push(view.text.slice(from, to)));
      return texts;
    };
    view.dispatch({ effects: foldEffect.of({ from: 11, to: 20 }) });
    world.note.remote([{ from: 5, to: 5, insert: ' more' }]);
    expect(folded()).toEqual(['\n\t- under']);
    world.note.remote([
      { from: 10, to: 25, insert: '' },
      { from: 33, to: 33, insert: '\n- two\n\t- under' },
    ]);
    expect(view.text).toBe('- one more\n- three\n- two\n\t- under');
    expect(folded()).toEqual(['\n\t- under']);
  });

  test('an undo that the peer redirects happens there, as one edit, and the wrong place is left alone', async () => {
    const view = world.show(world.file('a.md', '- one\n- two'));
    await settle();
    const { note } = world;
    note.marks = (changes) => changes.map(() => ({ blockId: 'b', step: { made: [], deleted: [] } }));
    view.type(5, '!');
    note.remote([
      { from: 0, to: 7, insert: '' },
      { from: 12, to: 12, insert: '\n- one!' },
    ]);
    expect(view.text).toBe('- two\n- one!');
    note.redirect = (_changes, marks) => (expect(marks).toHaveLength(1), [{ from: 11, to: 12, insert: '' }]);
    view.undo();
    await settle();
    expect(view.text).toBe('- two\n- one');
    expect(note.text).toBe(view.text);
    expect(note.edits.map((edit) => edit.origin)).toEqual(['type', 'undo']);
    note.redirect = () => [{ from: 11, to: 11, insert: '!' }];
    view.redo();
    await settle();
    expect(view.text).toBe('- two\n- one!');
  });

  test('a change that may be a reload counts as one from outside, one by another plugin does not', async () => {
    const view = world.show(world.file('a.md', '- one'));
    await settle();
    view.dispatch({ changes: { from: 5, insert: '1' } });
    world.reload = true;
    view.dispatch({ changes: { from: 5, insert: '2' } });
    view.type(5, '3', 'set');
    expect(world.note.edits.map((edit) => edit.origin)).toEqual(['other', 'outside', 'outside']);
  });
});

describe('two panes', () => {
  test('an edit is taken once and shown in both, before and after the app syncs them itself', async () => {
    const file = world.file('a.md', '- one');
    const left = world.show(file);
    const right = world.show(file);
    await settle();
    left.type(5, '1');
    await settle();
    expect(right.text).toBe('- one1');
    left.type(6, '2');
    // The app is first this time.
    right.dispatch({ changes: { from: 6, insert: '2' }, userEvent: 'set' });
    await settle();
    right.type(7, '3');
    left.dispatch({ changes: { from: 7, insert: '3' } });
    await settle();
    expect([left.text, right.text, world.note.text]).toEqual(['- one123', '- one123', '- one123']);
    expect(world.note.edits).toHaveLength(3);
  });

  test('a late sync by the app takes nothing back', async () => {
    const file = world.file('a.md', '- one');
    const left = world.show(file);
    const right = world.show(file);
    await settle();
    left.type(5, '1');
    left.type(6, '2');
    await settle();
    right.dispatch({ changes: { from: 6, to: 7 }, userEvent: 'set' });
    await settle();
    expect([left.text, right.text]).toEqual(['- one12', '- one12']);
    expect(world.note.edits).toHaveLength(2);
  });

  test('both panes typing in one task merge', async () => {
    const file = world.file('a.md', '- one\n- two');
    const left = world.show(file);
    const right = world.show(file);
    await settle();
    left.type(5, 'L');
    right.type(11, 'R');
    left.type(6, 'L');
    await settle();
    expect(left.text).toBe('- oneLL\n- twoR');
    expect(right.text).toBe(left.text);
    expect(world.note.text).toBe(left.text);
  });

  test('a remote change comes to both, and the note closes with the last pane', async () => {
    const file = world.file('a.md', '- one');
    const left = world.show(file);
    const right = world.show(file);
    await settle();
    const { note } = world;
    note.remote([{ from: 0, to: 0, insert: '- zero\n' }]);
    expect([left.text, right.text]).toEqual(['- zero\n- one', '- zero\n- one']);
    world.binder.removed(left.view);
    expect(note.closed).toBe(false);
    world.binder.removed(right.view);
    expect(note.closed).toBe(true);
  });
});

describe.each(['no', 'changes', 'texts'] as const)('a pane that is loaded with an older text, where the app mirrors: %s', (mirrors) => {
  const older = '- shopping #live\n- milk\n- tea\n';
  const id = ' ^bw-abc';
  const newer = older.replace('#live', `#live${id}`);
  let file: ShownNote;
  let first: TestView;
  beforeEach(async () => {
    world.mirrors = mirrors;
    file = world.file('a.md', older);
    first = world.show(file);
    await settle();
    world.note.remote([{ from: 16, to: 16, insert: id }]);
    await settle();
  });
  const at = (view: TestView, text: string): number => view.text.indexOf(text) + text.length;
  const all = (second: TestView) => [first.text, second.text, world.note.text];

  test('gets the text of the other pane, and the peer hears of no edit', async () => {
    const second = world.show(file);
    await settle();
    expect(all(second)).toEqual([newer, newer, newer]);
    expect(world.note.edits).toEqual([]);
  });

  test('what is typed in the first pane before the second is looked at comes once', async () => {
    const second = world.show(file);
    for (const key of ' one') first.type(at(first, 'milk') + ' one'.indexOf(key), key);
    await settle();
    const wanted = newer.replace('milk', 'milk one');
    expect(all(second)).toEqual([wanted, wanted, wanted]);
    expect(world.note.edits).toHaveLength(4);
  });

  test('what is typed in the second pane before it is looked at is carried over once', async () => {
    const second = world.show(file);
    second.type(at(second, 'tea'), ' two');
    await settle();
    const wanted = newer.replace('tea', 'tea two');
    expect(all(second)).toEqual([wanted, wanted, wanted]);
    expect(world.note.edits).toHaveLength(1);
  });

  test('what is typed in both, and comes from afar, comes once', async () => {
    const second = world.show(file);
    first.type(at(first, 'milk'), ' one');
    second.type(at(second, 'tea'), ' two');
    world.note.remote([{ from: 0, to: 0, insert: '- top\n' }]);
    await settle();
    const wanted = `- top\n${newer.replace('tea', 'tea two').replace('milk', 'milk one')}`;
    expect(all(second)).toEqual([wanted, wanted, wanted]);
    expect(world.note.edits).toHaveLength(2);
  });

  test('a text that only the disk knows, older than all that the session had, is no edit either', async () => {
    const oldest = '- shopping\n- tea\n';
    let read = () => {};
    world.diskText = () => new Promise((done) => (read = () => done(oldest)));
    const second = world.show(file, oldest);
    await settle();
    second.type(at(second, 'tea'), ' two');
    await settle();
    first.type(at(first, 'milk'), ' one');
    await settle();
    read();
    await settle();
    const wanted = newer.replace('tea', 'tea two').replace('milk', 'milk one');
    expect(all(second)).toEqual([wanted, wanted, wanted]);
  });

  test('a thousand keys in a pane that long waits for the disk are all carried over', async () => {
    const oldest = '- shopping\n- tea\n';
    let read = () => {};
    world.diskText = () => new Promise((done) => (read = () => done(oldest)));
    const second = world.show(file, oldest);
    await settle();
    const keys = Array.from({ length: 1000 }, (_, i) => String.fromCharCode(0x4e00 + i)).join('');
    for (const key of keys) second.type(at(second, `tea${keys.slice(0, keys.indexOf(key))}`), key);
    await settle();
    read();
    await settle();
    const wanted = newer.replace('tea', `tea${keys}`);
    expect(all(second)).toEqual([wanted, wanted, wanted]);
  });

  test('two panes that wait for the disk take what is typed in one of them once', async () => {
    const other = world.file('b.md', '- one');
    const panes = [world.show(other), world.show(other)] as const;
    panes[1].type(5, '!');
    await settle();
    const note = world.notes.find(({ path }) => path === 'b.md');
    expect([panes[0].text, panes[1].text, note?.text]).toEqual(['- one!', '- one!', '- one!']);
    expect(note?.edits).toHaveLength(1);
  });
});

describe('which note a view shows', () => {
  test('keys typed before the binding are edits', async () => {
    const view = world.show(world.file('a.md', '- one'));
    view.type(5, 'x');
    view.type(6, 'y');
    await settle();
    expect(world.note.edits).toEqual([{ changes: [{ from: 5, to: 5, insert: 'xy' }], origin: 'type' }]);
  });

  test('a view whose file changes before its text is bound to neither meanwhile', async () => {
    const a = world.file('a.md', '- text of a');
    const b = world.file('b.md', '- text of b, longer');
    const view = world.show(a);
    await settle();
    const first = world.note;
    world.shown.set(view, b);
    view.dispatch({ selection: { anchor: 0 } });
    await settle();
    expect(first.closed).toBe(true);
    expect(world.notes).toHaveLength(1);
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: '- text of b, longer' }, userEvent: 'set' });
    await settle();
    expect(world.note.path).toBe('b.md');
    expect(world.notes.flatMap((note) => note.edits)).toEqual([]);
  });

  test('an editor with unsaved text is bound once it is saved', async () => {
    const file = world.file('a.md', '- one');
    const view = world.show(file, '- one, unsaved');
    await settle();
    expect(world.notes).toHaveLength(0);
    view.type(5, '1');
    world.disk.set('a.md', '- one1, unsaved');
    view.type(6, '2');
    world.binder.diskChanged('a.md');
    await settle();
    expect(world.note.text).toBe('- one12, unsaved');
  });

  test('reading mode and fragments are not bound; back in editing they are', async () => {
    const file = world.file('a.md', '- one');
    const view = world.show(file);
    await settle();
    world.shown.delete(view);
    world.binder.recheck();
    expect(world.notes[0]?.closed).toBe(true);
    expect(world.binder.shows('a.md')).toBe(false);
    world.shown.set(view, file);
    world.binder.recheck();
    await settle();
    expect(world.note.path).toBe('a.md');
    expect(world.binder.shows('a.md')).toBe(true);
  });

  test('a renamed note stays bound', async () => {
    const file = world.file('a.md', '- one');
    const view = world.show(file);
    await settle();
    world.shown.set(view, { file: file.file, path: 'b.md' });
    world.binder.renamed(file.file, 'b.md');
    view.type(5, 'x');
    expect(world.note.path).toBe('b.md');
    expect(world.note.edits).toHaveLength(1);
  });

  test('stopping closes every note, starting again binds them', async () => {
    const view = world.show(world.file('a.md', '- one'));
    await settle();
    world.binder.stop();
    expect(world.notes[0]?.closed).toBe(true);
    view.type(5, '!');
    await settle();
    expect(world.notes).toHaveLength(1);
    world.disk.set('a.md', '- one!');
    world.start();
    await settle();
    view.type(6, '?');
    expect(world.note.edits).toEqual([{ changes: [{ from: 6, to: 6, insert: '?' }], origin: 'type' }]);
  });
});

test('a pane that never takes our changes is let go, and nothing spins', async () => {
  const view = world.show(world.file('a.md', '- one'));
  await settle();
  const dispatch = view.dispatch.bind(view);
  view.dispatch = () => {
    throw new Error('broken extension');
  };
  world.note.remote([{ from: 0, to: 0, insert: 'x' }]);
  await settle();
  view.dispatch = dispatch;
  // Three tries, and one to take the marks away.
  expect(world.errors.splice(0)).toHaveLength(4);
});

