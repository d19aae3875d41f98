/** Generators of notes for property tests. */
import fc from 'fast-check';

/** The same cases in every run; another FC_SEED looks at others. */
fc.configureGlobal({ seed: Number(process.env.FC_SEED ?? 1) });

const piece = fc.constantFrom(
  '- ', '* ', '+ ', '1. ', '12) ', '-', '[ ] ', '[x] ', '  ', '\t', ' ', '    ', '\n', '\n', '\n', '\r\n', '\r', '\n\n', '```', '~~~', '````',
  '%%', '<!--', '-->', '$$', '---', '***', '===', '# ', '## ', '> ', '> [!note] ', '| a | b |', '|---|---|', 'text', 'é', '👩‍💻', 'שלום',
  '#live', '#live/x', ' ^bw-abcdefghij23', '`', '[[a#live]]', '[a](#live)', '\u00a0', '\ufeff',
);

/** Any mixture of what has a meaning in Markdown. */
export const anyMarkdown = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(''));

const word = fc.constantFrom('alpha', 'beta', 'gámma', '👩‍💻', 'של', '`code`', '[[2024-05-02]]', '#tag', 'a - b', '1. x');
const sentence = fc.array(word, { minLength: 1, maxLength: 6 }).map((words) => words.join(' '));
const tail = fc.constantFrom(
  [],
  ['and on'],
  ['', 'second paragraph'],
  ['```js', '- not an item', '', '  deeper', '```'],
  ['~~~', '```', '~~~', 'after'],
  ['> quote', '> - no item'],
  ['| a | b |', '| - | - |', '| 1 | 2 |'],
  ['%%', '- hidden', '%%'],
);

/** Well-formed outlines: nested lists with continuation lines, blank lines, tasks, headings and prose between them. */
export const outlineText = fc
  .record({
    indent: fc.constantFrom('\t', '  ', '    '),
    eol: fc.constantFrom('\n', '\r\n'),
    final: fc.boolean(),
    frontmatter: fc.boolean(),
    rows: fc.array(
      fc.record({
        deeper: fc.integer({ min: -3, max: 1 }),
        marker: fc.constantFrom('- ', '* ', '1. ', '+ '),
        task: fc.constantFrom('', '', '[ ] ', '[x] ', '[>] '),
        first: sentence,
        tail,
        gap: fc.constantFrom(0, 0, 0, 1, 2),
        between: fc.constantFrom('', '', '', '', '## Heading', 'Some prose.'),
      }),
      { maxLength: 25 },
    ),
  })
  .map(({ indent, eol, final, frontmatter, rows }) => {
    const lines: string[] = frontmatter ? ['---', 'tags:', '  - x', '---'] : [];
    let depth = 0;
    for (const row of rows) {
      if (row.between) {
        lines.push('', row.between, '');
        depth = 0;
      } else depth = Math.max(0, Math.min(depth + row.deeper, lines.length ? depth + 1 : 0));
      for (let blank = 0; blank < row.gap; blank++) lines.push('');
      const outer = indent.repeat(depth);
      const inner = outer + ' '.repeat(row.marker.length);
      lines.push(outer + row.marker + row.task + row.first, ...row.tail.map((line) => (line ? inner + line : '')));
    }
    return lines.join(eol) + (final ? eol : '');
  });
