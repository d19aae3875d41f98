/**
 * One connection for two users: whoever made it, and the files, where they get none of their own. What the relay says of files is for these
 * alone, and a connection that is lent is not closed by who borrowed it.
 */
import { decodeRelayFrame, encodeFrame, FILES_ALIAS, frameKind } from '../protocol';
import type { Connection, CloseReason, Transport, TransportEvents } from '../sync';

const NOT_CONNECTED: CloseReason = { code: 'UNREACHABLE', message: 'The device is not connected.', retry: true };
const OLD: CloseReason = { code: 'BAD_FRAME', message: 'The relay does not know files.', retry: false };

/** Of the owner's connection: welcomed by the relay; lost, or not there yet; not wanted by the owner. */
export type OwnState = 'connected' | 'unconnected' | 'closed';

/** @param onState hears what becomes of the owner's connection @returns the transport as its owner uses it, and another whose connections are that one's */
export function lending(transport: Transport, onState: (state: OwnState) => void): { readonly owner: Transport; readonly borrower: Transport } {
  /** The owner's connection, once it was welcomed. */
  let current: Connection | null = null;
  let borrower: TransportEvents | null = null;
  /** Whether the relay was asked if it knows files, and has not answered. */
  let isAsking = false;

  const end = (reason: CloseReason): void => {
    const events = borrower;
    borrower = null;
    isAsking = false;
    events?.onClose(reason);
  };

  /** @returns whether a frame was not the owner's */
  const pass = (bytes: Uint8Array): boolean => {
    const kind = frameKind(bytes);
    if (kind === 'files') {
      borrower?.onFrame(bytes);
      return true;
    }
    if (kind !== 'leased' || !isAsking) return false;
    const frame = decodeRelayFrame(bytes);
    if (frame.type !== 'leased' || frame.alias !== FILES_ALIAS) return false;
    isAsking = false;
    // An older one gives leave for any document. [P98]
    if (frame.granted) end(OLD);
    else borrower?.onOpen();
    return true;
  };

  return {
    owner: {
      connect(events) {
        const connection = transport.connect({
          onOpen: (way) => events.onOpen(way),
          onFrame: (bytes) => {
            const isWelcome = frameKind(bytes) === 'welcome';
            if (isWelcome) current = connection;
            if (!pass(bytes)) events.onFrame(bytes);
            if (isWelcome) onState('connected');
          },
          onClose: (reason) => {
            if (current === connection) current = null;
            end(NOT_CONNECTED);
            if (!isClosed) onState('unconnected');
            events.onClose(reason);
          },
        });
        let isClosed = false;
        return {
          send: (frame) => connection.send(frame),
          buffered: () => connection.buffered(),
          close: () => {
            isClosed = true;
            connection.close();
            onState('closed');
          },
        };
      },
    },
    borrower: {
      connect(events) {
        const line = current;
        if (line === null || borrower !== null) queueMicrotask(() => events.onClose(NOT_CONNECTED));
        else {
          borrower = events;
          isAsking = true;
          line.send(encodeFrame({ type: 'lease', alias: FILES_ALIAS }));
        }
        return {
          send: (frame) => {
            if (borrower === events && !isAsking) line?.send(frame);
          },
          buffered: () => line?.buffered() ?? 0,
          close: () => {
            if (borrower === events) end({ code: 'CLOSED', message: 'The files are done.', retry: true });
          },
        };
      },
    },
  };
}
