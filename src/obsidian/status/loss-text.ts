/** What would go of blocks, in words. */
import type { Loss, Question } from '../../peer';
import { count } from './time-text';

/** E.g. "5 of 7 bullets would go", "2 of 7 bullets would change, 1 would go". */
export function lossText({ lines }: Loss): string {
  const changed = lines.filter(({ kind }, i) => kind === 'removed' && lines[i + 1]?.kind === 'added').length;
  const gone = lines.filter(({ kind }) => kind === 'removed').length - changed;
  const all = lines.filter(({ kind }) => kind !== 'added').length;
  const come = lines.filter(({ kind }) => kind === 'added').length - changed;
  const of = (n: number, what: string): string => (n === all ? (n === 1 ? `Its only bullet would ${what}` : `All ${n} bullets would ${what}`) : `${n} of ${count(all, 'bullet')} would ${what}`);
  const parts = [...(gone > 0 ? [of(gone, 'go')] : []), ...(changed > 0 ? [of(changed, 'change')] : []), ...(come > 0 ? [`${count(come, 'bullet')} would come back`] : [])];
  return parts.length === 0 ? 'Nothing would change' : parts.join(', ');
}

/** E.g. "40 blocks in 12 notes, 310 bullets". */
export function wholeLossText(losses: readonly Loss[]): string {
  const notes = new Set(losses.map(({ path }) => path)).size;
  return `${count(losses.length, 'block')} in ${count(notes, 'note')}, ${count(losses.reduce((sum, { gone }) => sum + gone, 0), 'bullet')}`;
}

/** Whether a question is about text that would go. */
export function hasLosses({ kind }: Question): boolean {
  return kind !== 'stop' && kind !== 'old-tags' && kind !== 'metered';
}
