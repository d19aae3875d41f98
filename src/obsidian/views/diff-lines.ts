/** Lines of a text that would go or come, each with a sign of its own: colour is never the only difference. */
import type { ShownLine } from '../../peer';
import type { DiffLine } from '../status/text-differences';

/** Deepest indent that is drawn. */
const DEEPEST = 6;

export function drawLines(parent: HTMLElement, lines: readonly ShownLine<DiffLine>[]): void {
  const list = parent.createEl('ul', { cls: 'blockwire-diff' });
  for (const line of lines) {
    if (!('text' in line)) {
      list.createEl('li', { cls: 'is-note', text: line.kind === 'stays' ? `${line.count} more ${line.count === 1 ? 'stays' : 'stay'}` : `${line.count} more lines` });
      continue;
    }
    const { kind, depth, text, parts } = line;
    const item = list.createEl('li', { cls: `is-${kind} blockwire-depth-${Math.min(depth, DEEPEST)}` });
    item.createSpan({ cls: 'blockwire-diff-sign', text: kind === 'removed' ? '−' : kind === 'added' ? '+' : '', attr: { 'aria-hidden': 'true' } });
    const el = item.createEl(kind === 'removed' ? 'del' : kind === 'added' ? 'ins' : 'span', { cls: 'blockwire-diff-text', text: parts ? '' : text || ' ' });
    for (const part of parts ?? []) el.createSpan({ cls: part.changed ? 'is-changed' : '', text: part.text });
  }
}
