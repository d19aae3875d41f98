/** Stands between a device's engine and its transport and keeps what was promised: which entries the relay acknowledged, as what. */
import { createHash } from 'node:crypto';
import { decodeClientFrame, decodeRelayFrame, readEntryHeader, type AppendResult, type Lane, type RelayFrame } from '../../src/protocol';
import type { Connection, Transport, TransportEvents } from '../../src/sync';

export interface Promised {
  readonly lane: Lane;
  readonly counter: number;
  /** 0 where a welcome promised it, which tells counters alone. */
  readonly sequence: number;
  /** First 16 bytes of the SHA-256 of the entry, in hexadecimal. */
  readonly digest: string;
}

export class Witness implements Transport {
  /** By lane and counter. */
  readonly promised = new Map<string, Promised>();
  /** What contradicted an earlier promise, in words. */
  readonly broken: string[] = [];
  /** `welcomed`: entries whose acknowledgement was lost on the way, and that the next welcome counted. */
  readonly counts = { stored: 0, duplicate: 0, conflict: 0, gap: 0, welcomed: 0, connections: 0, resets: 0 };
  /** Called after the engine had each frame. */
  onFrame: ((frame: RelayFrame) => void) | null = null;
  private readonly sent = new Map<string, string>();
  private readonly highest: Record<Lane, number> = { live: 0, bulk: 0 };

  constructor(private readonly transport: Transport) {}

  connect(events: TransportEvents): Connection {
    this.counts.connections++;
    const connection = this.transport.connect({
      onOpen: () => events.onOpen(),
      onClose: (reason) => {
        this.counts.resets++;
        events.onClose(reason);
      },
      onFrame: (bytes) => {
        const frame = decodeRelayFrame(bytes.slice());
        events.onFrame(bytes);
        this.heard(frame);
        this.onFrame?.(frame);
      },
    });
    return {
      buffered: () => connection.buffered(),
      close: () => connection.close(),
      send: (bytes) => {
        const frame = decodeClientFrame(bytes.slice());
        if (frame.type === 'append') for (const entry of frame.entries) this.remember(entry);
        connection.send(bytes);
      },
    };
  }

  private remember(entry: Uint8Array): void {
    const { lane, counter } = readEntryHeader(entry);
    const key = `${lane}/${counter}`;
    const digest = digestOf(entry);
    const before = this.sent.get(key);
    if (before !== undefined && before !== digest) this.broken.push(`${key} was sent with two contents`);
    this.sent.set(key, digest);
  }

  private heard(frame: RelayFrame): void {
    if (frame.type === 'appended') for (const result of frame.results) this.take(result);
    if (frame.type !== 'welcome') return;
    for (const { lane, counter } of frame.lanes) {
      if (counter < this.highest[lane]) this.broken.push(`the relay acknowledged ${lane}/${this.highest[lane]} and came back with ${counter}`);
      for (let each = this.highest[lane] + 1; each <= counter; each++) this.welcomed(lane, each);
    }
  }

  private welcomed(lane: Lane, counter: number): void {
    const digest = this.sent.get(`${lane}/${counter}`);
    // A device may have been connected before this witness was there.
    if (digest === undefined) return;
    this.counts.welcomed++;
    this.highest[lane] = counter;
    this.promised.set(`${lane}/${counter}`, { lane, counter, sequence: 0, digest });
  }

  private take(result: AppendResult): void {
    this.counts[result.status]++;
    if (result.status !== 'stored' && result.status !== 'duplicate') return;
    const { lane, counter, sequence } = result;
    const key = `${lane}/${counter}`;
    const digest = this.sent.get(key);
    if (digest === undefined) {
      this.broken.push(`${key} was acknowledged and never sent`);
      return;
    }
    const before = this.promised.get(key);
    if (before !== undefined && before.sequence !== 0 && before.sequence !== sequence) this.broken.push(`${key} was stored at ${before.sequence} and again at ${sequence}`);
    this.highest[lane] = Math.max(this.highest[lane], counter);
    this.promised.set(key, { lane, counter, sequence, digest });
  }
}

export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 32);
}
