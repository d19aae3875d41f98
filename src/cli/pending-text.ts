/** What `blockwire pending` prints: each question, and what would go. */
import { shortened } from '../folder';
import type { Loss, PendingQuestion, ShownLine } from '../folder';

/** Blocks of a question, and lines of a block, that are printed; all are in `--json`. */
const BLOCKS = 10;
const LINES = 12;
/** Longest text of a bullet, in characters. */
const TEXT = 100;

/** @param directory as it is typed in a shell */
export function describeQuestions(questions: readonly PendingQuestion[], directory: string): string {
  if (questions.length === 0) return 'Nothing is waiting.\n';
  const list = questions.map((question, i) => {
    const losses = question.losses.slice(0, BLOCKS).flatMap(describeLoss);
    const more = question.losses.length > BLOCKS ? [`     and ${question.losses.length - BLOCKS} more blocks (--json shows all)`] : [];
    return [
      `${i + 1}. ${question.message}`,
      `   ${new Date(question.since).toISOString()}`,
      ...losses,
      ...more,
      `   accept = ${question.answers.at(-1)?.label ?? ''}, restore = ${question.answers[0]?.label ?? ''}`,
    ].join('\n');
  });
  return `${list.join('\n')}\n\nTo decide: blockwire accept ${directory} [number], or: blockwire restore ${directory} [number]\n`;
}

function describeLoss({ path, lines }: Loss): string[] {
  return [`   ${path}`, ...shortened(lines, LINES).map((line) => `     ${describeLine(line)}`)];
}

function describeLine(line: ShownLine): string {
  if (!('text' in line)) return line.kind === 'more' ? `  (and ${line.count} more lines)` : `  (${line.count} more ${line.count === 1 ? 'stays' : 'stay'})`;
  const [first = '', ...others] = line.text.split('\n');
  // Text of notes must not steer a terminal.
  const text = first.replace(/\p{Cc}/gu, ' ');
  const cut = text.length > TEXT ? `${text.slice(0, TEXT - 1)}…` : text;
  return `${line.kind === 'removed' ? '-' : line.kind === 'added' ? '+' : ' '} ${'  '.repeat(line.depth)}• ${cut}${others.length > 0 ? ' …' : ''}`;
}
