/** What the relay and a process that holds WebSockets for it tell each other, over a pipe between the two: about one WebSocket each time, in order. */
import type { Duplex } from 'node:stream';
import { ByteStrings, encodeByteString, LIMITS } from '../../protocol';

/** Number of a WebSocket that stands for none. */
export const NONE = 0;

/** From the process: `open`, `left` (bytes of frames that have gone out, a number), `ended` (why). From the relay: `close` (code, reason), `pause`, `resume`. */
const KINDS = [
  'open',
  /** To the device, or from it. */
  'frame',
  /** Whether all frames so far have come; the answer that they have, in the order of the questions. */
  'arrived',
  'left',
  /** Bytes of frames that the device does not take, a number: told by the process while they are many. */
  'kept',
  /** Whether all that devices had said by now was passed on; the answer that it was. */
  'settled',
  /** The device gave a sign of life. Of no WebSocket: whether the process is there, and the answer. */
  'alive',
  'pause',
  'resume',
  'close',
  'ended',
  /** Of no WebSocket: close all of them, and end. */
  'stop',
] as const;
export type Kind = (typeof KINDS)[number];

/** Kind and number of the WebSocket. */
const HEAD = 5;
/** A device's frame that is too large gets an answer in words, so it must come through. */
const LONGEST = 2 * LIMITS.frame + HEAD;
const NOTHING = new Uint8Array(0);

export class Pipe {
  private readonly strings = new ByteStrings(LONGEST);
  private isGathering = false;

  /** @param take hears what the other side tells; `bytes` are its own from then on @param overfull is run where more bytes than `beyond` wait for the other side */
  constructor(
    private readonly stream: Duplex,
    take: (kind: Kind, id: number, bytes: Uint8Array) => void,
    private readonly overfull: { readonly beyond: number; readonly run: () => void } = { beyond: Infinity, run: () => undefined },
  ) {
    stream.on('data', (chunk: Uint8Array) => {
      for (const told of this.strings.take(chunk)) {
        const view = new DataView(told.buffer, told.byteOffset, told.byteLength);
        const kind = KINDS[view.getUint8(0)];
        if (kind !== undefined) take(kind, view.getUint32(1), told.subarray(HEAD));
      }
    });
  }

  /** @returns whether the pipe has room for more */
  tell(kind: Kind, id: number, bytes: Uint8Array = NOTHING): boolean {
    if (this.stream.destroyed) return true;
    const told = Buffer.allocUnsafe(HEAD + bytes.length);
    told.writeUInt8(KINDS.indexOf(kind));
    told.writeUInt32BE(id, 1);
    told.set(bytes, HEAD);
    if (!this.isGathering) this.gather();
    const hasRoom = this.stream.write(encodeByteString(told, LONGEST));
    if (this.stream.writableLength > this.overfull.beyond) this.overfull.run();
    return hasRoom;
  }

  /** What one turn of the event loop has to tell goes in one call of the system. */
  private gather(): void {
    this.isGathering = true;
    this.stream.cork();
    process.nextTick(() => {
      this.isGathering = false;
      this.stream.uncork();
    });
  }
}

/** Of `left`: bytes. */
export function encodeCount(count: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(count);
  return bytes;
}

export function decodeCount(bytes: Uint8Array): number {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).readUInt32BE();
}

/** Of `close`: code and reason. */
export function encodeEnd(code: number, reason: string): Uint8Array {
  return Buffer.concat([encodeCount(code), Buffer.from(reason)]);
}

export function decodeEnd(bytes: Uint8Array): { readonly code: number; readonly reason: string } {
  return { code: decodeCount(bytes), reason: Buffer.from(bytes.subarray(4)).toString() };
}
