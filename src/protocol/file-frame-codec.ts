/** The byte form of the frames that move files. [P48] */
import { ERROR_CODES, ProtocolError } from './errors';
import type { FileAnswer, FileRequest } from './file-frames';
import type { FileId } from './ids';
import { LIMITS } from './limits';
import { malformed, type WireReader } from './wire-reader';
import { WireWriter } from './wire-writer';

/** First byte of each: they follow those of the log. */
export const FILE_REQUEST = { files: 0x08, have: 0x09, put: 0x0a, get: 0x0b, drop: 0x0c } as const;
export const FILE_ANSWER = { filing: 0x49, held: 0x4a, stored: 0x4b, chunk: 0x4c, unstored: 0x4d } as const;

/** Type, file, index, count and length of a frame with a chunk. */
const HEAD_BYTES = 32;

/** @throws ProtocolError when the frame breaks a limit */
export function encodeFileRequest(frame: FileRequest): WireWriter {
  const writer = new WireWriter(frame.type === 'put' ? LIMITS.fileChunk + HEAD_BYTES : 24);
  writer.byte(FILE_REQUEST[frame.type]);
  if (frame.type === 'files') return writer;
  writer.id(frame.file);
  if (frame.type === 'put') {
    writer.uint(checkIndex(frame.index, frame.count));
    writer.uint(frame.count);
    writer.blob(checkChunk(frame.bytes), LIMITS.fileChunk);
  } else if (frame.type === 'get') writer.uint(checkIndex(frame.index, LIMITS.fileChunks));
  return writer;
}

/** @param type one of `FILE_REQUEST`, read already @throws ProtocolError */
export function decodeFileRequest(type: number, reader: WireReader): FileRequest {
  if (type === FILE_REQUEST.files) return { type: 'files' };
  const file = reader.id() as FileId;
  switch (type) {
    case FILE_REQUEST.put: {
      const [index, count] = [reader.uint(), reader.uint()];
      return { type: 'put', file, index: checkIndex(index, count), count, bytes: checkChunk(reader.blob(LIMITS.fileChunk)) };
    }
    case FILE_REQUEST.get:
      return { type: 'get', file, index: checkIndex(reader.uint(), LIMITS.fileChunks) };
    default:
      return { type: type === FILE_REQUEST.have ? 'have' : 'drop', file };
  }
}

/** @throws ProtocolError when the frame breaks a limit */
export function encodeFileAnswer(frame: FileAnswer): WireWriter {
  const writer = new WireWriter(frame.type === 'chunk' ? LIMITS.fileChunk + HEAD_BYTES : 24);
  writer.byte(FILE_ANSWER[frame.type]);
  if (frame.type === 'filing') {
    writer.uint(frame.quota);
    writer.uint(frame.used);
    return writer;
  }
  writer.id(frame.file);
  if (frame.type === 'held') writer.uint(checkNext(frame.next));
  else writer.uint(checkIndex(frame.index, LIMITS.fileChunks));
  if (frame.type === 'chunk') writer.blob(checkChunk(frame.bytes), LIMITS.fileChunk);
  if (frame.type === 'unstored') writer.byte(ERROR_CODES.indexOf(frame.code));
  return writer;
}

/** @param type one of `FILE_ANSWER`, read already @throws ProtocolError */
export function decodeFileAnswer(type: number, reader: WireReader): FileAnswer {
  if (type === FILE_ANSWER.filing) return { type: 'filing', quota: reader.uint(), used: reader.uint() };
  const file = reader.id() as FileId;
  if (type === FILE_ANSWER.held) return { type: 'held', file, next: checkNext(reader.uint()) };
  const index = checkIndex(reader.uint(), LIMITS.fileChunks);
  if (type === FILE_ANSWER.stored) return { type: 'stored', file, index };
  if (type === FILE_ANSWER.chunk) return { type: 'chunk', file, index, bytes: checkChunk(reader.blob(LIMITS.fileChunk)) };
  const code = ERROR_CODES[reader.byte()];
  if (code === undefined) throw malformed('an unknown error code');
  return { type: 'unstored', file, index, code };
}

function checkIndex(index: number, count: number): number {
  if (count > LIMITS.fileChunks) throw new ProtocolError('TOO_LARGE', `A file has more than ${LIMITS.fileChunks} chunks.`);
  if (index >= count) throw malformed('a chunk beyond the end of its file');
  return index;
}

function checkNext(next: number): number {
  if (next > LIMITS.fileChunks) throw new ProtocolError('TOO_LARGE', `A file has more than ${LIMITS.fileChunks} chunks.`);
  return next;
}

function checkChunk(bytes: Uint8Array): Uint8Array {
  if (bytes.length !== LIMITS.fileChunk) throw malformed(`a chunk is not ${LIMITS.fileChunk} bytes`);
  return bytes;
}
