import type { Item, Style } from './types';

/** Learns what a note's new lines should look like: the commonest step between an item's indent and its child's, and the commonest line end. */
export function learnStyle(text: string, items: readonly Item[], defaults: Partial<Style> & { tabSize: number }): Style {
  const steps = new Map<string, number>();
  for (const item of items) {
    const parent = items[item.parent];
    if (!parent || item.marker === '' || !item.indent.startsWith(parent.indent)) continue;
    const step = item.indent.slice(parent.indent.length);
    const unit = /^\t+$/.test(step) ? '\t' : /^ {2,8}$/.test(step) ? step : null;
    if (unit !== null) steps.set(unit, (steps.get(unit) ?? 0) + 1);
  }
  let indent = defaults.indent ?? '\t';
  let most = 0;
  for (const [unit, count] of steps) {
    if (count > most) [indent, most] = [unit, count];
  }
  return { indent, eol: commonestLineEnd(text) ?? defaults.eol ?? '\n', tabSize: defaults.tabSize };
}

function commonestLineEnd(text: string): '\n' | '\r\n' | null {
  let lf = 0;
  let crlf = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    if (at > 0 && text.charCodeAt(at - 1) === 13) crlf++;
    else lf++;
  }
  return lf + crlf === 0 ? null : crlf > lf ? '\r\n' : '\n';
}
