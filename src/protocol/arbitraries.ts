/** Generators of every value of the wire, for property tests and for seeding the fuzzer. Imported by tests only. */
import fc from 'fast-check';
import { ERROR_CODES } from './errors';
import type { EntryHeader } from './entry';
import type { AppendResult, ClientFrame, Cursor, Lane, Peers, RelayFrame, StoredEntry } from './frames';
import { toHex } from './hex';
import { ID_BYTES } from './ids';
import type { FileAnswer, FileRequest } from './file-frames';
import { LIMITS } from './limits';
import type { PollAnswer, PollRequest } from './polling';

/** Any identifier; the brand is chosen by where it is used. */
export function identifiers<Id extends string>(): fc.Arbitrary<Id> {
  return fc.uint8Array({ minLength: ID_BYTES, maxLength: ID_BYTES }).map((bytes) => toHex(bytes) as Id);
}

const integers = fc.oneof(fc.nat(300), fc.nat(Number.MAX_SAFE_INTEGER), fc.constant(Number.MAX_SAFE_INTEGER));
const lanes = fc.constantFrom<Lane>('live', 'bulk');
const blobs = fc.uint8Array({ maxLength: 300 });
const cursors: fc.Arbitrary<Cursor> = fc.record({ sequence: integers, digest: identifiers<Cursor['digest']>() });

const entries: fc.Arbitrary<StoredEntry[]> = fc
  .uniqueArray(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), { maxLength: 6 })
  .chain((sequences) =>
    fc.tuple(...sequences.sort((a, b) => a - b).map((sequence) => blobs.map((bytes): StoredEntry => ({ sequence, bytes })))),
  );

const peers: fc.Arbitrary<Peers> = fc
  .uniqueArray(fc.tuple(identifiers<Peers['connected'][number]>(), fc.boolean()), { maxLength: 6, selector: ([device]) => device })
  .map((devices) => ({
    connected: devices.map(([device]) => device),
    visible: devices.filter(([, visible]) => visible).map(([device]) => device),
  }));

const results: fc.Arbitrary<AppendResult> = fc.oneof(
  fc.record({ status: fc.constantFrom('stored' as const, 'duplicate' as const), lane: lanes, counter: integers, sequence: integers }),
  fc.record({ status: fc.constant('conflict' as const), lane: lanes, counter: integers }),
  fc.record({ status: fc.constant('gap' as const), lane: lanes, counter: integers, expected: integers }),
);

const files = identifiers<Extract<FileRequest, { file: unknown }>['file']>();
/** One byte all over: the contents of a chunk mean nothing to the wire. */
const chunks = fc.nat(255).map((byte) => new Uint8Array(LIMITS.fileChunk).fill(byte));
const indexes = fc.nat(LIMITS.fileChunks - 1);

const fileRequests: fc.Arbitrary<FileRequest> = fc.oneof(
  fc.constant({ type: 'files' as const }),
  fc.record({ type: fc.constantFrom('have' as const, 'drop' as const), file: files }),
  fc.record({ type: fc.constant('put' as const), file: files, index: fc.nat(300), count: fc.integer({ min: 301, max: LIMITS.fileChunks }), bytes: chunks }),
  fc.record({ type: fc.constant('get' as const), file: files, index: indexes }),
);

const fileAnswers: fc.Arbitrary<FileAnswer> = fc.oneof(
  fc.record({ type: fc.constant('filing' as const), quota: integers, used: integers }),
  fc.record({ type: fc.constant('held' as const), file: files, next: fc.nat(LIMITS.fileChunks) }),
  fc.record({ type: fc.constant('stored' as const), file: files, index: indexes }),
  fc.record({ type: fc.constant('chunk' as const), file: files, index: indexes, bytes: chunks }),
  fc.record({ type: fc.constant('unstored' as const), file: files, index: indexes, code: fc.constantFrom(...ERROR_CODES) }),
);

export const clientFrames: fc.Arbitrary<ClientFrame> = fc.oneof(
  fileRequests,
  fc.record({ type: fc.constant('open' as const), cursors: fc.array(cursors, { maxLength: 8 }), visible: fc.boolean() }),
  fc.record({ type: fc.constant('append' as const), entries: fc.array(blobs, { minLength: 1, maxLength: 6 }) }),
  fc.record({
    type: fc.constant('read' as const),
    request: integers,
    after: integers,
    compact: fc.boolean(),
    aliases: fc.option(fc.array(identifiers<EntryHeader['alias']>(), { maxLength: 64 })),
  }),
  fc.record({ type: fc.constant('lease' as const), alias: identifiers<EntryHeader['alias']>() }),
  fc.record({ type: fc.constant('confirm' as const), alias: identifiers<EntryHeader['alias']>(), sequence: integers }),
  fc.record({ type: fc.constant('presence' as const), bytes: blobs }),
  fc.record({ type: fc.constant('visible' as const), visible: fc.boolean() }),
);

export const relayFrames: fc.Arbitrary<RelayFrame> = fc.oneof(
  fileAnswers,
  fc.record({
    type: fc.constant('welcome' as const),
    head: integers,
    match: integers,
    lanes: fc.tuple(
      fc.record({ lane: fc.constant('live' as const), counter: integers, digest: identifiers<Cursor['digest']>() }),
      fc.record({ lane: fc.constant('bulk' as const), counter: integers, digest: identifiers<Cursor['digest']>() }),
    ),
    peers,
  }),
  fc.record({ type: fc.constant('appended' as const), results: fc.array(results, { maxLength: 10 }) }),
  fc.record({ type: fc.constant('entries' as const), entries }),
  fc.record({ type: fc.constant('page' as const), request: integers, entries, through: fc.option(cursors), done: fc.boolean() }),
  fc.record({ type: fc.constant('leased' as const), alias: identifiers<EntryHeader['alias']>(), granted: fc.boolean() }),
  fc.record({ type: fc.constant('presence' as const), device: identifiers<EntryHeader['device']>(), bytes: blobs }),
  fc.record({ type: fc.constant('peers' as const), peers }),
  fc.record({ type: fc.constant('error' as const), code: fc.constantFrom(...ERROR_CODES), message: fc.string({ unit: 'grapheme', maxLength: 60 }) }),
);

export const headers: fc.Arbitrary<EntryHeader> = fc
  .record({
    kind: fc.constantFrom('update' as const, 'snapshot' as const),
    space: identifiers<EntryHeader['space']>(),
    epoch: fc.nat(0xffff_ffff),
    device: identifiers<EntryHeader['device']>(),
    lane: lanes,
    counter: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    previous: identifiers<EntryHeader['previous']>(),
    alias: identifiers<EntryHeader['alias']>(),
    covers: integers,
    parts: fc.integer({ min: 1, max: 1024 }),
    part: fc.nat(1023),
  })
  .map((header) => ({
    ...header,
    suite: 1 as const,
    covers: header.kind === 'update' ? 0 : header.covers,
    part: header.part % header.parts,
  }));

const linkKeys = fc.uint8Array({ minLength: 32, maxLength: 32 });
const frames = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 5 });
export const pollRequests: fc.Arbitrary<PollRequest> = fc.oneof(
  fc.record({ type: fc.constant('begin' as const), token: linkKeys }),
  fc.record({ type: fc.constant('up' as const), link: linkKeys, number: fc.integer({ min: 1 }), frames: fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 5 }) }),
  fc.record({ type: fc.constant('down' as const), link: linkKeys, received: fc.nat(), hold: fc.nat() }),
  fc.record({ type: fc.constantFrom('end' as const, 'stream' as const, 'alive' as const), link: linkKeys }),
  fc.record({ type: fc.constant('received' as const), link: linkKeys, received: fc.nat() }),
);
export const pollAnswers: fc.Arbitrary<PollAnswer> = fc.oneof(
  fc.record({ type: fc.constant('begun' as const), link: linkKeys }),
  fc.record({ type: fc.constant('taken' as const), number: fc.nat() }),
  fc.record({ type: fc.constant('batch' as const), number: fc.nat(), frames, code: fc.integer({ min: 0, max: 4_999 }) }),
);
