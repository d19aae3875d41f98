/**
 * Runs the core: gives it events with the time in them, and does what it asks for through the ports. Nothing is decided here
 * that the core could decide.
 */
import { decodeRelayFrame, encodeFrame, LIMITS, type Alias, type DeviceId } from '../protocol';
import type { SyncEngine, SyncEngineOptions, SyncStatus } from './api';
import type { Effect, Event, TimerName } from './event';
import { asideEntries, Ingestion, type Run } from './ingestion';
import { CipherError, type CloseReason, type Connection, type StoreWrite } from './ports';
import { PresenceSender } from './presence';
import { readLocalRows } from './rows';
import { initialState, isLinked, type Problem, type State } from './state';
import { statusOf } from './status';
import { step } from './step';
import { StoreWriter } from './store-writer';
import { position } from './cursor-ladder';

/** Entries applied in one go, so that one batch is written and the screen gets its turn. */
const BATCH_ENTRIES = 256;
const BATCH_BYTES = 512 * 1024;
/** Status is told at most this often, ms. */
const STATUS_EVERY = 16;
/** An update larger than this can't be sent. */
const MAX_UPDATE = 40 * 1024 * 1024;
/** Of presence, so that it fits a frame's limit when it is padded and sealed. */
const MAX_PRESENCE = LIMITS.presence - 1024;
/** How often `settled` looks, ms. */
const LOOK = 5;

/** @see SyncEngine */
export function createSyncEngine(options: SyncEngineOptions): SyncEngine {
  return new Engine(options);
}

class Engine implements SyncEngine {
  private state: State;
  private readonly events: Event[] = [];
  private stepping = false;
  private gatherAsked = false;
  private readonly writer: StoreWriter;
  private readonly ingestion: Ingestion;
  private readonly presenceSender: PresenceSender;
  private connection: Connection | null = null;
  private connectionId = 0;
  private readonly timers = new Map<TimerName, () => void>();
  private readonly runs: Run[] = [];
  private readonly tasks: (() => Promise<void>)[] = [];
  private working = false;
  private storeProblem: Problem | null = null;
  private cancelStatus: (() => void) | null = null;
  private knownPeers: readonly DeviceId[] = [];
  private ended = false;

  constructor(private readonly options: SyncEngineOptions) {
    this.state = initialState(options.identity, options.restsWhenHidden);
    this.writer = new StoreWriter({
      store: options.store,
      clock: options.clock,
      onProblem: (error) => {
        const since = this.storeProblem?.since ?? this.now();
        this.storeProblem =
          error === null
            ? null
            : { code: `STORE_${error.reason.toUpperCase().replace('-', '_')}`, message: `${error.message} What you write stays in your notes and is tried again.`, retry: true, since };
        this.tellStatus();
      },
    });
    this.ingestion = new Ingestion({ cipher: options.cipher, store: options.store, documents: options.documents }, options.identity.device);
    this.presenceSender = new PresenceSender(
      options.clock,
      options.cipher,
      (bytes) => this.connection?.send(encodeFrame({ type: 'presence', bytes })),
      () => isLinked(this.state) && this.state.peers.connected.length > 0,
    );
  }

  get status(): SyncStatus {
    return statusOf(this.state, this.storeProblem);
  }

  async start(): Promise<void> {
    const local = await readLocalRows(this.options.store, this.options.cipher);
    for (const { update } of local.pending) this.state.nextPending = Math.max(this.state.nextPending, numberOf(update.key) + 1);
    this.dispatch({ type: 'loaded', now: this.now(), local });
    if (local.aside.length > 0) this.retryAside(asideEntries(await this.options.store.scan('aside', '').catch(() => [])));
  }

  async stop(): Promise<void> {
    if (this.ended) return;
    this.dispatch({ type: 'stop', now: this.now() });
    this.ended = true;
    this.presenceSender.stop();
    for (const cancel of this.timers.values()) cancel();
    this.timers.clear();
    await this.writer.flushStrictly();
    this.writer.close();
    this.cancelStatus?.();
    this.options.onStatus(this.status);
  }

  queue(alias: Alias, update: Uint8Array, digest: string, writes: readonly StoreWrite[] = []): void {
    if (update.length > MAX_UPDATE) throw new RangeError('An update is too large to be sent.');
    this.dispatch({ type: 'queued', now: this.now(), alias, update, digest, writes });
  }

  presence(body: Uint8Array): void {
    if (body.length <= MAX_PRESENCE && !this.ended) this.presenceSender.set(body);
  }

  notify(event: 'online' | 'offline' | 'visible' | 'hidden'): void {
    this.dispatch({ type: event, now: this.now() });
    if (event === 'hidden') void this.writer.flushStrictly();
  }

  setPaused(paused: boolean): void {
    if (paused !== this.state.paused) this.dispatch({ type: paused ? 'pause' : 'resume', now: this.now() });
  }

  settled(ms: number): Promise<void> {
    const deadline = this.now() + ms;
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (this.status.unacknowledged === 0 && !this.writer.busy && this.state.owed.size === 0) resolve();
        else if (this.ended) reject(new Error('The sync engine was stopped.'));
        else if (this.now() >= deadline) reject(new Error(`Not settled after ${ms} ms: ${this.status.unacknowledged} updates wait, ${this.status.phase}.`));
        else this.options.clock.after(LOOK, look);
      };
      look();
    });
  }

  private now(): number {
    return this.options.clock.now();
  }

  /** Events that come up while one is handled wait their turn. */
  private dispatch(event: Event): void {
    if (this.ended) return;
    this.events.push(event);
    if (this.stepping) return;
    this.stepping = true;
    try {
      for (let next = this.events.shift(); next !== undefined; next = this.events.shift()) {
        const { state, effects } = step(this.state, next);
        this.state = state;
        for (const effect of effects) this.perform(effect);
      }
    } finally {
      this.stepping = false;
    }
    this.tellStatus();
  }

  private perform(effect: Effect): void {
    switch (effect.type) {
      case 'send':
        this.connection?.send(encodeFrame(effect.frame));
        return;
      case 'write': {
        const { then } = effect;
        this.writer.add(effect.writes, effect.soon, then === null ? null : () => this.dispatch({ ...then, now: this.now() }));
        return;
      }
      case 'flush':
        return this.writer.flush();
      case 'gatherSoon':
        return this.gatherSoon();
      case 'seal':
        return this.seal(effect);
      case 'ingest':
        this.runs.push(effect);
        return this.work();
      case 'makeSnapshot':
        this.tasks.push(() => this.makeSnapshot(effect.alias));
        return this.work();
      case 'vouch':
        this.tasks.push(() => this.vouch(effect));
        return this.work();
      case 'timer':
        return this.setTimer(effect.name, effect.after);
      case 'connect':
        return this.connect();
      case 'disconnect':
        return this.disconnect();
      case 'askWanted':
        return this.dispatch({ type: 'wanted', now: this.now(), aliases: this.options.wanted() });
      case 'withheld': {
        const what = effect.from === effect.to ? `An entry (${effect.source.slice(0, 8)}, ${effect.from})` : `Entries (${effect.source.slice(0, 8)}, ${effect.from} to ${effect.to})`;
        return this.options.documents.setAside(effect.sequence, new CipherError('withheld', `${what} of another device did not come from the relay, which keeps it back or has lost it.`));
      }
      case 'linked':
        this.knownPeers = [];
        return;
      case 'cloned':
        // What the next identity needs to know must be safe first.
        void this.writer.flushStrictly().then(() => this.options.onCloned());
        return;
      default:
        effect satisfies never;
    }
  }

  /** Updates queued by one turn of the event loop are looked at together. */
  private gatherSoon(): void {
    if (this.gatherAsked) return;
    this.gatherAsked = true;
    queueMicrotask(() => {
      this.gatherAsked = false;
      this.dispatch({ type: 'gather', now: this.now() });
    });
  }

  private seal({ header, body }: Extract<Effect, { type: 'seal' }>): void {
    this.options.cipher.seal(header, body).then(
      (bytes) => this.dispatch({ type: 'sealed', now: this.now(), bytes, digest: this.options.cipher.digest(bytes) }),
      (error: unknown) => this.dispatch({ type: 'sealFailed', now: this.now(), message: error instanceof Error ? error.message : String(error) }),
    );
  }

  private setTimer(name: TimerName, after: number | null): void {
    this.timers.get(name)?.();
    this.timers.delete(name);
    if (after === null || this.ended) return;
    const cancel = this.options.clock.after(after, () => {
      this.timers.delete(name);
      this.dispatch({ type: 'timer', now: this.now(), name, unit: this.options.random.unit() });
    });
    this.timers.set(name, cancel);
  }

  private connect(): void {
    this.disconnect();
    const id = ++this.connectionId;
    const isCurrent = (): boolean => id === this.connectionId && !this.ended;
    const connection = this.options.transport.connect({
      onOpen: (way) => {
        if (isCurrent()) this.dispatch({ type: 'opened', now: this.now(), way });
      },
      onFrame: (bytes) => {
        if (isCurrent()) this.receive(bytes);
      },
      onClose: (reason) => {
        if (isCurrent()) this.lost(reason);
      },
    });
    // A transport may fail at once, before it returns.
    if (isCurrent()) this.connection = connection;
    else connection.close();
  }

  private disconnect(): void {
    this.connectionId++;
    // What was not applied yet is read again after the cursor.
    this.runs.length = 0;
    this.connection?.close();
    this.connection = null;
  }

  private lost(reason: CloseReason): void {
    this.connectionId++;
    this.connection = null;
    this.runs.length = 0;
    this.dispatch({ type: 'closed', now: this.now(), reason, unit: this.options.random.unit() });
  }

  private receive(bytes: Uint8Array): void {
    let frame;
    try {
      frame = decodeRelayFrame(bytes);
    } catch {
      this.disconnect();
      this.lost({ code: 'BAD_FRAME', message: 'The relay sent something that this device does not understand. Blockwire connects again; if it stays, update Blockwire here and on the relay.', retry: true });
      return;
    }
    if (frame.type !== 'presence') this.dispatch({ type: 'frame', now: this.now(), frame });
    else this.hear(frame.device, frame.bytes);
    if (frame.type === 'welcome' || frame.type === 'peers') this.greet();
  }

  private hear(device: DeviceId, bytes: Uint8Array): void {
    this.options.cipher.openPresence(device, bytes).then(
      (body) => {
        if (!this.ended) this.options.onPresence(device, body);
      },
      () => undefined, // of another epoch, or damaged: the next one comes soon
    );
  }

  private greet(): void {
    const connected = this.state.peers.connected;
    if (connected.some((device) => !this.knownPeers.includes(device))) this.presenceSender.again();
    this.knownPeers = connected;
  }

  /** One thing at a time: runs of entries in their order, and between them snapshots. */
  private work(): void {
    if (this.working) return;
    this.working = true;
    void this.workOff().finally(() => {
      this.working = false;
    });
  }

  private async workOff(): Promise<void> {
    while (!this.ended) {
      if (this.runs.length > 0) await this.ingest(this.takeRuns());
      else {
        const task = this.tasks.shift();
        if (task === undefined) return;
        await task();
      }
      if (this.runs.length > 0 && this.state.phase === 'catching-up') await new Promise<void>((resolve) => this.options.clock.after(0, resolve));
    }
  }

  /** Runs that may be applied as one: bounded, and none after one that something waits for. */
  private takeRuns(): Run[] {
    const taken: Run[] = [];
    let entries = 0;
    let bytes = 0;
    for (let next = this.runs[0]; next !== undefined; next = this.runs[0]) {
      const size = next.entries.reduce((sum, entry) => sum + entry.bytes.length, 0);
      if (taken.length > 0 && (next.purpose === 'aside' || entries + next.entries.length > BATCH_ENTRIES || bytes + size > BATCH_BYTES)) break;
      taken.push(next);
      this.runs.shift();
      entries += next.entries.length;
      bytes += size;
      if (next.purpose !== 'live' && next.purpose !== 'rest') break;
    }
    return taken;
  }

  private async ingest(runs: readonly Run[]): Promise<void> {
    if (runs.every((run) => run.entries.length === 0)) {
      for (const run of runs) {
        const cursor = run.cursor === 'last' ? null : run.cursor;
        this.dispatch({ type: 'ingested', now: this.now(), touched: [], marks: [], cursor, writes: [], purpose: run.purpose });
        this.dispatch({ type: 'applied', now: this.now(), purpose: run.purpose });
      }
      return;
    }
    let result;
    try {
      result = await this.ingestion.ingest(runs);
    } catch (error) {
      // A port failed, not an entry. The cursor has not moved: a new connection reads the same again.
      this.disconnect();
      this.lost({ code: 'APPLY_FAILED', message: `What arrived could not be stored (${error instanceof Error ? error.message : String(error)}). Nothing is lost; Blockwire tries again.`, retry: true });
      return;
    }
    const { touched, marks, cursor, writes, purpose, matched } = result;
    this.dispatch({ type: 'ingested', now: this.now(), touched, marks, cursor, writes, purpose });
    // The documents may read from the store what they just gave to be written, so the next run waits for this one.
    await this.writer.barrier();
    for (const { alias, sequence } of matched) this.dispatch({ type: 'matched', now: this.now(), alias, sequence });
    this.dispatch({ type: 'applied', now: this.now(), purpose });
    const isKnownNow = purpose === 'aside' && touched.some(({ recovered }) => recovered.length > 0);
    if (isKnownNow && this.ingestion.takeMoreWait()) this.retryAside(asideEntries(await this.options.store.scan('aside', '').catch(() => [])));
    if (purpose !== 'aside' && touched.some(({ updates, snapshot }) => updates > 0 || snapshot)) this.retryAside(this.ingestion.takeRetries());
  }

  private retryAside(entries: Run['entries']): void {
    if (entries.length > 0) this.perform({ type: 'ingest', entries, cursor: null, purpose: 'aside', confirm: false });
  }

  private async makeSnapshot(alias: Alias): Promise<void> {
    // Taken between runs: the documents hold all of the log up to the cursor, and what they encode may be read from the store.
    await this.writer.barrier();
    const covers = position(this.state.ladder);
    const state = await this.options.documents.snapshot(alias).catch(() => null);
    this.dispatch({ type: 'snapshotReady', now: this.now(), alias, covers, state });
  }

  private async vouch({ alias, sequence, covers, entries }: Extract<Effect, { type: 'vouch' }>): Promise<void> {
    await this.writer.barrier();
    // What can't be read proves nothing; the snapshot stays unconfirmed, and all that it covers stays at the relay.
    const same = await this.ingestion.proves(alias, sequence, covers, entries).catch(() => false);
    if (same) this.dispatch({ type: 'matched', now: this.now(), alias, sequence });
  }

  private tellStatus(): void {
    if (this.cancelStatus !== null || this.ended) return;
    this.cancelStatus = this.options.clock.after(STATUS_EVERY, () => {
      this.cancelStatus = null;
      if (!this.ended) this.options.onStatus(this.status);
    });
  }
}

function numberOf(key: string): number {
  return Number(key.slice(key.indexOf('/') + 1)) || 0;
}
