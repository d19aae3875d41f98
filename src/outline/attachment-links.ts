import { opaqueRanges } from './opaque';

/** A link, or embed, in a bullet's text that may lead to a file which is no note. */
export interface AttachmentLink {
  /** The path that it says, decoded and in NFC, without alias, size, title and subpath: `img/photo.jpg`. */
  readonly target: string;
  /** Where the path stands in the text: what is replaced to let the link lead elsewhere. */
  readonly from: number;
  readonly to: number;
  /** How the path is written: `[[…]]`, `](…)`, `](<…>)`. */
  readonly form: 'wiki' | 'markdown' | 'angle';
}

/** A name with an extension; notes and what is none of ours are told from files by who has the files. */
const FILE_NAME = /[^/]\.([^./\\\s]{1,16})$/;
const ADDRESS = /^(?:[a-z][a-z0-9+.-]*:|\/\/)/i;

/** Whether it is worth to look for links in a text: cheap enough for every keystroke. */
export function mayLinkAttachment(text: string): boolean {
  return text.includes('[[') || text.includes('](');
}

/** Links to files that are no notes, ascending: wikilinks and Markdown links, embedded or not, outside code, comments and formulas. Linear. */
export function attachmentLinks(text: string): AttachmentLink[] {
  if (!mayLinkAttachment(text)) return [];
  const links: AttachmentLink[] = [];
  for (const { from, to, mark } of opaqueRanges(text)) {
    const link = mark === '[[' ? wikiLink(text, from + 2, to - 2) : mark === '](' ? markdownLink(text, from + 2) : null;
    if (link) links.push(link);
  }
  return links;
}

/** A path as it is written in a link of that form. */
export function targetIn(form: AttachmentLink['form'], target: string): string {
  if (form === 'wiki') return target;
  return target.replace(form === 'angle' ? /[%#<>\\\n]/g : /[\s%#()<>?\\]/g, (letter) => [...new TextEncoder().encode(letter)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''));
}

function wikiLink(text: string, from: number, end: number): AttachmentLink | null {
  const inner = text.slice(from, end);
  // In a table the bar before an alias is escaped.
  const path = /^[^|#^]*/.exec(inner)?.[0].replace(/\\$/, '') ?? '';
  const blanks = path.length - path.trimStart().length;
  return linkTo(path.trim(), from + blanks, path.trim().length, 'wiki');
}

/** @param from right behind the opening parenthesis */
function markdownLink(text: string, from: number): AttachmentLink | null {
  if (text.lastIndexOf('[', from - 3) < 0) return null;
  let at = from;
  while (text[at] === ' ' || text[at] === '\t') at++;
  const angled = text[at] === '<';
  const start = angled ? at + 1 : at;
  const end = angled ? angleEnd(text, start) : bareEnd(text, start);
  if (end < 0 || !/^[ \t]*(?:\)|[ \t]["'(])/.test(text.slice(angled ? end + 1 : end, end + 16))) return null;
  const written = text.slice(start, end);
  if (ADDRESS.test(written)) return null;
  const path = /^[^#]*/.exec(written)?.[0] ?? '';
  return linkTo(decoded(path.replace(/\\([!-/:-@[-`{-~])/g, '$1')), start, path.length, angled ? 'angle' : 'markdown');
}

function linkTo(target: string, from: number, length: number, form: AttachmentLink['form']): AttachmentLink | null {
  const path = target.normalize('NFC').replace(/[\u00a0\u202f]/g, ' ').replace(/^(?:\.\/)+/, '');
  const extension = FILE_NAME.exec(path)?.[1]?.toLowerCase();
  if (extension === undefined || extension === 'md' || ADDRESS.test(path)) return null;
  return { target: path, from, to: from + length, form };
}

function angleEnd(text: string, from: number): number {
  for (let at = from; at < text.length && text[at] !== '\n' && text[at] !== '<'; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '>') return at;
  }
  return -1;
}

/** A path without angle brackets ends at a blank or at the parenthesis that it did not open. */
function bareEnd(text: string, from: number): number {
  let open = 0;
  let at = from;
  for (; at < text.length && !/\s/.test(text[at] ?? ''); at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '(') open++;
    else if (text[at] === ')' && open-- === 0) break;
  }
  return at < text.length ? at : -1;
}

/** As it is where its escapes are none. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
