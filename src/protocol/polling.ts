/** Frames over plain requests: the bodies of POST {relay}/v1/poll and of its answers. PROTOCOL.md [P42]-[P44]. */
import { TOKEN_BYTES } from './answers';
import { ByteStrings, encodeByteString } from './byte-strings';
import { LIMITS } from './limits';
import { malformed, WireReader } from './wire-reader';
import { WireWriter } from './wire-writer';

/** Names one link, and is all that its requests are believed for. 32 random bytes. */
export type LinkKey = Uint8Array;

export type PollRequest =
  /** `token`: of the session. */
  | { readonly type: 'begin'; readonly token: Uint8Array }
  /** Frames from the device. `number`: of this batch, from 1, the same when it is sent again. */
  | { readonly type: 'up'; readonly link: LinkKey; readonly number: number; readonly frames: readonly Uint8Array[] }
  /** Asks for frames. `received`: number of the last batch that came; `hold`: how long to wait for the next, ms. */
  | { readonly type: 'down'; readonly link: LinkKey; readonly received: number; readonly hold: number }
  | { readonly type: 'end'; readonly link: LinkKey }
  /** Asks for all frames from now on, in one answer that does not end. */
  | { readonly type: 'stream'; readonly link: LinkKey }
  /** The device is still there. */
  | { readonly type: 'alive'; readonly link: LinkKey }
  /** Of a stream. `received`: number of the last batch that came. */
  | { readonly type: 'received'; readonly link: LinkKey; readonly received: number };

export type PollAnswer =
  | { readonly type: 'begun'; readonly link: LinkKey }
  /** `number`: of the last batch that was taken. */
  | { readonly type: 'taken'; readonly number: number }
  /** `number`: of this batch, or of the last one when nothing came. `code`: 0, or the close code with which the link ends after it. */
  | { readonly type: 'batch'; readonly number: number; readonly frames: readonly Uint8Array[]; readonly code: number };

/** First byte of each; those of answers start at 0x41. */
const REQUESTS = ['begin', 'up', 'down', 'end', 'stream', 'alive', 'received'] as const;
const ANSWERS = ['begun', 'taken', 'batch'] as const;
const ANSWER = 0x41;
/** Length prefix of a frame. */
const PREFIX = 3;
/** The longest that close codes are. */
const CODES = 4_999;

/** Bytes of a request that hold its type and whom it is from: enough to judge whether the rest is worth reading. */
export const POLL_HEAD = 2 + TOKEN_BYTES;

export function encodePollRequest(request: PollRequest): Uint8Array {
  const writer = new WireWriter(64 + (request.type === 'up' ? sizeOf(request.frames) : 0));
  writer.byte(1 + REQUESTS.indexOf(request.type));
  writer.blob(request.type === 'begin' ? request.token : request.link, TOKEN_BYTES);
  if (request.type === 'up') {
    writer.uint(request.number);
    writeFrames(writer, request.frames);
  } else if (request.type === 'down') {
    writer.uint(request.received);
    writer.uint(request.hold);
  } else if (request.type === 'received') writer.uint(request.received);
  return writer.finish();
}

/** @throws ProtocolError BAD_FRAME or TOO_LARGE */
export function decodePollRequest(bytes: Uint8Array): PollRequest {
  const reader = readerOf(bytes);
  const { type, key } = readHead(reader);
  const request = ((): PollRequest => {
    switch (type) {
      case 'begin':
        return { type, token: key };
      case 'up':
        return { type, link: key, number: reader.uint(), frames: readFrames(reader) };
      case 'down':
        return { type, link: key, received: reader.uint(), hold: reader.uint() };
      case 'received':
        return { type, link: key, received: reader.uint() };
      default:
        return { type, link: key };
    }
  })();
  reader.end();
  if (request.type === 'up' && (request.number === 0 || request.frames.length === 0)) throw malformed('a batch has no number or no frames');
  return request;
}

/** The type and the link or token that a request begins with. @param head its first `POLL_HEAD` bytes @throws ProtocolError */
export function decodePollHead(head: Uint8Array): { readonly type: PollRequest['type']; readonly key: Uint8Array } {
  return readHead(new WireReader(head));
}

export function encodePollAnswer(answer: PollAnswer): Uint8Array {
  const writer = new WireWriter(64 + (answer.type === 'batch' ? sizeOf(answer.frames) : 0));
  writer.byte(ANSWER + ANSWERS.indexOf(answer.type));
  if (answer.type === 'begun') writer.blob(answer.link, TOKEN_BYTES);
  else writer.uint(answer.number);
  if (answer.type === 'batch') {
    writeFrames(writer, answer.frames);
    writer.uint(answer.code);
  }
  return writer.finish();
}

/** @throws ProtocolError when it is not the answer of a Blockwire relay */
export function decodePollAnswer(bytes: Uint8Array): PollAnswer {
  const reader = readerOf(bytes);
  const type = ANSWERS[reader.byte() - ANSWER];
  if (type === undefined) throw malformed('an unknown type of answer');
  const answer: PollAnswer =
    type === 'begun' ? { type, link: readKey(reader) } : type === 'taken' ? { type, number: reader.uint() } : { type, number: reader.uint(), frames: readFrames(reader), code: reader.uint() };
  reader.end();
  if (answer.type === 'batch' && answer.code > CODES) throw malformed('a close code that is none');
  return answer;
}

/** One answer as it stands in a stream: its length, then its bytes. [P88] */
export function encodeStreamed(answer: Uint8Array): Uint8Array {
  return encodeByteString(answer, LIMITS.pollBody);
}

/** Puts the answers of a stream together again, however its bytes come. */
export class StreamReader {
  private readonly strings = new ByteStrings(LIMITS.pollBody);

  /** @returns what is whole now @throws ProtocolError when it is no stream of a relay; nothing is held by a length that is merely claimed */
  take(chunk: Uint8Array): PollAnswer[] {
    return this.strings.take(chunk).map(decodePollAnswer);
  }
}

/** How many of these frames, from the first, go in one batch: at least one. [P43] */
export function batchOf(frames: readonly Uint8Array[]): number {
  let size = 0;
  let count = 0;
  for (const frame of frames) {
    size += frame.length + PREFIX;
    if (count > 0 && (size > LIMITS.batch || count === LIMITS.framesPerBatch)) break;
    count++;
  }
  return count;
}

function readerOf(bytes: Uint8Array): WireReader {
  if (bytes.length > LIMITS.pollBody) throw malformed('a body is longer than one batch');
  return new WireReader(bytes);
}

function readHead(reader: WireReader): { type: PollRequest['type']; key: Uint8Array } {
  const type = REQUESTS[reader.byte() - 1];
  if (type === undefined) throw malformed('an unknown type of request');
  return { type, key: readKey(reader) };
}

/** A copy: it outlives the body. */
function readKey(reader: WireReader): Uint8Array {
  const key = reader.blob(TOKEN_BYTES);
  if (key.length !== TOKEN_BYTES) throw malformed('a key is not 32 bytes');
  return key.slice();
}

function writeFrames(writer: WireWriter, frames: readonly Uint8Array[]): void {
  writer.uint(frames.length);
  for (const frame of frames) writer.blob(frame, LIMITS.frame);
}

function readFrames(reader: WireReader): Uint8Array[] {
  return reader.list(LIMITS.framesPerBatch, 1, () => reader.blob(LIMITS.frame));
}

function sizeOf(frames: readonly Uint8Array[]): number {
  return frames.reduce((size, frame) => size + frame.length + PREFIX, 0);
}
