/** What every engine behind the log port does. Run by `memory/memory-log.test.ts` and `sqlite/sqlite-log.test.ts`. */
import { digestOf } from './digest';
import { LogError, NO_DIGEST, type EntryLog, type LogPage, type ReadQuery } from './log';
import { entry, LAPTOP, OLD, OTHER_SPACE, PHONE, SPACE, TODAY, updates } from './testing/entries';

const ALL: ReadQuery = { after: 0, compact: false, aliases: null, maxEntries: 4096, maxBytes: 300_000 };

/** Reads pages to the end. */
async function readAll(log: EntryLog, query: Partial<ReadQuery> = {}): Promise<Buffer[]> {
  const found: Buffer[] = [];
  let after = query.after ?? 0;
  for (let pages = 0; pages < 1_000; pages++) {
    const page = await log.read(SPACE, { ...ALL, ...query, after });
    for (const each of page.entries) found.push(Buffer.from(each.bytes));
    if (page.done) return found;
    after = page.through?.sequence ?? after;
  }
  throw new Error('The log never ends.');
}

async function pruneAll(log: EntryLog): Promise<void> {
  for (let slices = 0; slices < 1_000; slices++) if (!(await log.prune())) return;
  throw new Error('Pruning never ends.');
}

/** @param open a fresh, empty log; `spaceBytes` limits each space */
export function describeLog(name: string, open: (options?: { spaceBytes?: number }) => Promise<EntryLog>): void {
  describe(`${name}: the log's contract`, () => {
    let log: EntryLog;
    beforeEach(async () => {
      log = await open();
    });
    afterEach(() => log.close());

    test('[P65] numbers entries in order and gives them back byte for byte', async () => {
      const mine = updates(1, 3);
      const results = await log.append(SPACE, LAPTOP, mine);
      const theirs = updates(1, 2, { device: PHONE });
      await log.append(SPACE, PHONE, theirs);
      const sequences = results.map((result) => (result.status === 'stored' ? result.sequence : 0));
      expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
      expect(new Set(sequences).size).toBe(3);
      expect(await readAll(log)).toEqual([...mine, ...theirs].map(({ bytes }) => bytes));
    });

    test('an empty space reads as empty, with zero heads', async () => {
      expect(await log.read(SPACE, ALL)).toEqual({ entries: [], through: null, done: true });
      expect(await log.heads(SPACE, LAPTOP)).toEqual({
        head: 0,
        lanes: [
          { lane: 'live', counter: 0, digest: NO_DIGEST },
          { lane: 'bulk', counter: 0, digest: NO_DIGEST },
        ],
      });
      expect(await log.snapshot(SPACE, TODAY)).toBeNull();
      expect(await log.size(SPACE)).toBe(0);
    });

    test('spaces do not see each other', async () => {
      await log.append(SPACE, LAPTOP, updates(1, 2));
      expect((await log.read(OTHER_SPACE, ALL)).entries).toEqual([]);
      expect(await log.heads(OTHER_SPACE, LAPTOP)).toMatchObject({ head: 0 });
    });

    test('[P63] the same bytes again are a duplicate under their old sequence', async () => {
      const entries = updates(1, 5);
      const first = await log.append(SPACE, LAPTOP, entries);
      const again = await log.append(SPACE, LAPTOP, entries);
      expect(again).toEqual(first.map((result) => ({ ...result, status: 'duplicate' })));
      expect(await readAll(log)).toHaveLength(5);
    });

    test('the same bytes twice in one append are stored once', async () => {
      const [one] = updates(1, 1);
      if (one === undefined) throw new Error('no entry');
      expect((await log.append(SPACE, LAPTOP, [one, one])).map(({ status }) => status)).toEqual(['stored', 'duplicate']);
    });

    test('[P63] other bytes under a used counter are a conflict, at the head and below it', async () => {
      await log.append(SPACE, LAPTOP, updates(1, 3));
      const clone = await log.append(SPACE, LAPTOP, [entry({ counter: 3 }), entry({ counter: 1 })]);
      expect(clone).toEqual([
        { status: 'conflict', lane: 'live', counter: 3 },
        { status: 'conflict', lane: 'live', counter: 1 },
      ]);
      expect(await readAll(log)).toHaveLength(3);
    });

    test('[P63] after a conflict nothing older of that lane and frame is looked for; the other lane is', async () => {
      const live = updates(1, 4);
      const bulk = updates(1, 2, { lane: 'bulk' });
      await log.append(SPACE, LAPTOP, [...live, ...bulk]);
      const again = await log.append(SPACE, LAPTOP, [entry({ counter: 1 }), ...live.slice(1, 3), ...bulk]);
      expect(again.map(({ status }) => status)).toEqual(['conflict', 'conflict', 'conflict', 'duplicate', 'duplicate']);
    });

    test('[P63] what is sent again is found, whatever came between, in order or not', async () => {
      const mine = updates(1, 6);
      for (const [i, one] of mine.entries()) {
        await log.append(SPACE, LAPTOP, [one]);
        await log.append(SPACE, PHONE, updates(1 + 3 * i, 3, { device: PHONE }));
      }
      const expected = await log.append(SPACE, LAPTOP, mine);
      expect(expected.map(({ status }) => status)).toEqual(Array(6).fill('duplicate'));
      expect(await log.append(SPACE, LAPTOP, [2, 1, 4].map((i) => mine[i] as (typeof mine)[number]))).toEqual([2, 1, 4].map((i) => expected[i]));
    });

    test('[P63] a missing counter is a gap that names the one expected, and nothing after it is stored', async () => {
      await log.append(SPACE, LAPTOP, updates(1, 1));
      expect(await log.append(SPACE, LAPTOP, updates(3, 2))).toEqual([
        { status: 'gap', lane: 'live', counter: 3, expected: 2 },
        { status: 'gap', lane: 'live', counter: 4, expected: 2 },
      ]);
      expect(await readAll(log)).toHaveLength(1);
    });

    test('lanes and devices count apart', async () => {
      const live = updates(1, 2);
      const bulk = updates(1, 1, { lane: 'bulk' });
      const other = updates(1, 1, { device: PHONE });
      for (const result of await log.append(SPACE, LAPTOP, [...live, ...bulk])) expect(result.status).toBe('stored');
      expect((await log.append(SPACE, PHONE, other))[0]?.status).toBe('stored');
      const { lanes } = await log.heads(SPACE, LAPTOP);
      expect(lanes).toEqual([
        { lane: 'live', counter: 2, digest: digestOf(live[1]?.bytes ?? Buffer.alloc(0)) },
        { lane: 'bulk', counter: 1, digest: digestOf(bulk[0]?.bytes ?? Buffer.alloc(0)) },
      ]);
    });

    test('subscribers hear new entries in order, once, and not before they subscribed or after they left', async () => {
      await log.append(SPACE, LAPTOP, updates(1, 1));
      const heard: string[] = [];
      const leave = log.subscribe(SPACE, (batch) => heard.push(...batch.map((each) => `${each.device.slice(0, 2)} ${digestOf(each.bytes)}`)));
      const a = updates(2, 2);
      const b = updates(1, 1, { device: PHONE });
      await Promise.all([log.append(SPACE, LAPTOP, a), log.append(SPACE, PHONE, b), log.append(OTHER_SPACE, LAPTOP, updates(1, 1))]);
      await log.append(SPACE, LAPTOP, a);
      leave();
      await log.append(SPACE, LAPTOP, updates(4, 1));
      expect(heard).toEqual([...a.map(({ bytes }) => `d1 ${digestOf(bytes)}`), ...b.map(({ bytes }) => `d2 ${digestOf(bytes)}`)]);
    });

    test('appends of one turn reach a subscriber as one batch', async () => {
      let batches = 0;
      log.subscribe(SPACE, () => void batches++);
      await log.append(SPACE, LAPTOP, updates(1, 1));
      await Promise.all([log.append(SPACE, LAPTOP, updates(2, 1)), log.append(SPACE, LAPTOP, updates(3, 1)), log.append(SPACE, LAPTOP, updates(4, 1))]);
      expect(batches).toBe(2);
    });

    test('[P66] pages end at either limit and go on without a gap', async () => {
      const entries = updates(1, 25);
      await log.append(SPACE, LAPTOP, entries);
      const all = entries.map(({ bytes }) => bytes);
      expect(await readAll(log, { maxEntries: 7 })).toEqual(all);
      expect(await readAll(log, { maxBytes: 500 })).toEqual(all);
      expect(await readAll(log, { maxBytes: 1 })).toEqual(all);
      const page = await log.read(SPACE, { ...ALL, maxEntries: 7 });
      expect(page.done).toBe(false);
      expect(page.through).toEqual({ sequence: page.entries[6]?.sequence, digest: digestOf(all[6] ?? Buffer.alloc(0)) });
    });

    test('[P66] the last page says how far the log goes, also when it holds nothing', async () => {
      await log.append(SPACE, LAPTOP, [...updates(1, 1), entry({ counter: 2, alias: OLD })]);
      const { head } = await log.heads(SPACE, LAPTOP);
      const through = (page: LogPage): number | undefined => page.through?.sequence;
      expect(through(await log.read(SPACE, ALL))).toBe(head);
      expect(through(await log.read(SPACE, { ...ALL, aliases: [TODAY] }))).toBe(head);
      expect(through(await log.read(SPACE, { ...ALL, aliases: [] }))).toBe(head);
      expect(through(await log.read(SPACE, { ...ALL, after: head }))).toBeUndefined();
    });

    test('reads some documents only', async () => {
      const entries = Array.from({ length: 12 }, (_, i) => entry({ counter: i + 1, alias: i % 3 === 0 ? OLD : TODAY }));
      await log.append(SPACE, LAPTOP, entries);
      const old = entries.filter(({ header }) => header.alias === OLD).map(({ bytes }) => bytes);
      expect(await readAll(log, { aliases: [OLD] })).toEqual(old);
      expect(await readAll(log, { aliases: [OLD], maxEntries: 1 })).toEqual(old);
      expect(await readAll(log, { aliases: [TODAY, OLD], maxEntries: 5 })).toEqual(entries.map(({ bytes }) => bytes));
      expect(await readAll(log, { aliases: ['ee'.repeat(16) as typeof OLD] })).toEqual([]);
    });

    test('a cursor matches the entry that it was taken from, and no other', async () => {
      const entries = updates(1, 3);
      const results = await log.append(SPACE, LAPTOP, entries);
      const cursors = results.map((result, i) => ({
        sequence: result.status === 'stored' ? result.sequence : 0,
        digest: digestOf(entries[i]?.bytes ?? Buffer.alloc(0)),
      }));
      const [first, second, third] = cursors;
      if (first === undefined || second === undefined || third === undefined) throw new Error('no cursors');
      expect(await log.match(SPACE, [third, first])).toBe(third.sequence);
      expect(await log.match(SPACE, [{ ...third, digest: first.digest }, second, first])).toBe(second.sequence);
      expect(await log.match(SPACE, [{ ...third, sequence: third.sequence + 1_000_000 }])).toBe(0);
      expect(await log.match(SPACE, [])).toBe(0);
    });

    describe('snapshots', () => {
      /** Ten updates of today's document, five of another, and a snapshot of today's over all of them. */
      async function withSnapshot(): Promise<{ covered: Buffer[]; kept: Buffer[]; sequence: number; head: number }> {
        const today = updates(1, 10);
        const old = updates(11, 5, { alias: OLD });
        await log.append(SPACE, LAPTOP, [...today, ...old]);
        const { head } = await log.heads(SPACE, LAPTOP);
        const snapshot = entry({ counter: 1, lane: 'bulk', kind: 'snapshot', covers: head });
        const [result] = await log.append(SPACE, LAPTOP, [snapshot]);
        const late = updates(16, 2);
        await log.append(SPACE, LAPTOP, late);
        return {
          covered: today.map(({ bytes }) => bytes as Buffer),
          kept: [...old, snapshot, ...late].map(({ bytes }) => bytes as Buffer),
          sequence: result?.status === 'stored' ? result.sequence : 0,
          head,
        };
      }

      test('[P66] a compact read leaves out what the newest one covers; a plain one does not', async () => {
        const { covered, kept } = await withSnapshot();
        expect(await readAll(log, { compact: true })).toEqual(kept);
        expect(await readAll(log, { compact: true, maxEntries: 2 })).toEqual(kept);
        expect(await readAll(log)).toEqual([...covered, ...kept]);
        expect(await readAll(log, { compact: true, aliases: [TODAY] })).toEqual(kept.slice(5));
      });

      test('is reported with what it covers', async () => {
        const { sequence, head } = await withSnapshot();
        expect(await log.snapshot(SPACE, TODAY)).toEqual({ first: sequence, sequence, covers: head, device: LAPTOP, confirmed: false });
        expect(await log.snapshot(SPACE, OLD)).toBeNull();
      });

      test('covers nothing that came after its own start, or that it claims of the future', async () => {
        await log.append(SPACE, LAPTOP, updates(1, 3));
        await log.append(SPACE, LAPTOP, [entry({ counter: 1, lane: 'bulk', kind: 'snapshot', covers: 1_000_000_000 })]);
        expect(await log.snapshot(SPACE, TODAY)).toBeNull();
        expect(await readAll(log, { compact: true })).toHaveLength(4);
      });

      test('in parts counts from its last part on, and only when all parts are there', async () => {
        await log.append(SPACE, LAPTOP, updates(1, 4));
        const { head } = await log.heads(SPACE, LAPTOP);
        const part = (counter: number, number: number) => entry({ counter, lane: 'bulk', kind: 'snapshot', covers: head, part: number, parts: 3 });
        await log.append(SPACE, LAPTOP, [part(1, 0), part(2, 1)]);
        expect(await log.snapshot(SPACE, TODAY)).toBeNull();
        await log.append(SPACE, LAPTOP, [part(3, 0), part(4, 2)]);
        expect(await log.snapshot(SPACE, TODAY)).toBeNull();
        const whole = [part(5, 0), part(6, 1), part(7, 2)];
        await log.append(SPACE, LAPTOP, whole.slice(0, 1));
        await log.append(SPACE, LAPTOP, [...whole.slice(1), ...updates(5, 1)]);
        expect(await log.snapshot(SPACE, TODAY)).toMatchObject({ covers: head });
        const left = await readAll(log, { compact: true });
        expect(left.slice(-4)).toEqual([...whole, ...updates(5, 0)].map(({ bytes }) => bytes).concat(left.slice(-1)));
        // The four parts before it came after what it covers.
        expect(left).toHaveLength(8);
      });

      test('an older one that arrives late does not replace a newer', async () => {
        const { sequence, head } = await withSnapshot();
        await log.append(SPACE, LAPTOP, [entry({ counter: 2, lane: 'bulk', kind: 'snapshot', covers: head - 1 })]);
        expect(await log.snapshot(SPACE, TODAY)).toMatchObject({ sequence });
      });

      test('[P69] nothing is dropped before a confirmation of the newest one', async () => {
        const { covered, kept, sequence } = await withSnapshot();
        await pruneAll(log);
        expect(await log.confirm(SPACE, TODAY, sequence - 1)).toBe(false);
        expect(await log.confirm(SPACE, OLD, sequence)).toBe(false);
        expect(await log.confirm(SPACE, TODAY, 0)).toBe(false);
        await pruneAll(log);
        expect(await readAll(log)).toEqual([...covered, ...kept]);
      });

      test('[P69] after it, what is covered is dropped; heads, cursors and the rest stay', async () => {
        const { kept, sequence, covered } = await withSnapshot();
        const before = await log.heads(SPACE, LAPTOP);
        const cursor = { sequence: (await log.read(SPACE, ALL)).entries[3]?.sequence ?? 0, digest: digestOf(covered[3] ?? Buffer.alloc(0)) };
        const size = await log.size(SPACE);
        expect(await log.confirm(SPACE, TODAY, sequence)).toBe(true);
        await pruneAll(log);
        expect(await readAll(log)).toEqual(kept);
        expect(await log.heads(SPACE, LAPTOP)).toEqual(before);
        expect(await log.match(SPACE, [cursor])).toBe(cursor.sequence);
        expect(await log.match(SPACE, [{ ...cursor, digest: NO_DIGEST }])).toBe(0);
        expect(await log.size(SPACE)).toBe(size - covered.reduce((sum, bytes) => sum + bytes.length, 0));
      });

      test('[P63] [P64] a re-send of what was dropped is known, and never stored again', async () => {
        const entries = updates(1, 3);
        await log.append(SPACE, LAPTOP, entries);
        const { head } = await log.heads(SPACE, LAPTOP);
        const [result] = await log.append(SPACE, LAPTOP, [entry({ counter: 1, lane: 'bulk', kind: 'snapshot', covers: head })]);
        await log.confirm(SPACE, TODAY, result?.status === 'stored' ? result.sequence : 0);
        await pruneAll(log);
        for (const { status } of await log.append(SPACE, LAPTOP, entries)) expect(status).toBe('duplicate');
        expect((await log.append(SPACE, LAPTOP, updates(2, 1)))[0]?.status).toBe('conflict');
        expect(await readAll(log)).toHaveLength(1);
      });

      test('a newer one makes the older one superfluous', async () => {
        const { kept } = await withSnapshot();
        const { head } = await log.heads(SPACE, LAPTOP);
        const newer = entry({ counter: 2, lane: 'bulk', kind: 'snapshot', covers: head });
        const [result] = await log.append(SPACE, LAPTOP, [newer]);
        expect(await readAll(log, { compact: true })).toEqual([...kept.slice(0, 5), newer.bytes]);
        await log.confirm(SPACE, TODAY, result?.status === 'stored' ? result.sequence : 0);
        await pruneAll(log);
        expect(await readAll(log)).toEqual([...kept.slice(0, 5), newer.bytes]);
      });

      test('[P69] one that came after what the newest covers stays, so that no counter is missing above it', async () => {
        const { kept, head } = await withSnapshot();
        const newer = entry({ counter: 2, lane: 'bulk', kind: 'snapshot', covers: head });
        const [result] = await log.append(SPACE, LAPTOP, [newer]);
        const all = [...kept, newer.bytes];
        expect(await readAll(log, { compact: true })).toEqual(all);
        expect(await log.confirm(SPACE, TODAY, result?.status === 'stored' ? result.sequence : 0)).toBe(true);
        await pruneAll(log);
        expect(await readAll(log)).toEqual(all);
      });
    });

    test('a space at its limit refuses the whole append and takes none of it', async () => {
      const small = await open({ spaceBytes: 1_000 });
      await small.append(SPACE, LAPTOP, updates(1, 2));
      const refused = await small.append(SPACE, LAPTOP, updates(3, 9)).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(LogError);
      expect(refused).toMatchObject({ reason: 'space-full' });
      expect((await small.heads(SPACE, LAPTOP)).lanes[0].counter).toBe(2);
      expect((await small.append(OTHER_SPACE, LAPTOP, updates(1, 1)))[0]?.status).toBe('stored');
      await small.close();
    });

    test('takes nothing once closed', async () => {
      await log.close();
      await expect(log.append(SPACE, LAPTOP, updates(1, 1))).rejects.toMatchObject({ reason: 'closed' });
    });
  });
}
