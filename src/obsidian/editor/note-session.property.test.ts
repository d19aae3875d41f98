import { Annotation } from '@codemirror/state';
import fc from 'fast-check';
import { EditorBinder } from './binder';
import { marksField } from './marks';
import { TestNote } from './test-note';
import { TestView } from './test-view';
import { undoMarks } from './undo-marks';

/** One step of someone. Positions are shares of the text's length, so that they always fit. */
const step = fc.oneof(
  fc.record({ kind: fc.constant('type' as const), pane: fc.nat(1), at: fc.nat(1000), text: fc.constantFrom('a', 'bc', '\n- ', '😀') }),
  fc.record({ kind: fc.constant('delete' as const), pane: fc.nat(1), at: fc.nat(1000), length: fc.integer({ min: 1, max: 9 }) }),
  fc.record({ kind: fc.constant('undo' as const), pane: fc.nat(1) }),
  fc.record({ kind: fc.constant('redo' as const), pane: fc.nat(1) }),
  fc.record({ kind: fc.constant('remote' as const), at: fc.nat(1000), length: fc.nat(6), text: fc.constantFrom('', 'R', '\n\t- RR') }),
  /** The peer changes something while it is told of the next edit. */
  fc.record({ kind: fc.constant('answer' as const), at: fc.nat(1000), text: fc.constantFrom('A', '\n- A') }),
  /** The app brings a pane up to the other one, as user event `set` or without one. */
  fc.record({ kind: fc.constant('sync' as const), pane: fc.nat(1), event: fc.constantFrom('set', undefined) }),
  fc.record({ kind: fc.constant('pause' as const) }),
);

const settle = async (): Promise<void> => {
  for (let i = 0; i < 12; i++) await Promise.resolve();
};

test('whatever happens in two panes and remotely, both end with the peer’s text', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const text = '- one\n- two\n\t- three\n- four';
      const file = {};
      const errors: unknown[] = [];
      let note: TestNote | null = null;
      const binder = new EditorBinder({
        defer: queueMicrotask,
        host: { noteIn: () => ({ file, path: 'a.md' }), diskText: async () => text, mayBeReload: () => false, failed: (error) => errors.push(error) },
      });
      binder.start((path, editor) => (note = new TestNote(path, editor)));
      const panes = [0, 1].map(() => {
        const view = new TestView(text, [marksField, undoMarks()]);
        view.onUpdate = (update) => binder.updated(update);
        binder.added(view.view);
        return view;
      });
      await settle();
      const peer = note as TestNote | null;
      if (!peer) throw new Error('not bound');
      for (const one of steps) {
        const view = panes['pane' in one ? one.pane : 0] as TestView;
        const at = 'at' in one ? Math.floor((one.at / 1001) * (view.state.doc.length + 1)) : 0;
        if (one.kind === 'type') view.type(at, one.text);
        else if (one.kind === 'delete') view.delete(at, Math.min(at + one.length, view.state.doc.length));
        else if (one.kind === 'undo') view.undo();
        else if (one.kind === 'redo') view.redo();
        else if (one.kind === 'remote') {
          const from = Math.floor((one.at / 1001) * (peer.text.length + 1));
          peer.remote([{ from, to: Math.min(from + one.length, peer.text.length), insert: one.text }]);
        } else if (one.kind === 'answer') {
          peer.onEdit = () => {
            peer.onEdit = null;
            const from = Math.floor((one.at / 1001) * (peer.text.length + 1));
            peer.remote([{ from, to: from, insert: one.text }]);
          };
        } else if (one.kind === 'sync') {
          const other = panes[1 - one.pane] as TestView;
          if (other.text !== view.text) view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: other.state.doc }, ...(one.event && { userEvent: one.event }) });
        } else await settle();
      }
      await settle();
      expect(errors).toEqual([]);
      expect(panes.map((pane) => pane.text)).toEqual([peer.text, peer.text]);
    }),
    { numRuns: 300 },
  );
});

/** Marks what the app brought to a pane from another one. */
const mirrored = Annotation.define<true>();

/** Someone types a letter of its own after a word, somewhere; or a moment passes, or the disk answers. */
const staleStep = fc.oneof(
  fc.record({ kind: fc.constantFrom('first' as const, 'second' as const, 'remote' as const), word: fc.nat(3) }),
  fc.record({ kind: fc.constantFrom('pause' as const, 'saved' as const) }),
);

test('a pane loaded with any older text brings nothing of it, and each letter comes once', async () => {
  const mirrors = fc.constantFrom('no' as const, 'changes' as const, 'texts' as const);
  const words = ['one', 'two', 'three', 'four'];
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(3), { maxLength: 4 }), fc.array(staleStep, { maxLength: 16 }), mirrors, fc.boolean(), async (unsaved, steps, mirrors, recognized) => {
      // A text from before the session, where it is not to be recognized; else the one it began with.
      const disk = '- one\n- two\n- three\n- four';
      const start = recognized ? disk : '- one\n- two ^id\n- three\n- four';
      let onDisk = start;
      let answers: (() => void)[] = [];
      const file = {};
      const errors: unknown[] = [];
      let note: TestNote | null = null;
      let slow = false;
      const diskText = async (): Promise<string> => {
        const text = onDisk;
        if (slow) await new Promise<void>((done) => answers.push(done));
        return text;
      };
      const binder = new EditorBinder({ defer: queueMicrotask, host: { noteIn: () => ({ file, path: 'a.md' }), diskText, mayBeReload: () => false, failed: (error) => errors.push(error) } });
      binder.start((path, editor) => (note = new TestNote(path, editor)));
      const panes: TestView[] = [];
      const show = (text: string): TestView => {
        const view = new TestView(text, [marksField, undoMarks()]);
        panes.push(view);
        view.onUpdate = (update) => {
          const before = update.startState.doc.length;
          binder.updated(update);
          if (mirrors === 'no' || !update.docChanged || update.transactions.some((transaction) => transaction.annotation(mirrored))) return;
          for (const other of panes) {
            if (other === view) continue;
            const { length } = other.state.doc;
            if (length === before) other.dispatch({ changes: update.changes, annotations: mirrored.of(true) });
            else if (mirrors === 'texts' && other.text !== view.text) other.dispatch({ changes: { from: 0, to: length, insert: update.state.doc }, annotations: mirrored.of(true) });
          }
        };
        binder.added(view.view);
        return view;
      };
      const first = show(start);
      await settle();
      const peer = note as TestNote | null;
      if (!peer) throw new Error('not bound');
      let letter = 0;
      const typed: string[] = [];
      const next = (): string => {
        const text = String.fromCharCode(0x4e00 + letter++);
        typed.push(text);
        return text;
      };
      const after = (text: string, word: number): number => text.indexOf(words[word] ?? '') + (words[word]?.length ?? 0);
      const remote = (word: number) => {
        const at = after(peer.text, word);
        peer.remote([{ from: at, to: at, insert: next() }]);
      };
      for (const word of unsaved) remote(word);
      await settle();
      onDisk = disk;
      slow = true;
      const second = show(disk);
      for (const one of steps) {
        if (one.kind === 'first' || one.kind === 'second') {
          const view = one.kind === 'first' ? first : second;
          view.type(after(view.text, one.word), next());
          // Between two events from a keyboard a task ends; the disk may take longer.
          await settle();
        } else if (one.kind === 'remote') remote(one.word);
        else if (one.kind === 'pause') await settle();
        else {
          for (const answer of answers.splice(0)) answer();
          await settle();
        }
      }
      slow = false;
      for (const answer of answers) answer();
      await settle();
      await settle();
      answers = [];
      expect(errors).toEqual([]);
      expect([first.text, second.text]).toEqual([peer.text, peer.text]);
      expect([...peer.text.replace(/[^\u4e00-\u9fff]/g, '')].sort()).toEqual(typed);
      expect(peer.text.replace(/[\u4e00-\u9fff]/g, '')).toBe(start);
    }),
    { numRuns: 300 },
  );
});
