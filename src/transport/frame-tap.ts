/** The frames of a transport as they pass, for whoever looks on: nothing is kept, and one comparison a frame is all that is done while nobody does. */
import type { Transport } from '../sync';

/** `way`: by which it travels, e.g. 'websocket'; '' before that is known. */
export type Passing =
  /** `bytes` are the listener's own. `out`: to the relay. */
  | { readonly type: 'frame'; readonly direction: 'in' | 'out'; readonly way: string; readonly bytes: Uint8Array }
  | { readonly type: 'connected'; readonly way: string }
  | { readonly type: 'closed'; readonly way: string; readonly code: string };

export class FrameTap {
  private readonly listeners = new Set<(passing: Passing) => void>();

  /** @returns what ends it */
  watch(listener: (passing: Passing) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** The same transport, whose frames pass here. */
  on(transport: Transport): Transport {
    return {
      connect: (events) => {
        let way = '';
        const passed = (direction: 'in' | 'out', bytes: Uint8Array): void => {
          if (this.listeners.size > 0) this.tell({ type: 'frame', direction, way, bytes: bytes.slice() });
        };
        const connection = transport.connect({
          onOpen: (by) => {
            way = by ?? '';
            this.tell({ type: 'connected', way });
            events.onOpen(by);
          },
          onFrame: (bytes) => {
            passed('in', bytes);
            events.onFrame(bytes);
          },
          onClose: (reason) => {
            this.tell({ type: 'closed', way, code: reason.code });
            events.onClose(reason);
          },
        });
        return {
          send: (frame) => {
            passed('out', frame);
            connection.send(frame);
          },
          buffered: () => connection.buffered(),
          close: () => connection.close(),
        };
      },
    };
  }

  private tell(passing: Passing): void {
    for (const listener of this.listeners) listener(passing);
  }
}
