/** What the relay sees of a space: the sealed bytes as they are stored. */
import { LIMITS, readEntryHeader, toHex, type Alias, type DeviceId, type EntryKind, type Lane, type SpaceId } from '../protocol';
import type { EntryLog } from './log';

export interface InspectedEntry {
  readonly sequence: number;
  readonly device: DeviceId;
  readonly alias: Alias;
  readonly kind: EntryKind;
  readonly lane: Lane;
  readonly counter: number;
  /** Of the whole entry, in bytes. */
  readonly size: number;
  /** Its first bytes as hexadecimal digits, two a byte. */
  readonly bytes: string;
}

export interface InspectOptions {
  /** Entries from the log's end, newest first. */
  readonly entries?: number;
  /** Bytes shown of each. */
  readonly bytes?: number;
}

const SHOWN_ENTRIES = 50;
const SHOWN_BYTES = 256;
const PAGES = 1_000;

export async function inspect(log: EntryLog, space: SpaceId, options: InspectOptions = {}): Promise<InspectedEntry[]> {
  const { entries: wanted = SHOWN_ENTRIES, bytes = SHOWN_BYTES } = options;
  const { head } = await log.heads(space, '0'.repeat(32) as DeviceId);
  const found: InspectedEntry[] = [];
  // Sequences have gaps where a relay was killed, so the window is widened until it holds enough.
  for (let width = wanted; found.length === 0 || found.length < wanted; width *= 4) {
    found.length = 0;
    const from = Math.max(0, head - width);
    let after = from;
    for (let pages = 0; pages < PAGES; pages++) {
      const page = await log.read(space, { after, compact: false, aliases: null, maxEntries: LIMITS.entriesPerFrame, maxBytes: 4 * LIMITS.frame });
      for (const entry of page.entries) {
        const { device, alias, kind, lane, counter } = readEntryHeader(entry.bytes);
        found.push({ sequence: entry.sequence, device, alias, kind, lane, counter, size: entry.bytes.length, bytes: toHex(entry.bytes, 0, Math.min(bytes, entry.bytes.length)) });
      }
      if (page.done) break;
      after = page.through?.sequence ?? after;
    }
    if (from === 0) break;
  }
  return found.slice(-wanted).reverse();
}
