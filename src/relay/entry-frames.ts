/** Packs log entries into as few `entries` frames as the limits allow. */
import { encodeFrame, LIMITS, type StoredEntry } from '../protocol';

/** Type, count, and slack; and a stored entry's sequence and length. */
const FRAME_OVERHEAD = 16;
const ENTRY_OVERHEAD = 12;

export function entryFrames(entries: readonly StoredEntry[]): Uint8Array[] {
  const frames: Uint8Array[] = [];
  let from = 0;
  let size = FRAME_OVERHEAD;
  for (let i = 0; i < entries.length; i++) {
    const next = (entries[i] as StoredEntry).bytes.length + ENTRY_OVERHEAD; // in range: i < length
    if (i > from && (size + next > LIMITS.frame || i - from >= LIMITS.entriesPerFrame)) {
      frames.push(encodeFrame({ type: 'entries', entries: entries.slice(from, i) }));
      from = i;
      size = FRAME_OVERHEAD;
    }
    size += next;
  }
  if (entries.length > 0) frames.push(encodeFrame({ type: 'entries', entries: from === 0 ? entries : entries.slice(from) }));
  return frames;
}
