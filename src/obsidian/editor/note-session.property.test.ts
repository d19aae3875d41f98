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
