/** The byte form of the frames that a device sends. */
import { isFileRequest } from './file-frames';
import { encodeFileRequest, FILE_REQUEST, decodeFileRequest } from './file-frame-codec';
import type { ClientFrame, Cursor } from './frames';
import type { Alias, Digest } from './ids';
import { ID_BYTES } from './ids';
import { LIMITS } from './limits';
import { ProtocolError } from './errors';
import { malformed, type WireReader } from './wire-reader';
import { WireWriter } from './wire-writer';

/** First byte of each; those of files follow, relay frames start at 0x41. */
const TYPE = { open: 0x01, append: 0x02, read: 0x03, lease: 0x04, confirm: 0x05, presence: 0x06, visible: 0x07 } as const;

/** The most a length prefix of an entry or a presence takes. */
const PREFIX_BYTES = 4;

/** @throws ProtocolError when the frame breaks a limit */
export function encodeClientFrame(frame: ClientFrame): WireWriter {
  if (isFileRequest(frame)) return encodeFileRequest(frame);
  const writer = new WireWriter(frame.type === 'append' ? appendSize(frame.entries) : 64);
  writer.byte(TYPE[frame.type]);
  switch (frame.type) {
    case 'open':
      limit(frame.cursors.length, LIMITS.cursors);
      writer.uint(frame.cursors.length);
      for (const cursor of frame.cursors) writeCursor(writer, cursor);
      writer.boolean(frame.visible);
      return writer;
    case 'append':
      if (frame.entries.length === 0) throw malformed('an append without entries');
      limit(frame.entries.length, LIMITS.entriesPerFrame);
      writer.uint(frame.entries.length);
      for (const entry of frame.entries) writer.blob(entry, LIMITS.entry);
      return writer;
    case 'read':
      writer.uint(frame.request);
      writer.uint(frame.after);
      writer.boolean(frame.compact);
      if (frame.aliases === null) {
        writer.uint(0);
      } else {
        limit(frame.aliases.length, LIMITS.aliasesPerRead);
        writer.uint(frame.aliases.length + 1);
        for (const alias of frame.aliases) writer.id(alias);
      }
      return writer;
    case 'lease':
      writer.id(frame.alias);
      return writer;
    case 'confirm':
      writer.id(frame.alias);
      writer.uint(frame.sequence);
      return writer;
    case 'presence':
      writer.blob(frame.bytes, LIMITS.presence);
      return writer;
    case 'visible':
      writer.boolean(frame.visible);
      return writer;
  }
}

/** @throws ProtocolError when the bytes are not a client frame */
export function decodeClientFrameBody(reader: WireReader): ClientFrame {
  const type = reader.byte();
  switch (type) {
    case TYPE.open:
      return { type: 'open', cursors: reader.list(LIMITS.cursors, 1 + ID_BYTES, () => readCursor(reader)), visible: reader.boolean() };
    case TYPE.append: {
      const entries = reader.list(LIMITS.entriesPerFrame, 1, () => reader.blob(LIMITS.entry));
      if (entries.length === 0) throw malformed('an append without entries');
      return { type: 'append', entries };
    }
    case TYPE.read: {
      const request = reader.uint();
      const after = reader.uint();
      const compact = reader.boolean();
      const count = reader.uint();
      if (count === 0) return { type: 'read', request, after, compact, aliases: null };
      if (count - 1 > LIMITS.aliasesPerRead) throw tooMany(LIMITS.aliasesPerRead);
      const aliases: Alias[] = [];
      for (let i = 1; i < count; i++) aliases.push(reader.id() as Alias);
      return { type: 'read', request, after, compact, aliases };
    }
    case TYPE.lease:
      return { type: 'lease', alias: reader.id() as Alias };
    case TYPE.confirm:
      return { type: 'confirm', alias: reader.id() as Alias, sequence: reader.uint() };
    case TYPE.presence:
      return { type: 'presence', bytes: reader.blob(LIMITS.presence) };
    case TYPE.visible:
      return { type: 'visible', visible: reader.boolean() };
    default:
      if (type >= FILE_REQUEST.files && type <= FILE_REQUEST.drop) return decodeFileRequest(type, reader);
      throw malformed('an unknown type of client frame');
  }
}

export function writeCursor(writer: WireWriter, cursor: Cursor): void {
  writer.uint(cursor.sequence);
  writer.id(cursor.digest);
}

export function readCursor(reader: WireReader): Cursor {
  return { sequence: reader.uint(), digest: reader.id() as Digest };
}

/** @throws ProtocolError TOO_LARGE when a list holds more than it may */
export function limit(count: number, most: number): void {
  if (count > most) throw tooMany(most);
}

function tooMany(most: number): ProtocolError {
  return new ProtocolError('TOO_LARGE', `More than ${most} items in one list.`);
}

function appendSize(entries: readonly Uint8Array[]): number {
  let size = 8;
  for (const entry of entries) size += entry.length + PREFIX_BYTES;
  return size;
}
