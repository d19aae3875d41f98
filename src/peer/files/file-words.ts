/** Why a file does not come along, in words for people. */
import type { FileStatus } from '../ports';

type Problem = NonNullable<FileStatus['problem']>;

const SAFE = 'The link and the text are untouched.';
const WORDS: Readonly<Record<string, readonly [message: string, hint: string]>> = {
  SPACE_FULL: ['The relay has no room left for files of this space.', 'It stays on the devices that have it. Make room on the relay, then try again.'],
  FILES_OFF: ['The relay keeps no files.', 'It stays on the devices that have it. The relay’s owner can give files room with --files-quota.'],
  DISK_FULL: ['The relay’s disk is full.', 'It stays on the devices that have it. Free some room there, then try again.'],
  TOO_LARGE: ['It is larger than what the relay carries.', 'It stays where it is.'],
  MISSING: ['The relay does not have it any more.', 'A device that has it sends it again when it is connected.'],
  DAMAGED: ['What arrived is not what was sent.', `It was not written. ${SAFE}`],
  FILE_TOO_LARGE: ['It is larger than the settings of this device allow.', `Raise the limit there, and it comes along. ${SAFE}`],
  FILE_NAME: ['Its name or folder is not possible on every device.', `Nothing was written. Rename the file on the device that has it. ${SAFE}`],
  FILE_TAKEN: ['Its place is taken by another file or folder.', `Nothing was overwritten. Rename that one, then try again. ${SAFE}`],
  FILE_WAITING: ['It is there, but this device has not downloaded it yet.', 'It goes on by itself when it is downloaded.'],
  FILE_DELETED: ['It was deleted on this device.', 'It is not fetched again unless you say so.'],
  FILE_NOT_READ: ['It could not be read.', 'It is tried again.'],
  FILE_NOT_WRITTEN: ['It could not be written into this vault.', `Is there room left on this device? It is tried again. ${SAFE}`],
};

/** Codes of what only a change of settings, names or devices helps against. */
const HOPELESS = new Set(['FILE_TOO_LARGE', 'FILE_NAME', 'TOO_LARGE', 'FILE_WAITING']);

export function problemOf(code: string, message = 'Something went wrong.'): Problem {
  const [words, hint] = WORDS[code] ?? [message, 'It is tried again.'];
  return { code, message: words, hint };
}

export function againOf(code: string): FileStatus['again'] {
  return HOPELESS.has(code) ? null : code === 'FILE_DELETED' ? 'Fetch again' : 'Try again';
}

/** How it is with a file, in one line: "43 % of 12 MB sent", "12 MB wait to be fetched", or what is wrong. */
export function fileText({ direction, size, done, state, problem }: FileStatus): string {
  if (problem) return `${problem.message} ${problem.hint}`;
  const isUp = direction === 'up';
  if (state === 'moving') return `${percentOf(size, done)} % of ${sizeText(size)} ${isUp ? 'sent' : 'fetched'}`;
  return `${sizeText(size)}, waits to be ${isUp ? 'sent' : 'fetched'}`;
}

/** 0 to 99 of what is under way. */
export function percentOf(size: number, done: number): number {
  return size === 0 ? 99 : Math.min(99, Math.floor((done / size) * 100));
}

/** E.g. "12 MB", "4.2 MB", "87 kB". */
export function sizeText(bytes: number): string {
  if (bytes < 1_000_000) return `${Math.max(1, Math.round(bytes / 1_000))} kB`;
  const mega = bytes / 1_000_000;
  return `${mega < 10 ? Math.round(mega * 10) / 10 : Math.round(mega)} MB`;
}
