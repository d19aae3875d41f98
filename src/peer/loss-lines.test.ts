import { shortened } from './loss-lines';
import type { LossLine } from './ports';

const line = (kind: LossLine['kind'], text: string): LossLine => ({ kind, depth: 1, text });

describe('what is shown of a loss', () => {
  it('is what changes, its neighbours and the first bullet', () => {
    const lines = [line('kept', 'root'), ...['a', 'b', 'c'].map((text) => line('kept', text)), line('removed', 'd'), ...['e', 'f', 'g'].map((text) => line('kept', text))];
    expect(shortened(lines, 50)).toEqual([line('kept', 'root'), { kind: 'stays', count: 2 }, line('kept', 'c'), line('removed', 'd'), line('kept', 'e'), { kind: 'stays', count: 2 }]);
  });

  it('ends where it gets long, and says by how much', () => {
    const lines = Array.from({ length: 30 }, (_, i) => line('removed', String(i)));
    const shown = shortened(lines, 10);
    expect(shown).toHaveLength(10);
    expect(shown.at(-1)).toEqual({ kind: 'more', count: 21 });
  });

  it('is all of a short one', () => {
    const lines = [line('removed', 'a'), line('removed', 'b')];
    expect(shortened(lines, 2)).toEqual(lines);
  });
});
