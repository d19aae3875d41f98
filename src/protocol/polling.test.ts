import fc from 'fast-check';
import { pollAnswers, pollRequests } from './arbitraries';
import { ProtocolError } from './errors';
import { LIMITS } from './limits';
import { batchOf, decodePollAnswer, decodePollHead, decodePollRequest, encodePollAnswer, encodePollRequest, encodeStreamed, POLL_HEAD, StreamReader } from './polling';

const failure = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
  return 'none';
};

test('[P42] requests and answers are read back as they were written, and nothing shorter or longer is', () => {
  fc.assert(
    fc.property(pollRequests, (request) => {
      const bytes = encodePollRequest(request);
      expect(decodePollRequest(bytes)).toEqual(request);
      expect(decodePollHead(bytes.subarray(0, POLL_HEAD))).toEqual({ type: request.type, key: request.type === 'begin' ? request.token : request.link });
      expect(failure(() => decodePollRequest(bytes.subarray(0, -1)))).toBe('BAD_FRAME');
      expect(failure(() => decodePollRequest(Uint8Array.of(...bytes, 0)))).toBe('BAD_FRAME');
    }),
  );
  fc.assert(
    fc.property(pollAnswers, (answer) => {
      const bytes = encodePollAnswer(answer);
      expect(decodePollAnswer(bytes)).toEqual(answer);
      expect(failure(() => decodePollAnswer(Uint8Array.of(...bytes, 0)))).toBe('BAD_FRAME');
    }),
  );
});

test('[P42] what is no request or answer is refused', () => {
  const link = new Uint8Array(32);
  for (const bytes of [[], [0], [7], [0x41], [2, 31]]) expect(failure(() => decodePollRequest(Uint8Array.from(bytes)))).toBe('BAD_FRAME');
  for (const bytes of [[], [0x40], [0x44], [1]]) expect(failure(() => decodePollAnswer(Uint8Array.from(bytes)))).toBe('BAD_FRAME');
  expect(failure(() => decodePollRequest(encodePollRequest({ type: 'up', link, number: 1, frames: [] })))).toBe('BAD_FRAME');
  expect(failure(() => decodePollRequest(encodePollRequest({ type: 'up', link, number: 0, frames: [link] })))).toBe('BAD_FRAME');
  expect(failure(() => decodePollRequest(encodePollRequest({ type: 'end', link: new Uint8Array(31) })))).toBe('BAD_FRAME');
});

test('[P43] a batch is bounded by frames and bytes, and holds one frame of any size', () => {
  const of = (...sizes: number[]): Uint8Array[] => sizes.map((size) => new Uint8Array(size));
  expect(batchOf([])).toBe(0);
  expect(batchOf(of(LIMITS.frame))).toBe(1);
  expect(batchOf(of(1, LIMITS.frame))).toBe(1);
  expect(batchOf(of(60_000, 60_000, 60_000))).toBe(2);
  expect(batchOf(of(...Array<number>(2_000).fill(1)))).toBe(LIMITS.framesPerBatch);
  const largest = encodePollRequest({ type: 'up', link: new Uint8Array(32), number: Number.MAX_SAFE_INTEGER, frames: of(LIMITS.frame) });
  expect(largest.length).toBeLessThanOrEqual(LIMITS.pollBody);
  expect(decodePollRequest(largest)).toMatchObject({ type: 'up' });
  expect(failure(() => decodePollRequest(new Uint8Array(LIMITS.pollBody + 1)))).toBe('BAD_FRAME');
  expect(failure(() => encodePollRequest({ type: 'up', link: new Uint8Array(32), number: 1, frames: of(LIMITS.frame + 1) }))).toBe('TOO_LARGE');
});

test('[P88] the answers of a stream are put together again, however its bytes come', () => {
  fc.assert(
    fc.property(fc.array(pollAnswers, { maxLength: 6 }), fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }), (answers, cuts) => {
      const bytes = Buffer.concat(answers.map((answer) => encodeStreamed(encodePollAnswer(answer))));
      const reader = new StreamReader();
      const found: unknown[] = [];
      for (let at = 0, i = 0; at < bytes.length; i++) {
        const cut = cuts[i % cuts.length] ?? 1;
        found.push(...reader.take(bytes.subarray(at, at + cut)));
        at += cut;
      }
      expect(found).toEqual(answers);
    }),
  );
});

test('[P88] what is no stream of a relay is refused at once', () => {
  expect(failure(() => new StreamReader().take(Buffer.from(`<!doctype html>${' '.repeat(60)}`)))).toBe('BAD_FRAME');
  expect(failure(() => new StreamReader().take(Uint8Array.of(0xff, 0xff, 0xff)))).toBe('BAD_FRAME');
  expect(failure(() => new StreamReader().take(Uint8Array.of(0xff, 0xff, 0x7f)))).toBe('BAD_FRAME');
  expect(failure(() => new StreamReader().take(Uint8Array.of(0)))).toBe('BAD_FRAME');
});

test('[P44] numbers go as far as those of the wire', () => {
  const link = new Uint8Array(32);
  const up = { type: 'up', link, number: Number.MAX_SAFE_INTEGER, frames: [link] } as const;
  expect(decodePollRequest(encodePollRequest(up))).toEqual(up);
  const empty = { type: 'batch', number: 0, frames: [], code: 0 } as const;
  expect(decodePollAnswer(encodePollAnswer(empty))).toEqual(empty);
});
