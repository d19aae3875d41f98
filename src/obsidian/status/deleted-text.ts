/** A deleted block in words: what it was, when it was deleted, on which device, and where it stood. */
import type { TrashedBlock } from '../../peer';
import { momentText } from './time-text';

/** Longest title shown, in characters. */
const TITLE = 80;

/** Its first line without list marker and checkbox. */
export function deletedTitle({ text }: TrashedBlock): string {
  const first = text.split('\n', 1)[0] ?? '';
  const title = first.replace(/^\s*(?:[-*+]|\d+[.)])(?:\s+\[.\](?=\s|$))?(?:\s+|$)/u, '').trim();
  if (title === '') return 'A block without text';
  return title.length > TITLE ? `${title.slice(0, TITLE - 1).trimEnd()}…` : title;
}

export function deletedText({ deletedAt, deletedOn, home }: TrashedBlock, now: number, locale?: string): string {
  return `Deleted on ${deletedOn}, ${momentText(deletedAt, now, locale)} · ${home.day ?? home.path}`;
}
