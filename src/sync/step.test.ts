/** The core alone: events in, effects out, no promise and no clock. */
import { createHash } from 'node:crypto';
import type { Alias, ClientFrame, DeviceId, Digest, EntryHeader, LaneHead, RelayFrame, SpaceId } from '../protocol';
import { assembleEntry, assembleSigned, encodeHeader, readEntry, readEntryHeader, SIGNATURE_BYTES, TAG_BYTES } from '../protocol';
import { decodeBody } from './body';
import type { Effect, Event } from './event';
import type { LocalRows } from './rows';
import { initialState, NO_DIGEST, type State } from './state';
import { step } from './step';

const hex = (digit: string): string => digit.repeat(32);
const SELF = hex('a') as DeviceId;
const OTHER = hex('b') as DeviceId;
const SPACE = hex('5') as SpaceId;
const [ONE, TWO] = [hex('1') as Alias, hex('2') as Alias];
const EMPTY: LocalRows = { device: null, cursors: [], lanes: { live: null, bulk: null }, othersHeard: null, documents: [], authors: [], pending: [], outbox: [], aside: [] };

type Bare<E> = E extends Event ? Omit<E, 'now'> : never;

/** Feeds events and keeps what the core asked for. Sealing is done at once unless `slow`. */
class Core {
  state: State;
  now = 1_000_000;
  effects: Effect[] = [];
  slow = false;
  lazyDisk = false;

  constructor(rests = false) {
    this.state = initialState({ space: SPACE, device: SELF, epoch: 0 }, rests);
  }

  give(event: Bare<Event>): Effect[] {
    const result = step(this.state, { ...event, now: this.now });
    this.state = result.state;
    this.effects.push(...result.effects);
    const all = [...result.effects];
    for (const effect of result.effects) {
      if (effect.type === 'seal' && !this.slow) all.push(...this.finishSeal(effect));
      if (effect.type === 'write' && effect.then !== null && !this.lazyDisk) all.push(...this.give(effect.then));
      if (effect.type === 'gatherSoon') all.push(...this.give({ type: 'gather' }));
    }
    return all;
  }

  finishSeal({ header, body }: Extract<Effect, { type: 'seal' }>): Effect[] {
    const bytes = sealed(header, body);
    return this.give({ type: 'sealed', bytes, digest: digestOf(bytes) });
  }

  hear(frame: Extract<Event, { type: 'frame' }>['frame']): Effect[] {
    return this.give({ type: 'frame', frame });
  }

  type(alias: Alias, size = 10): Effect[] {
    return this.give({ type: 'queued', alias, update: new Uint8Array(size), digest: 'd', writes: [] });
  }

  /** Up to `live` in an empty log. */
  connect(more: { visible?: boolean; heads?: Partial<Record<'live' | 'bulk', LaneHead>>; local?: LocalRows } = {}): Effect[] {
    this.give({ type: 'loaded', local: more.local ?? EMPTY });
    this.give({ type: 'opened' });
    return this.welcome(more);
  }

  welcome({ visible = true, heads = {}, head = 0, match = 0 }: { visible?: boolean; heads?: Partial<Record<'live' | 'bulk', LaneHead>>; head?: number; match?: number } = {}): Effect[] {
    const none = (lane: 'live' | 'bulk'): LaneHead => ({ lane, counter: 0, digest: NO_DIGEST });
    return this.hear({ type: 'welcome', head, match, lanes: [heads.live ?? none('live'), heads.bulk ?? none('bulk')], peers: { connected: [OTHER], visible: visible ? [OTHER] : [] } });
  }

  acknowledge(counter: number, lane: 'live' | 'bulk' = 'live', sequence = counter): Effect[] {
    return this.hear({ type: 'appended', results: [{ status: 'stored', lane, counter, sequence }] });
  }

  drop(): Effect[] {
    return this.give({ type: 'closed', reason: { code: 'LOST', message: 'Lost.', retry: true }, unit: 0.5 });
  }
}

function sealed(header: EntryHeader, body: Uint8Array): Uint8Array {
  const text = new Uint8Array(body.length + 16);
  text.set(body);
  return assembleEntry(assembleSigned(encodeHeader(header), new Uint8Array(24), text), new Uint8Array(SIGNATURE_BYTES));
}
function digestOf(bytes: Uint8Array): Digest {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 32) as Digest;
}
function frames(effects: readonly Effect[]): ClientFrame[] {
  return effects.flatMap((effect) => (effect.type === 'send' ? [effect.frame] : []));
}
/** Entries sent, as header and number of updates. */
function sent(effects: readonly Effect[]): { counter: number; lane: string; alias: string; updates: number; bytes: Uint8Array }[] {
  return frames(effects).flatMap((frame) =>
    frame.type !== 'append'
      ? []
      : frame.entries.map((bytes) => {
          const { counter, lane, alias, parts } = readEntryHeader(bytes);
          return { counter, lane, alias, bytes, updates: parts === 1 ? decodeBody(readEntry(bytes).ciphertext.slice(0, -TAG_BYTES)).updates.length : 0 };
        }),
  );
}
const brief = (effects: readonly Effect[]): string[] => sent(effects).map(({ counter, lane, updates }) => `${lane} ${counter}: ${updates}`);
const timer = (effects: readonly Effect[], name: string): number | null | undefined => effects.flatMap((effect) => (effect.type === 'timer' && effect.name === name ? [effect.after] : [])).pop();

describe('gathering', () => {
  test('[S2] four entries of a document go at once, what follows goes together after an acknowledgement', () => {
    const core = new Core();
    core.connect();
    expect([1, 2, 3, 4].flatMap(() => brief(core.type(ONE)))).toEqual(['live 1: 1', 'live 2: 1', 'live 3: 1', 'live 4: 1']);
    expect([...core.type(ONE), ...core.type(ONE)].filter(({ type }) => type === 'send')).toEqual([]);
    expect(brief(core.acknowledge(1))).toEqual(['live 5: 2']);
    core.type(ONE);
    expect(brief(core.acknowledge(2))).toEqual(['live 6: 1']);
  });

  test('[S2] what comes while an entry is sealed goes together', () => {
    const core = new Core();
    core.connect();
    core.slow = true;
    const [first] = core.type(ONE).flatMap((effect) => (effect.type === 'seal' ? [effect] : []));
    core.type(ONE);
    core.type(ONE);
    core.slow = false;
    expect(first && brief(core.finishSeal(first))).toEqual(['live 1: 1', 'live 2: 2']);
  });

  test('[S2] documents do not wait for each other', () => {
    const core = new Core();
    core.connect();
    for (let i = 0; i < 6; i++) core.type(ONE);
    expect(brief(core.type(TWO))).toEqual(['live 5: 1']);
  });

  test('[S3] while nobody sees another device, a second is gathered', () => {
    const core = new Core();
    core.connect({ visible: false });
    const effects = core.type(ONE);
    expect(brief(effects)).toEqual([]);
    expect(timer(effects, 'gather')).toBe(1000);
    core.now += 400;
    core.type(ONE);
    core.now += 600;
    expect(brief(core.give({ type: 'timer', name: 'gather', unit: 0 }))).toEqual(['live 1: 2']);
  });

  test('[S3] gathered updates go when they are many, when somebody looks, and when this device is hidden', () => {
    const large = new Core();
    large.connect({ visible: false });
    expect(brief(large.type(ONE, 40_000))).toEqual(['live 1: 1']);
    const seen = new Core();
    seen.connect({ visible: false });
    seen.type(ONE);
    expect(brief(seen.hear({ type: 'peers', peers: { connected: [OTHER], visible: [OTHER] } }))).toEqual(['live 1: 1']);
    const hidden = new Core();
    hidden.connect({ visible: false });
    hidden.type(ONE);
    expect(brief(hidden.give({ type: 'hidden' }))).toEqual(['live 1: 1']);
  });

  test('[S4] nothing is sealed before the relay is heard, and then all of it goes together', () => {
    const core = new Core();
    core.give({ type: 'loaded', local: EMPTY });
    for (let i = 0; i < 5; i++) core.type(ONE);
    core.give({ type: 'opened' });
    expect(core.effects.some(({ type }) => type === 'seal')).toBe(false);
    expect(brief(core.welcome())).toEqual(['live 1: 5']);
  });

  test('[S5] previous chains the entries of a document, not those of others', () => {
    const core = new Core();
    core.connect();
    const first = sent(core.type(ONE))[0];
    core.type(TWO);
    core.acknowledge(1);
    const second = sent(core.type(ONE))[0];
    if (first === undefined || second === undefined) throw new Error('Not sent.');
    expect(readEntryHeader(first.bytes).previous).toBe(NO_DIGEST);
    expect(readEntryHeader(second.bytes)).toMatchObject({ counter: 3, previous: digestOf(first.bytes) });
  });

  test('[S5] a seal that fails loses nothing and is tried again', () => {
    const core = new Core();
    core.connect();
    core.slow = true;
    core.type(ONE);
    core.give({ type: 'sealFailed', message: 'no key' });
    expect(core.state.problem?.code).toBe('SEAL_FAILED');
    core.slow = false;
    core.now += 5_000;
    expect(brief(core.give({ type: 'timer', name: 'gather', unit: 0 }))).toEqual(['live 1: 1']);
    expect(core.state.problem).toBeNull();
  });

  test('[S6] a large update goes in parts, and typing goes past it', () => {
    const core = new Core();
    core.connect();
    expect(brief(core.type(ONE, 100_000))).toEqual(['bulk 1: 0']);
    expect(brief(core.type(ONE))).toEqual(['live 1: 1']);
    expect(brief(core.acknowledge(1, 'bulk'))).toEqual(['bulk 2: 0']);
    for (let part = 2; part <= 7; part++) core.acknowledge(part, 'bulk');
    const rows = core.effects.flatMap((effect) => (effect.type === 'write' ? effect.writes : []));
    const gone = rows.filter(({ table, value }) => table === 'pending' && value === null);
    expect(gone).toHaveLength(2);
    expect(core.state.lanes.bulk).toMatchObject({ counter: 7, open: 0 });
  });

  test('[S6] on a line that takes more, more parts are under way, but never so many that the relay stops reading', () => {
    const core = new Core();
    core.connect();
    core.type(ONE, 8_000_000);
    let acknowledged = 0;
    let most = 0;
    // Each round trip of 200 ms takes whatever is sent.
    for (let round = 0; round < 30; round++) {
      core.now += 200;
      const there = sent(core.effects).length;
      most = Math.max(most, there - acknowledged);
      while (acknowledged < there) core.acknowledge(++acknowledged, 'bulk');
    }
    expect(most).toBeGreaterThan(20);
    expect(most).toBeLessThanOrEqual(31);
  });
});

describe('the outbox', () => {
  test('[S7] an entry is sent only when its row is written', () => {
    const core = new Core();
    core.connect();
    core.lazyDisk = true;
    const effects = core.type(ONE);
    expect(brief(effects)).toEqual([]);
    const write = effects.find((effect) => effect.type === 'write' && effect.then !== null);
    if (write?.type !== 'write' || write.then === null) throw new Error('No row.');
    expect(write.writes.map(({ table, value }) => `${table} ${value === null ? 'gone' : 'there'}`)).toEqual(expect.arrayContaining(['outbox there', 'pending gone']));
    expect(brief(core.give(write.then))).toEqual(['live 1: 1']);
  });

  test('[S7] a re-send has the same bytes', () => {
    const core = new Core();
    core.connect();
    const before = sent(core.type(ONE))[0];
    core.drop();
    core.give({ type: 'timer', name: 'retry', unit: 0 });
    core.give({ type: 'opened' });
    const after = sent(core.welcome())[0];
    expect(after?.bytes).toEqual(before?.bytes);
  });

  test('[S11] at most 224 entries are unacknowledged', () => {
    const core = new Core();
    core.connect();
    for (let i = 0; i < 300; i++) core.type(i.toString(16).padStart(32, '0') as Alias);
    expect(sent(core.effects)).toHaveLength(224);
    expect(core.state.pendingUpdates).toBe(76);
    expect(brief(core.acknowledge(1))).toEqual(['live 225: 1']);
  });

  test('[S12] a relay that lost its tail gets it again, acknowledged or not', () => {
    const core = new Core();
    core.connect();
    const all = [0, 1, 2, 3].map(() => {
      const [one] = sent(core.type(ONE));
      if (one !== undefined) core.acknowledge(one.counter);
      return one;
    });
    core.drop();
    core.give({ type: 'timer', name: 'retry', unit: 0 });
    core.give({ type: 'opened' });
    const second = all[1];
    if (second === undefined) throw new Error('Not sent.');
    const again = sent(core.welcome({ heads: { live: { lane: 'live', counter: 2, digest: digestOf(second.bytes) } } }));
    expect(again.map(({ bytes }) => bytes)).toEqual([all[2]?.bytes, all[3]?.bytes]);
    expect(core.state.lanes.live.open).toBe(2);
  });

  test.each([
    ['a conflict', (core: Core): Effect[] => core.hear({ type: 'appended', results: [{ status: 'conflict', lane: 'live', counter: 1 }] })],
    ['other bytes at our counter', (core: Core): Effect[] => reconnect(core, { lane: 'live', counter: 1, digest: hex('e') as Digest })],
    ['a gap above what was sent', (core: Core): Effect[] => core.hear({ type: 'appended', results: [{ status: 'gap', lane: 'live', counter: 1, expected: 9 }] })],
  ])('[S13] %s means that another uses this identity', (_, happen) => {
    const core = new Core();
    core.connect();
    core.type(ONE);
    const effects = happen(core);
    expect(effects.at(-1)).toEqual({ type: 'cloned' });
    expect(core.state).toMatchObject({ phase: 'refused', problem: { code: 'IDENTITY', retry: false } });
    // [S16] The next identity posts the document whole.
    expect(core.state.documents.get(ONE)?.owed).toBe(true);
    core.give({ type: 'visible' });
    expect(core.state.phase).toBe('refused');
  });

  test('[S13] a relay that has more of us than this run has made says that a copy of this device made it', () => {
    const core = new Core();
    core.connect();
    core.type(ONE);
    core.acknowledge(1);
    expect(reconnect(core, { lane: 'live', counter: 2, digest: hex('e') as Digest }).at(-1)).toEqual({ type: 'cloned' });
  });

  test('[S13] a relay that lost more than is kept leads to a new identity', () => {
    const core = new Core();
    core.connect();
    for (let i = 1; i <= 300; i++) {
      core.type(ONE);
      core.acknowledge(i);
    }
    expect(core.state.lanes.live.entries.size).toBe(256);
    expect(reconnect(core, { lane: 'live', counter: 3, digest: hex('e') as Digest }).at(-1)).toEqual({ type: 'cloned' });
  });

  test('[S14] what a crash took from the store is read back before anything is sealed', () => {
    const core = new Core();
    const passed = [{ sequence: 7, digest: hex('c') as Digest }];
    core.give({ type: 'loaded', local: { ...EMPTY, device: SELF, cursors: passed } });
    core.type(ONE);
    core.give({ type: 'opened' });
    const effects = core.welcome({ head: 7, match: 7, heads: { live: { lane: 'live', counter: 2, digest: hex('c') as Digest } } });
    expect(effects.some(({ type }) => type === 'seal')).toBe(false);
    // Whatever the cursor says: what it passed may have been a copy's.
    expect(frames(core.give({ type: 'wanted', aliases: [] }))).toMatchObject([{ type: 'read', after: 0, compact: true }]);
    const page = core.hear({ type: 'page', request: core.state.catchUp?.request ?? 0, entries: [own(1), own(2)], through: { sequence: 7, digest: hex('c') as Digest }, done: true });
    expect(page.filter(({ type }) => type === 'ingest').flatMap((effect) => (effect.type === 'ingest' ? effect.entries : []))).toHaveLength(2);
    expect(brief(core.give({ type: 'applied', purpose: 'finish' }))).toEqual(['live 3: 1']);
  });

  test('[S15] a gap rewinds, a few times', () => {
    const core = new Core();
    core.connect();
    core.type(ONE);
    core.type(TWO);
    const effects = core.hear({ type: 'appended', results: [{ status: 'gap', lane: 'live', counter: 2, expected: 1 }] });
    expect(brief(effects)).toEqual(['live 1: 1', 'live 2: 1']);
    for (let i = 0; i < 10 && core.state.phase === 'live'; i++) core.hear({ type: 'appended', results: [{ status: 'gap', lane: 'live', counter: 2, expected: 1 }] });
    expect(core.state.phase).toBe('offline');
  });

  const noRoom = ['SPACE_FULL', 'DISK_FULL'] as const;
  test.each(noRoom)('[S17] what a relay refused with %s is shown, waits, and is sent again', (code) => {
    const core = new Core();
    core.connect();
    core.type(ONE);
    const effects = core.hear({ type: 'error', code, message: '' });
    expect(timer(effects, 'full')).toBe(15_000);
    expect(core.state).toMatchObject({ phase: 'live', problem: { code } });
    expect(brief(core.type(TWO))).toEqual([]);
    core.now += 15_000;
    expect(brief(core.give({ type: 'timer', name: 'full', unit: 0 }))).toEqual(['live 1: 1', 'live 2: 1']);
    core.acknowledge(1);
    expect(core.state.problem).toBeNull();
    // It was not why a later connection ends.
    core.drop();
    expect(core.state.problem).toMatchObject({ code: 'LOST' });
  });

  test('[S16] under a new identity nothing of the old outbox is sent, and its documents are posted whole', () => {
    const core = new Core();
    core.connect();
    core.type(ONE);
    const entry = core.state.lanes.live.entries.get(1);
    if (entry === undefined) throw new Error('No entry.');
    const next = new Core();
    const lane = { counter: 1, digest: entry.digest, acknowledged: 0, known: 1 };
    const effects = next.connect({ local: { ...EMPTY, device: OTHER, lanes: { live: lane, bulk: null }, outbox: [entry] } });
    expect(sent(effects)).toEqual([]);
    expect(effects).toContainEqual({ type: 'makeSnapshot', alias: ONE });
    const posted = sent(next.give({ type: 'snapshotReady', alias: ONE, covers: 5, state: { update: new Uint8Array(9), digest: '' } }));
    expect(posted).toMatchObject([{ lane: 'bulk', counter: 1, updates: 1 }]);
    expect(next.state.owed.size).toBe(0);
  });

  test('[S16] a state that is larger than can be sent is given up, and nothing else with it', () => {
    const core = new Core();
    core.connect({ local: { ...EMPTY, device: SELF, documents: [{ alias: ONE, previous: NO_DIGEST, last: 3, since: 0, owed: true, bodies: new Map(), own: null }] } });
    expect(core.effects).toContainEqual({ type: 'makeSnapshot', alias: ONE });
    core.give({ type: 'snapshotReady', alias: ONE, covers: 5, state: { update: new Uint8Array(50 * 1024 * 1024), digest: '' } });
    expect(core.state).toMatchObject({ snapshotting: null, phase: 'live' });
    expect(brief(core.type(TWO))).toEqual(['live 1: 1']);
  });
});

function own(counter: number): { sequence: number; bytes: Uint8Array } {
  const header: EntryHeader = { suite: 1, kind: 'update', space: SPACE, epoch: 0, device: SELF, lane: 'live', counter, previous: NO_DIGEST, alias: ONE, covers: 0, part: 0, parts: 1 };
  return { sequence: counter + 5, bytes: sealed(header, new Uint8Array()) };
}

function reconnect(core: Core, head: LaneHead): Effect[] {
  core.drop();
  core.give({ type: 'timer', name: 'retry', unit: 0 });
  core.give({ type: 'opened' });
  return core.welcome({ heads: { live: head } });
}

describe('catching up', () => {
  function reading(): Core {
    const core = new Core();
    core.give({ type: 'loaded', local: EMPTY });
    core.give({ type: 'opened' });
    core.welcome({ head: 7 });
    core.give({ type: 'wanted', aliases: [] });
    return core;
  }
  const ingested = (effects: readonly Effect[]): number[] => effects.flatMap((effect) => (effect.type === 'ingest' ? effect.entries.map(({ sequence }) => sequence) : []));
  const lastPage = (core: Core): Effect[] => core.hear({ type: 'page', request: core.state.catchUp?.request ?? 0, entries: [], through: { sequence: 7, digest: NO_DIGEST }, done: true });

  test('[S24] live entries of what has not been read wait for it', () => {
    const core = reading();
    expect(ingested(core.hear({ type: 'entries', entries: [own(1), own(3)] }))).toEqual([]);
    expect(ingested(lastPage(core))).toEqual([8]); // the page went up to 7
  });

  test('[S24] what is too much to be held is read by another page', () => {
    const core = reading();
    for (let i = 0; i < 5000; i++) core.hear({ type: 'entries', entries: [own(10 + i)] });
    expect(core.state.catchUp?.held).toEqual([]);
    expect(frames(lastPage(core))).toMatchObject([{ type: 'read', after: 7 }]);
  });
});

describe('the connection', () => {
  const lost = { code: 'LOST', message: 'Lost.', retry: true };

  test('[S40] tries again for ever, with growing pauses, and briefly again after a good connection', () => {
    const core = new Core();
    core.give({ type: 'loaded', local: EMPTY });
    const pauses = Array.from({ length: 12 }, () => {
      const pause = timer(core.drop(), 'retry');
      core.give({ type: 'timer', name: 'retry', unit: 0 });
      return pause;
    });
    expect(pauses.slice(0, 4)).toEqual([750, 1500, 3000, 6000]);
    expect(pauses.slice(-2)).toEqual([45_000, 45_000]);
    core.give({ type: 'opened' });
    core.welcome();
    core.now += 5_000;
    expect(timer(core.drop(), 'retry')).toBe(750);
  });

  test.each(['online', 'visible'] as const)('[S41] %s tries at once', (type) => {
    const core = new Core();
    core.give({ type: 'loaded', local: EMPTY });
    for (let i = 0; i < 5; i++) {
      core.drop();
      core.give({ type: 'timer', name: 'retry', unit: 0 });
    }
    core.drop();
    expect(core.give({ type })).toContainEqual({ type: 'connect' });
    expect(core.state.phase).toBe('connecting');
  });

  test('[S41] [S45] connected, it asks whether the other side is there, and leaves it if not', () => {
    const core = new Core();
    core.connect();
    const effects = core.give({ type: 'online' });
    // An answer costs nothing, however much waits to be applied.
    expect(frames(effects)).toMatchObject([{ type: 'read', after: Number.MAX_SAFE_INTEGER }]);
    expect(timer(effects, 'watch')).toBe(6_000);
    core.now += 6_000;
    core.give({ type: 'timer', name: 'watch', unit: 0 });
    expect(core.state).toMatchObject({ phase: 'offline', problem: { code: 'TIMEOUT' } });
  });

  test('[S45] a device that is slow to apply what it has read does not take the relay for dead', () => {
    const core = new Core();
    core.give({ type: 'loaded', local: EMPTY });
    core.give({ type: 'opened' });
    core.welcome({ head: 5 });
    core.give({ type: 'wanted', aliases: [] });
    core.hear({ type: 'page', request: core.state.catchUp?.request ?? 0, entries: [own(1)], through: { sequence: 5, digest: NO_DIGEST }, done: true });
    core.now += 25_000;
    expect(frames(core.give({ type: 'timer', name: 'watch', unit: 0 }))).toMatchObject([{ type: 'read', after: Number.MAX_SAFE_INTEGER }]);
    core.hear({ type: 'page', request: core.state.nextRequest - 1, entries: [], through: null, done: true });
    core.now += 6_000;
    core.give({ type: 'timer', name: 'watch', unit: 0 });
    expect(core.state.phase).toBe('catching-up');
  });

  test('[S45] an answer in time keeps the connection, and silence is looked into', () => {
    const core = new Core();
    core.connect();
    core.now += 25_000;
    expect(frames(core.give({ type: 'timer', name: 'watch', unit: 0 }))).toMatchObject([{ type: 'read' }]);
    core.now += 100;
    core.hear({ type: 'page', request: core.state.nextRequest - 1, entries: [], through: null, done: true });
    core.now += 5_900;
    expect(timer(core.give({ type: 'timer', name: 'watch', unit: 0 }), 'watch')).toBe(25_000 - 5_900);
    expect(core.state.phase).toBe('live');
  });

  test('[S45] in the background it asks half as often, but where something on the way cuts an idle line', () => {
    const core = new Core();
    core.connect();
    core.give({ type: 'hidden' });
    core.now += 25_000;
    expect(timer(core.give({ type: 'timer', name: 'watch', unit: 0 }), 'watch')).toBe(25_000);
    core.now += 5_000;
    core.drop();
    core.give({ type: 'timer', name: 'retry', unit: 0 });
    core.give({ type: 'opened' });
    expect(timer(core.welcome(), 'watch')).toBe(25_000);
  });

  test('[S48] a phone leaves once it has been hidden for 5 s, asks for nothing meanwhile, and is back at once', () => {
    const core = new Core(true);
    core.connect();
    expect(timer(core.give({ type: 'hidden' }), 'rest')).toBe(5_000);
    core.now += 5_000;
    expect(core.give({ type: 'timer', name: 'rest', unit: 0 })).toContainEqual({ type: 'disconnect' });
    expect(core.state).toMatchObject({ phase: 'offline', problem: null });
    core.type(ONE);
    expect(core.give({ type: 'online' })).not.toContainEqual({ type: 'connect' });
    expect(core.give({ type: 'visible' })).toContainEqual({ type: 'connect' });
    core.give({ type: 'opened' });
    expect(brief(core.welcome())).toEqual(['live 1: 1']);
  });

  test('[S48] who only looks away stays, and who was stopped while hidden does not wait for a dead line', () => {
    const core = new Core(true);
    core.connect();
    core.give({ type: 'hidden' });
    core.now += 4_000;
    const effects = core.give({ type: 'visible' });
    expect(timer(effects, 'rest')).toBeNull();
    expect(effects).not.toContainEqual({ type: 'connect' });
    core.give({ type: 'timer', name: 'rest', unit: 0 });
    expect(core.state.phase).toBe('live');
    core.give({ type: 'hidden' });
    core.now += 3_600_000;
    expect(core.give({ type: 'visible' }).filter(({ type }) => type === 'connect' || type === 'disconnect').map(({ type }) => type)).toEqual(['disconnect', 'connect']);
  });

  test('[S48] tries that failed go on when it is shown again', () => {
    const core = new Core(true);
    core.give({ type: 'loaded', local: EMPTY });
    core.give({ type: 'hidden' });
    core.drop();
    expect(timer(core.give({ type: 'timer', name: 'rest', unit: 0 }), 'retry')).toBeNull();
    expect(core.give({ type: 'visible' })).toContainEqual({ type: 'connect' });
  });

  test('[S42] a pause closes, keeps what is written, and ends with a connection', () => {
    const core = new Core();
    core.connect();
    expect(core.give({ type: 'pause' })).toContainEqual({ type: 'disconnect' });
    core.type(ONE);
    core.give({ type: 'visible' });
    expect(core.state.phase).toBe('paused');
    expect(core.give({ type: 'resume' })).toContainEqual({ type: 'connect' });
    core.give({ type: 'opened' });
    expect(brief(core.welcome())).toEqual(['live 1: 1']);
  });

  test('[S49] a relay that says when to come again is tried then', () => {
    const core = new Core();
    core.give({ type: 'loaded', local: EMPTY });
    const effects = core.give({ type: 'closed', reason: { ...lost, after: 9_000 }, unit: 0.5 });
    expect(core.state.phase).toBe('offline');
    expect(timer(effects, 'retry')).toBe(9_500);
  });

  test('[S43] a refusal waits for a person, and says why', () => {
    const core = new Core();
    core.connect();
    core.hear({ type: 'error', code: 'VERSION', message: 'x' });
    const effects = core.give({ type: 'closed', reason: lost, unit: 0 });
    expect(core.state).toMatchObject({ phase: 'refused', problem: { code: 'VERSION', retry: false } });
    expect(core.state.problem?.message).toMatch(/Update Blockwire/);
    expect(timer(effects, 'retry')).toBe(15 * 60_000);
    expect(core.give({ type: 'visible' })).toContainEqual({ type: 'connect' });
  });

  test('[S43] a program that nobody brings to the front looks again by itself, but a cloned device does not', () => {
    const core = new Core();
    core.give({ type: 'loaded', local: EMPTY });
    const effects = core.give({ type: 'closed', reason: { ...lost, retry: false }, unit: 0 });
    expect(timer(effects, 'retry')).toBe(15 * 60_000);
    expect(core.give({ type: 'timer', name: 'retry', unit: 0 })).toContainEqual({ type: 'connect' });
    const cloned = new Core();
    cloned.connect();
    cloned.type(ONE);
    expect(timer(cloned.hear({ type: 'appended', results: [{ status: 'conflict', lane: 'live', counter: 1 }] }), 'retry')).toBeNull();
  });

  test('[S44] no welcome within 15 s ends the try', () => {
    const core = new Core();
    expect(timer(core.give({ type: 'loaded', local: EMPTY }), 'handshake')).toBe(15_000);
    core.give({ type: 'timer', name: 'handshake', unit: 0 });
    expect(core.state).toMatchObject({ phase: 'offline', problem: { code: 'TIMEOUT' } });
  });

  test('[S47] a better way is taken at once, without a problem, and what was not acknowledged goes again', () => {
    const core = new Core();
    core.connect();
    core.type(ONE);
    expect(core.state.problem).toBeNull();
    const out = core.give({ type: 'closed', reason: { code: 'SWITCHING', message: 'x', retry: true }, unit: 0 });
    expect(out.map(({ type }) => type)).toContain('connect');
    expect(core.state).toMatchObject({ phase: 'connecting', problem: null, transport: null });
    core.give({ type: 'opened', way: 'websocket' });
    expect(core.state.transport).toBe('websocket');
    const again = core.welcome();
    expect(again).toContainEqual(expect.objectContaining({ type: 'send', frame: expect.objectContaining({ type: 'append' }) }));
  });

  test('[S46] a frame at the wrong time ends the connection, not the engine', () => {
    const core = new Core();
    core.give({ type: 'loaded', local: EMPTY });
    core.give({ type: 'opened' });
    core.acknowledge(1);
    expect(core.state.phase).toBe('offline');
    const twice = new Core();
    twice.connect();
    twice.welcome();
    expect(twice.state.phase).toBe('offline');
  });

  test('[S46] every event in every phase is answered without throwing', () => {
    const page: RelayFrame = { type: 'page', request: 1, entries: [own(1)], through: null, done: true };
    const events: Bare<Event>[] = [
      { type: 'loaded', local: EMPTY },
      { type: 'queued', alias: ONE, update: new Uint8Array(1), digest: '', writes: [] },
      { type: 'gather' },
      { type: 'sealed', bytes: own(1).bytes, digest: NO_DIGEST },
      { type: 'sealFailed', message: 'x' },
      { type: 'stored', lane: 'live', counter: 1 },
      { type: 'opened' },
      { type: 'closed', reason: lost, unit: 0 },
      { type: 'frame', frame: page },
      { type: 'frame', frame: { type: 'leased', alias: ONE, granted: true } },
      { type: 'frame', frame: { type: 'entries', entries: [own(1)] } },
      { type: 'frame', frame: { type: 'peers', peers: { connected: [], visible: [] } } },
      { type: 'frame', frame: { type: 'error', code: 'INTERNAL', message: '' } },
      { type: 'wanted', aliases: [ONE] },
      { type: 'ingested', touched: [], marks: [], cursor: null, writes: [], purpose: 'live' },
      { type: 'applied', purpose: 'finish' },
      { type: 'snapshotReady', alias: ONE, covers: 1, state: null },
      { type: 'matched', alias: ONE, sequence: 1 },
      ...(['retry', 'handshake', 'gather', 'watch'] as const).map((name) => ({ type: 'timer' as const, name, unit: 0 })),
      ...(['online', 'offline', 'visible', 'hidden', 'pause', 'resume', 'stop'] as const).map((type) => ({ type })),
    ];
    const reach: Record<State['phase'], (core: Core) => void> = {
      starting: () => undefined,
      connecting: (core) => core.give({ type: 'loaded', local: EMPTY }),
      offline: (core) => [core.give({ type: 'loaded', local: EMPTY }), core.drop()],
      'catching-up': (core) => [core.give({ type: 'loaded', local: EMPTY }), core.give({ type: 'opened' }), core.welcome({ head: 5 })],
      live: (core) => core.connect(),
      refused: (core) => [core.give({ type: 'loaded', local: EMPTY }), core.give({ type: 'closed', reason: { ...lost, retry: false }, unit: 0 })],
      paused: (core) => [core.connect(), core.give({ type: 'pause' })],
      stopped: (core) => [core.connect(), core.give({ type: 'stop' })],
    };
    for (const [phase, go] of Object.entries(reach)) {
      for (const event of events) {
        const core = new Core();
        go(core);
        expect(core.state.phase).toBe(phase);
        expect(() => core.give(event)).not.toThrow();
      }
    }
  });
});
