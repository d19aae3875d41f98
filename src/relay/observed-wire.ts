/** A wire that counts what goes over it, and shows it to whoever looks on. */
import type { Session } from './admission';
import type { FrameWatch } from './frame-watch';
import type { Meter } from './meter';
import type { Wire } from './wire';

export function observedWire(wire: Wire, session: Session, meter: Meter, watch: FrameWatch): Wire {
  return {
    get kind() {
      return wire.kind;
    },
    send(frame, sent) {
      const traffic = meter.traffic[wire.kind];
      traffic.framesOut++;
      traffic.bytesOut += frame.length;
      if (watch.isOpen) watch.outgoing(session, wire.kind, frame);
      wire.send(frame, sent);
    },
    get buffered() {
      return wire.buffered;
    },
    pause: () => wire.pause(),
    resume: () => wire.resume(),
    close: (code, reason) => wire.close(code, reason),
  };
}

/** What came over it. */
export function observeMessage({ kind }: Wire, session: Session, bytes: Uint8Array, meter: Meter, watch: FrameWatch): void {
  const traffic = meter.traffic[kind];
  traffic.framesIn++;
  traffic.bytesIn += bytes.length;
  if (watch.isOpen) watch.incoming(session, kind, bytes);
}
