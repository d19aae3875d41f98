/** What the user can set. Kept in `data.json`, which other sync engines may copy to other devices: no key, token, address or device name. */
import { BLOCK_LIMITS, LARGEST_FILE } from '../peer';
import type { PeerSettings } from '../peer';

export interface BlockwireSettings {
  /** With '#'. */
  readonly tag: string;
  readonly phrases: readonly string[];
  readonly createNotes: boolean;
  /** Whether the files that live blocks link come along, and up to which size, in MB (2^20 bytes). */
  readonly files: boolean;
  readonly largestFile: number;
  /** Whether WebTransport is used where the relay offers it: an experiment. */
  readonly webTransport: boolean;
}

const MB = 2 ** 20;
/** Beyond what an app on a phone can hold in memory. */
const LARGEST_MB = 2_000;

export const DEFAULT_SETTINGS: BlockwireSettings = { tag: '#live', phrases: [], createNotes: false, files: true, largestFile: LARGEST_FILE / MB, webTransport: false };

/** Anything but a setting is dropped; what is not as it should be gets its default. */
export function readSettings(data: unknown): BlockwireSettings {
  const record = data !== null && typeof data === 'object' ? (data as Record<string, unknown>) : {};
  const phrases = Array.isArray(record.phrases) ? record.phrases.filter((phrase) => typeof phrase === 'string') : [];
  return {
    tag: (typeof record.tag === 'string' ? readTag(record.tag) : null) ?? DEFAULT_SETTINGS.tag,
    phrases: readPhrases(phrases.join('\n')),
    createNotes: record.createNotes === true,
    files: record.files !== false,
    largestFile: readMegabytes(record.largestFile) ?? DEFAULT_SETTINGS.largestFile,
    webTransport: record.webTransport === true,
  };
}

/** A tag as Obsidian takes one, with '#'; null if it is none. */
export function readTag(text: string): string | null {
  const name = text.trim().replace(/^#+/, '').replace(/\/+$/, '');
  if (name === '' || !/^(?:[\p{L}\p{N}\p{M}\p{Extended_Pictographic}_/-]|\u200d|\uFE0F)+$/u.test(name) || /^[0-9]+$/.test(name)) return null;
  return `#${name}`;
}

/** Whole megabytes from 1 on; null if it is none. */
export function readMegabytes(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && number >= 1 && number <= LARGEST_MB ? number : null;
}

/** One phrase a line; blank lines and repetitions are dropped. */
export function readPhrases(text: string): string[] {
  const phrases = text.split(/\r?\n/).map((line) => line.trim().replace(/\s+/g, ' '));
  return [...new Set(phrases)].filter((phrase) => phrase !== '');
}

/** Times in ms. */
export function peerSettings({ tag, phrases, createNotes, files, largestFile }: BlockwireSettings): PeerSettings {
  return {
    tag,
    phrases,
    createNotes,
    limits: BLOCK_LIMITS,
    largestFile: files ? largestFile * MB : 0,
    liveFromDisk: false,
    holdFor: 20_000,
    writeAfter: 2_000,
    writeWithin: 15_000,
  };
}
