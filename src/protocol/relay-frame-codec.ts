/** The byte form of the frames that a relay sends. */
import { limit, readCursor, writeCursor } from './client-frame-codec';
import { ERROR_CODES } from './errors';
import { decodeFileAnswer, encodeFileAnswer, FILE_ANSWER } from './file-frame-codec';
import { isFileAnswer } from './file-frames';
import type { AppendResult, Frame, Lane, LaneHead, Peers, RelayFrame, StoredEntry } from './frames';
import type { Alias, DeviceId, Digest } from './ids';
import { ID_BYTES } from './ids';
import { LIMITS } from './limits';
import { malformed, type WireReader } from './wire-reader';
import { WireWriter } from './wire-writer';

/** First byte of each; those of files follow, client frames start at 0x01. */
const TYPE = {
  welcome: 0x41,
  appended: 0x42,
  entries: 0x43,
  page: 0x44,
  leased: 0x45,
  presence: 0x46,
  peers: 0x47,
  error: 0x48,
} as const;

/** Place in the list = number on the wire. Only ever append. */
const LANES: readonly Lane[] = ['live', 'bulk'];
const STATUSES: readonly AppendResult['status'][] = ['stored', 'duplicate', 'conflict', 'gap'];

/** Sequence, length prefix and slack of one stored entry. */
const STORED_ENTRY_OVERHEAD = 12;

/** `presence` goes both ways; only the relay's names a device. */
export function isRelayFrame(frame: Frame): frame is RelayFrame {
  switch (frame.type) {
    case 'welcome':
    case 'appended':
    case 'entries':
    case 'page':
    case 'leased':
    case 'peers':
    case 'error':
      return true;
    case 'presence':
      return 'device' in frame;
    default:
      return isFileAnswer(frame);
  }
}

/** @throws ProtocolError when the frame breaks a limit */
export function encodeRelayFrame(frame: RelayFrame): WireWriter {
  if (isFileAnswer(frame)) return encodeFileAnswer(frame);
  const writer = new WireWriter(frame.type === 'entries' || frame.type === 'page' ? entriesSize(frame.entries) : 128);
  writer.byte(TYPE[frame.type]);
  switch (frame.type) {
    case 'welcome':
      writer.uint(frame.head);
      writer.uint(frame.match);
      writeLanes(writer, frame.lanes);
      writePeers(writer, frame.peers);
      return writer;
    case 'appended':
      limit(frame.results.length, LIMITS.entriesPerFrame);
      writer.uint(frame.results.length);
      for (const result of frame.results) writeResult(writer, result);
      return writer;
    case 'entries':
      writeEntries(writer, frame.entries);
      return writer;
    case 'page':
      writer.uint(frame.request);
      writer.boolean(frame.done);
      writer.boolean(frame.through !== null);
      if (frame.through !== null) writeCursor(writer, frame.through);
      writeEntries(writer, frame.entries);
      return writer;
    case 'leased':
      writer.id(frame.alias);
      writer.boolean(frame.granted);
      return writer;
    case 'presence':
      writer.id(frame.device);
      writer.blob(frame.bytes, LIMITS.presence);
      return writer;
    case 'peers':
      writePeers(writer, frame.peers);
      return writer;
    case 'error':
      writer.byte(ERROR_CODES.indexOf(frame.code));
      writer.text(frame.message, LIMITS.errorMessage);
      return writer;
  }
}

/** @throws ProtocolError when the bytes are not a relay frame */
export function decodeRelayFrameBody(reader: WireReader): RelayFrame {
  const type = reader.byte();
  switch (type) {
    case TYPE.welcome:
      return { type: 'welcome', head: reader.uint(), match: reader.uint(), lanes: readLanes(reader), peers: readPeers(reader) };
    case TYPE.appended:
      return { type: 'appended', results: reader.list(LIMITS.entriesPerFrame, 2, () => readResult(reader)) };
    case TYPE.entries:
      return { type: 'entries', entries: readEntries(reader) };
    case TYPE.page: {
      const request = reader.uint();
      const done = reader.boolean();
      const through = reader.boolean() ? readCursor(reader) : null;
      return { type: 'page', request, entries: readEntries(reader), through, done };
    }
    case TYPE.leased:
      return { type: 'leased', alias: reader.id() as Alias, granted: reader.boolean() };
    case TYPE.presence:
      return { type: 'presence', device: reader.id() as DeviceId, bytes: reader.blob(LIMITS.presence) };
    case TYPE.peers:
      return { type: 'peers', peers: readPeers(reader) };
    case TYPE.error: {
      const code = ERROR_CODES[reader.byte()];
      if (code === undefined) throw malformed('an unknown error code');
      return { type: 'error', code, message: reader.text(LIMITS.errorMessage) };
    }
    default:
      if (type >= FILE_ANSWER.filing && type <= FILE_ANSWER.unstored) return decodeFileAnswer(type, reader);
      throw malformed('an unknown type of relay frame');
  }
}

/** Entries of a log are in its order: sequences rise strictly, from 1. */
function writeEntries(writer: WireWriter, entries: readonly StoredEntry[]): void {
  limit(entries.length, LIMITS.entriesPerFrame);
  writer.uint(entries.length);
  let last = 0;
  for (const entry of entries) {
    if (entry.sequence <= last) throw malformed('entries are not in ascending order');
    last = entry.sequence;
    writer.uint(entry.sequence);
    writer.blob(entry.bytes, LIMITS.entry);
  }
}

function readEntries(reader: WireReader): StoredEntry[] {
  let last = 0;
  return reader.list(LIMITS.entriesPerFrame, 2, () => {
    const sequence = reader.uint();
    if (sequence <= last) throw malformed('entries are not in ascending order');
    last = sequence;
    return { sequence, bytes: reader.blob(LIMITS.entry) };
  });
}

/** Status and lane share a byte. A conflict has nothing after its counter. */
function writeResult(writer: WireWriter, result: AppendResult): void {
  writer.byte(STATUSES.indexOf(result.status) * LANES.length + LANES.indexOf(result.lane));
  writer.uint(result.counter);
  if (result.status === 'gap') writer.uint(result.expected);
  else if (result.status !== 'conflict') writer.uint(result.sequence);
}

function readResult(reader: WireReader): AppendResult {
  const code = reader.byte();
  const status = STATUSES[Math.floor(code / LANES.length)];
  const lane = LANES[code % LANES.length];
  if (status === undefined || lane === undefined) throw malformed('an unknown append result');
  const counter = reader.uint();
  switch (status) {
    case 'stored':
    case 'duplicate':
      return { status, lane, counter, sequence: reader.uint() };
    case 'conflict':
      return { status, lane, counter };
    case 'gap':
      return { status, lane, counter, expected: reader.uint() };
  }
}

/** Each lane once, live first; the order in memory is free. */
function writeLanes(writer: WireWriter, heads: readonly LaneHead[]): void {
  if (heads.length !== LANES.length) throw malformed('a welcome names each lane once');
  for (const lane of LANES) {
    const head = heads.find((candidate) => candidate.lane === lane);
    if (head === undefined) throw malformed('a welcome names each lane once');
    writer.uint(head.counter);
    writer.id(head.digest);
  }
}

function readLanes(reader: WireReader): LaneHead[] {
  return LANES.map((lane) => ({ lane, counter: reader.uint(), digest: reader.id() as Digest }));
}

/** Each connected device once, with a flag for whether it is visible. */
function writePeers(writer: WireWriter, peers: Peers): void {
  limit(peers.connected.length, LIMITS.devices);
  const visible = new Set(peers.visible);
  const seen = new Set<DeviceId>();
  writer.uint(peers.connected.length);
  for (const device of peers.connected) {
    if (seen.has(device)) throw malformed('a device is named twice');
    seen.add(device);
    writer.id(device);
    writer.boolean(visible.delete(device));
  }
  if (visible.size > 0) throw malformed('a device is visible but not connected');
}

function readPeers(reader: WireReader): Peers {
  const visible: DeviceId[] = [];
  const seen = new Set<DeviceId>();
  const connected = reader.list(LIMITS.devices, ID_BYTES + 1, () => {
    const device = reader.id() as DeviceId;
    if (seen.has(device)) throw malformed('a device is named twice');
    seen.add(device);
    if (reader.boolean()) visible.push(device);
    return device;
  });
  return { connected, visible };
}

function entriesSize(entries: readonly StoredEntry[]): number {
  let size = 64;
  for (const entry of entries) size += entry.bytes.length + STORED_ENTRY_OVERHEAD;
  return size;
}
