/** Which paths a file that another device named may have here. Nothing is ever written where these say no. */
import type { NotePath } from '../ports';

/** UTF-8 bytes of a name: file systems take 255, and a name may get longer by a clash. */
const LONGEST_NAME = 200;
const LONGEST_PATH = 800;
/** What Windows, Android or Obsidian allow in no name, and what steers terminals or hides a name's end. */
const FORBIDDEN = /[\u0000-\u001f\u007f-\u009f<>:"|?*\\\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/;
/** Devices of Windows, with whatever extension. */
const RESERVED = /^(?:con|prn|aux|nul|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3]|conin\$|conout\$)(?:\.|$)/i;

export interface Place {
  /** Vault path; the bare name if the link holds no folder. */
  readonly path: string;
  readonly name: string;
  /** Whether the link says in which folder. */
  readonly hasFolder: boolean;
}

/**
 * Where a link's target leads, as seen from a note.
 * @returns null where nothing may be written: outside the vault, hidden, a note, or a name that some system can't have
 */
export function placeOf(target: string, note: NotePath): Place | null {
  const isRelative = /^\.\.?\//.test(target);
  const steps = target.replace(/^\//, '').split('/');
  const path: string[] = isRelative ? note.split('/').slice(0, -1) : [];
  for (const step of steps) {
    if (step === '..') {
      if (path.pop() === undefined) return null;
    } else if (step !== '.') path.push(step);
  }
  const name = path.at(-1);
  if (name === undefined || !path.every(isSafeName) || !isFileName(name)) return null;
  const whole = path.join('/');
  return whole.length > LONGEST_PATH ? null : { path: whole, name, hasFolder: target.includes('/') };
}

/** Whether a file or folder may have this name on every system, and is seen there. */
export function isSafeName(name: string): boolean {
  return name !== '' && !/^[.\s]|[.\s]$/.test(name) && !FORBIDDEN.test(name) && !RESERVED.test(name) && name === name.normalize('NFC') && new TextEncoder().encode(name).length <= LONGEST_NAME;
}

/** Whether a name is one of a file that is no note. */
export function isFileName(name: string): boolean {
  const extension = /[^.]\.([^.]+)$/.exec(name)?.[1];
  return extension !== undefined && extension.toLowerCase() !== 'md';
}

/** The target of a link under a name that says which content it is: `img/photo.jpg` -> `img/photo-3fa9c1.jpg`. */
export function distinctTarget(target: string, hash: string): string {
  return target.replace(/(\.[^./]*)$/, `-${hash.slice(0, 6)}$1`);
}
