/** Edits anywhere in a note, with all that Markdown can trip over. For tests. */
import fc from 'fast-check';
import type { ReadOrigin } from '.';

export const NOTE = [
  '---', 'tags: x', '---', '# Day', '', '- before', '\t- under before', '- thoughts #live', '\t- alpha', '\t\t- beta', '\t- [ ] gamma', '\t- delta', '\t  more of delta', '', '\t\t- after a gap',
  '\t- code', '\t  ```', '\t  - no bullet', '\t  ```', '- behind', '\t- under behind', '', 'A paragraph.', '', '1. second #live', '   - child', '', 'The end.',
].join('\n');

export interface Action {
  readonly from: number;
  readonly length: number;
  readonly insert: string;
  readonly origin: ReadOrigin;
}

export const actions: fc.Arbitrary<Action[]> = fc.array(
  fc.record({
    from: fc.nat(600),
    length: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat(3) }, { weight: 1, arbitrary: fc.nat(60) }),
    insert: fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom('x', 'ab', ' ', 'é') },
      { weight: 3, arbitrary: fc.constantFrom('', '\n', '\t', '\n- ', '\n\t- ', '\n\t\t- new', '- ', '    ', '```', '~~~', '%%', '---', '^', '# ', '> ', '[ ] ', '\n\n', '1. ', '$$', '<!--', '|', '==', '\n  lazy') },
    ),
    origin: fc.constantFrom<ReadOrigin>('type', 'type', 'paste', 'delete', 'undo'),
  }),
  { maxLength: 12 },
);
