/** A version of a text in words. */
import type { DiffLine } from './text-differences';
import { count, momentText } from './time-text';

/** E.g. "At 08:12", "5 min ago". */
export function versionTime(time: number, now: number, locale?: string): string {
  const text = momentText(time, now, locale);
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** What restoring a version would do to the text as it is now. */
export function differenceText(lines: readonly DiffLine[], isDeleted = false): string {
  const [gone, come] = (['removed', 'added'] as const).map((wanted) => lines.filter(({ kind }) => kind === wanted).length) as [number, number];
  if (gone + come === 0) return isDeleted ? 'This is what it was when it was deleted.' : 'This is what it is now.';
  const parts = [...(gone > 0 ? [`take out ${count(gone, 'line')} (−)`] : []), ...(come > 0 ? [`put in ${count(come, 'line')} (+)`] : [])];
  return `Restoring it would ${parts.join(' and ')}.`;
}
