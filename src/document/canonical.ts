import type { PlainBullet } from './types';

/** A text without the blanks at its lines' ends. */
export function canonicalText(text: string): string {
  return /[ \t](?:\n|$)/.test(text) ? text.replace(/[ \t]+(?=\n|$)/g, '') : text;
}

/** The outline as Markdown with a tab a level, '\n' line ends and no blanks at their ends: equal for equal blocks whatever their notes' styles. */
export function canonical(plain: PlainBullet): string {
  const lines: string[] = [];
  const stack: [PlainBullet, number][] = [[plain, 0]];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const [{ text, attributes, children }, depth] = next;
    const { marker, task, gap } = attributes;
    const indent = '\t'.repeat(depth);
    for (let i = 0; i < gap; i++) lines.push('');
    const [first = '', ...rest] = text.split('\n');
    lines.push(`${indent}${marker}${task === null ? '' : `[${task}] `}${first}`);
    for (const line of rest) lines.push(line === '' ? '' : `${indent}${' '.repeat(marker.length)}${line}`);
    for (let i = children.length - 1; i >= 0; i--) stack.push([children[i] as PlainBullet, depth + 1]);
  }
  return `${canonicalText(lines.join('\n'))}\n`;
}
