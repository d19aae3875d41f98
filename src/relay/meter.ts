/** What the relay counts of itself while it runs: numbers only, so that counting costs nothing and names no one. */
import type { AppendResult, ErrorCode } from '../protocol';
import type { Wire } from './wire';

interface Traffic {
  /** Frames and their bytes, from devices and to devices. */
  framesIn: number;
  bytesIn: number;
  framesOut: number;
  bytesOut: number;
}

export class Meter {
  /** Sessions given. */
  sessions = 0;
  /** Entries given to devices, as they came or on pages. */
  delivered = 0;
  /** Chunks of files that came to the disk. */
  chunksStored = 0;
  readonly appended: Record<AppendResult['status'], number> = { stored: 0, duplicate: 0, gap: 0, conflict: 0 };
  readonly refused = new Map<ErrorCode, number>();
  readonly traffic: Record<Wire['kind'], Traffic> = { webtransport: silent(), websocket: silent(), stream: silent(), 'long-poll': silent() };
  /** Hears of each append that came to the disk, and of the time since its arrival. */
  onAppended: ((seconds: number) => void) | null = null;

  refuse(code: ErrorCode): void {
    this.refused.set(code, (this.refused.get(code) ?? 0) + 1);
  }

  /** @param took ms */
  append(results: readonly AppendResult[], took: number): void {
    for (const { status } of results) this.appended[status]++;
    this.onAppended?.(took / 1_000);
  }
}

function silent(): Traffic {
  return { framesIn: 0, bytesIn: 0, framesOut: 0, bytesOut: 0 };
}
