/** End of the frontmatter (after the line end of its closing `---`), 0 if the text has none. It must start the note and be closed. */
export function frontmatterEnd(text: string): number {
  const from = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const opening = /^---[ \t]*(?:\r\n?|\n)/.exec(text.slice(from, from + 200));
  if (!opening) return 0;
  let at = from + opening[0].length;
  while (at < text.length) {
    const end = lineEnd(text, at);
    if (text.startsWith('---', at) && text.slice(at + 3, end).trim() === '') return afterLineEnd(text, end);
    at = afterLineEnd(text, end);
  }
  return 0;
}

function lineEnd(text: string, from: number): number {
  let at = from;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 10 || code === 13) break;
  }
  return at;
}

function afterLineEnd(text: string, end: number): number {
  if (end >= text.length) return end;
  return end + (text.startsWith('\r\n', end) ? 2 : 1);
}
