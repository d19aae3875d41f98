/** A relay that lies to one device: what it says is changed on its way there. Sequences, counters and digests of the honest log are at its disposal, keys are not. */
import { decodeRelayFrame, encodeFrame, type RelayFrame, type StoredEntry } from '../../src/protocol';
import type { CloseReason, Connection, Transport, TransportEvents } from '../../src/sync';

/** What the device is told in place of these entries, which are one frame's. Sequences must stay ascending. */
export type Lie = (entries: readonly StoredEntry[]) => readonly StoredEntry[];

const LOST: CloseReason = { code: 'LOST', message: 'The connection was lost.', retry: true };

export class LyingRelay implements Transport {
  /** Null: it tells the truth. */
  lie: Lie | null = null;
  private cut: (() => void) | null = null;

  /** @param end where it says that the log ends */
  constructor(
    private readonly transport: Transport,
    public end = Infinity,
  ) {}

  connect(events: TransportEvents): Connection {
    const connection = this.transport.connect({
      onOpen: () => events.onOpen(),
      onClose: (reason) => events.onClose(reason),
      onFrame: (bytes) => {
        const told = this.told(decodeRelayFrame(bytes.slice()));
        if (told !== null) events.onFrame(encodeFrame(told));
      },
    });
    this.cut = () => {
      connection.close();
      events.onClose(LOST);
    };
    return connection;
  }

  /** Ends the connection; the device makes another. */
  hangUp(): void {
    this.cut?.();
  }

  private told(frame: RelayFrame): RelayFrame | null {
    if (frame.type === 'welcome') return { ...frame, head: Math.min(frame.head, this.end), match: frame.match > this.end ? 0 : frame.match };
    if (frame.type !== 'entries' && frame.type !== 'page') return frame;
    const before = frame.entries.filter(({ sequence }) => sequence <= this.end);
    const entries = this.lie === null ? before : this.lie(before);
    if (frame.type === 'entries') return entries.length === 0 ? null : { ...frame, entries };
    return frame.through !== null && frame.through.sequence > this.end ? { ...frame, entries, through: null, done: true } : { ...frame, entries };
  }
}
