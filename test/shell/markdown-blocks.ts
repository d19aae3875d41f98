/** Splits Markdown into the top-level sections that reading mode renders one by one. Lines are 0-based, `to` inclusive. */
export interface Section {
  readonly kind: 'heading' | 'list' | 'code' | 'quote' | 'table' | 'rule' | 'comment' | 'paragraph' | 'frontmatter';
  readonly from: number;
  readonly to: number;
}

const fence = /^(\s*)(```+|~~~+)/;
export const listMarker = /^([ \t]*)([-*+]|\d+[.)])(?:[ \t]+(.*))?$/;

function kindOf(line: string): Section['kind'] {
  if (/^#{1,6}\s/.test(line)) return 'heading';
  if (fence.test(line)) return 'code';
  if (/^\s*>/.test(line)) return 'quote';
  if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(line)) return 'rule';
  if (listMarker.test(line)) return 'list';
  if (/^\s*\|/.test(line)) return 'table';
  if (/^\s*%%/.test(line)) return 'comment';
  return 'paragraph';
}

/** The last line of a fenced block or comment that opens on this line. */
function closing(lines: readonly string[], from: number, isEnd: (line: string) => boolean): number {
  for (let n = from + 1; n < lines.length; n++) if (isEnd(lines[n] ?? '')) return n;
  return lines.length - 1;
}

export function sectionsOf(text: string): Section[] {
  const lines = text.split('\n');
  const sections: Section[] = [];
  let n = 0;
  if (lines[0]?.trimEnd() === '---') {
    const to = closing(lines, 0, (line) => line.trimEnd() === '---');
    sections.push({ kind: 'frontmatter', from: 0, to });
    n = to + 1;
  }
  while (n < lines.length) {
    const line = lines[n] ?? '';
    if (line.trim() === '') {
      n++;
      continue;
    }
    const kind = kindOf(line);
    let to = n;
    if (kind === 'code') {
      const mark = fence.exec(line)?.[2] ?? '```';
      to = closing(lines, n, (other) => other.trim().startsWith(mark));
    } else if (kind === 'comment') to = /%%.*%%/.test(line) ? n : closing(lines, n, (other) => other.includes('%%'));
    else if (kind === 'list') to = endOfList(lines, n);
    else if (kind !== 'heading' && kind !== 'rule') {
      const continues = (other: string) => other.trim() !== '' && (kindOf(other) === kind || (kind === 'quote' && kindOf(other) === 'paragraph'));
      while (to + 1 < lines.length && continues(lines[to + 1] ?? '')) to++;
    }
    sections.push({ kind, from: n, to });
    n = to + 1;
  }
  return sections;
}

/** A list goes on over blank lines while items or indented text follow. */
function endOfList(lines: readonly string[], from: number): number {
  let to = from;
  for (let n = from + 1; n < lines.length; n++) {
    const line = lines[n] ?? '';
    if (line.trim() === '') continue;
    const own = listMarker.test(line) || /^[ \t]/.test(line) || (to === n - 1 && kindOf(line) === 'paragraph');
    if (!own) break;
    to = n;
  }
  return to;
}
