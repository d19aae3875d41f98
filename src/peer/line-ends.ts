/** Inside, every text uses '\n', as CodeMirror does; outside, a file keeps the line ends it has. */
import type { TextChange } from '../document';
import { applyChanges } from './text-changes';

/** `text`: as the peer sees it. `apply`: changes of `text` -> the file's new content, every untouched byte kept. */
export interface NormalText {
  readonly text: string;
  apply(changes: readonly TextChange[]): string;
}

export function normalise(raw: string): NormalText {
  if (!raw.includes('\r')) return { text: raw, apply: (changes) => applyChanges(raw, changes) };
  const pairs = countOf(raw, '\r\n');
  const eol = pairs * 2 >= countOf(raw, '\n') && pairs > 0 ? '\r\n' : '\n';
  const text = raw.replace(/\r\n?/g, '\n');
  return {
    text,
    apply: (changes) => {
      const toRaw = rawOffsets(raw);
      return applyChanges(
        raw,
        changes.map(({ from, to, insert }) => ({ from: toRaw(from), to: toRaw(to), insert: insert.replace(/\n/g, eol) })),
      );
    },
  };
}

/** Offsets must be asked for in ascending order; each "\r\n" is one unit of the normal text. */
function rawOffsets(raw: string): (offset: number) => number {
  let normal = 0;
  let at = 0;
  return (offset) => {
    while (normal < offset && at < raw.length) {
      at += raw[at] === '\r' && raw[at + 1] === '\n' ? 2 : 1;
      normal += 1;
    }
    return at;
  };
}

function countOf(text: string, part: string): number {
  let count = 0;
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) count += 1;
  return count;
}
