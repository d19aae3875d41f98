import fc from 'fast-check';
import { normalise } from './line-ends';
import { applyChanges, composeDisjoint, mapOffset } from './text-changes';

describe('line ends', () => {
  it('gives a file back its own line ends and writes new lines with them', () => {
    const file = normalise('- a\r\n- b\r\n- c');
    expect(file.text).toBe('- a\n- b\n- c');
    expect(file.apply([{ from: 7, to: 7, insert: '\n- new' }])).toBe('- a\r\n- b\r\n- new\r\n- c');
  });

  it('keeps every byte of any file that nobody edited, mixed ends included', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '-', ' ', '\r', '\n', '\r\n', '😀') }), (raw) => {
        expect(normalise(raw).apply([])).toBe(raw);
        const { text, apply } = normalise(raw);
        expect(apply([{ from: 0, to: 0, insert: 'X' }, { from: text.length, to: text.length, insert: 'Y' }])).toBe(`X${raw}Y`);
      }),
    );
  });

  it('changes in a normalised file what the same changes do in its text', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', '\r\n', '\n')), fc.nat(), fc.nat(), fc.constantFrom('', 'x', '\ny'), (units, a, b, insert) => {
        const file = normalise(units.join(''));
        const [from, to] = [a % (file.text.length + 1), b % (file.text.length + 1)].sort((x, y) => x - y) as [number, number];
        const changes = [{ from, to, insert }];
        expect(normalise(file.apply(changes)).text).toBe(applyChanges(file.text, changes));
      }),
    );
  });

  it('moves an offset with the changes before it', () => {
    expect(mapOffset(5, [{ from: 0, to: 2, insert: 'abc' }])).toBe(6);
    expect(mapOffset(5, [{ from: 5, to: 5, insert: 'abc' }])).toBe(5);
    expect(mapOffset(5, [{ from: 3, to: 9, insert: '' }])).toBe(3);
  });

  it('joins changes of different places into one list', () => {
    const text = '0123456789';
    const first = [{ from: 1, to: 2, insert: 'abc' }, { from: 7, to: 9, insert: '' }];
    const second = [{ from: 0, to: 0, insert: 'x' }, { from: 6, to: 7, insert: 'YY' }];
    expect(applyChanges(text, composeDisjoint(first, second))).toBe(applyChanges(applyChanges(text, first), second));
  });
});
