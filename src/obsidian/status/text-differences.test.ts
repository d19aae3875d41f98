import fc from 'fast-check';
import { differences } from './text-differences';
import { differenceText, versionTime } from './version-text';

const SIGNS = { kept: ' ', removed: '-', added: '+' };
const shown = (now: string, then: string): string[] => differences(now, then).map(({ kind, depth, text }) => `${SIGNS[kind]}${depth} ${text}`);

describe('what a version differs in from now', () => {
  test('is told line by line, with its depth, whatever the indent is', () => {
    for (const unit of ['\t', '  ', '    ']) {
      const now = '- plan\n>- one\n>>- deep\n>  a second line\n'.replaceAll('>', unit);
      const then = '- plan\n>- one\n>- two\n'.replaceAll('>', unit);
      expect(shown(now, then).map((line) => line.replace(/ +/g, ' '))).toEqual([' 0 - plan', ' 1 - one', '-2 - deep', '+1 - two', expect.stringMatching(/^-[12] a second line$/)]);
    }
  });

  test('is told word by word where a line is another version of one', () => {
    const [gone, come] = differences('\t- buy two litres of milk', '\t- buy milk');
    expect(gone?.parts?.filter(({ changed }) => changed).map(({ text }) => text).join('')).toMatch(/^ ?two litres of ?$/);
    expect(come?.parts?.every(({ changed }) => !changed)).toBe(true);
    expect(come?.parts?.map(({ text }) => text).join('')).toBe('- buy milk');
    expect(differences('- apples', '- 42')[0]?.parts).toBeUndefined();
  });

  test('lacks nothing of either text', () => {
    const line = fc.stringMatching(/^\t{0,2}- [a-c ]{0,6}$/);
    const text = fc.array(line, { maxLength: 8 }).map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(text, text, (now, then) => {
        const lines = differences(now, then);
        const side = (...kinds: string[]): string[] => lines.filter(({ kind }) => kinds.includes(kind)).map((one) => one.text);
        const bare = (whole: string): string[] => (whole === '' ? [] : whole.split('\n').map((one) => one.trimStart()));
        expect(side('kept', 'removed').map((one) => one.trimStart())).toEqual(bare(now));
        expect(side('kept', 'added').map((one) => one.trimStart())).toEqual(bare(then));
        for (const one of lines) if (one.parts) expect(one.parts.map((part) => part.text).join('')).toBe(one.text);
      }),
    );
  });

  test('is summed up in words', () => {
    expect(differenceText(differences('- a\n', '- a\n'))).toBe('This is what it is now.');
    expect(differenceText(differences('- a\n- b\n', '- a\n'))).toBe('Restoring it would take out 1 line (−).');
    expect(differenceText(differences('- a\n- b\n', '- x\n- y\n- z\n'))).toBe('Restoring it would take out 2 lines (−) and put in 3 lines (+).');
    expect(versionTime(0, 120_000)).toBe('2 min ago');
    expect(versionTime(0, 1_000)).toBe('Just now');
  });
});
