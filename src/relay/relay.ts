/** The relay put together: log, registry, rooms and doors behind one pair of handlers for an HTTP server. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { encodeAnswer, ERROR_MEANINGS, formatLink, ProtocolError, type DeviceId, type ErrorCode, type SpaceId } from '../protocol';
import { Admission, type Ask, type Session } from './admission';
import { checkAuthorized, type Authorize } from './authorization';
import type { ChunkStore } from './chunks';
import { Connection } from './connection';
import type { ConnectionContext } from './connection-context';
import { HttpDoor } from './doors/http';
import { MetricsDoor } from './doors/metrics';
import { Origins } from './doors/origins';
import { PollDoor } from './doors/poll';
import { RequestRate } from './doors/request-rate';
import { Sockets, type SocketHolder } from './doors/sockets';
import { Turnstile } from './doors/turnstile';
import { refuseUpgrade, WebSocketDoor } from './doors/websocket';
import { WebTransportDoor } from './doors/webtransport';
import { FrameWatch, type WatchListener } from './frame-watch';
import { inspect, type InspectedEntry, type InspectOptions } from './inspect';
import { short, SILENT, type Journal } from './journal';
import { codeOf, LogError } from './log-error';
import type { EntryLog } from './log';
import { MemoryChunks } from './memory/memory-chunks';
import { Meter } from './meter';
import { metricsText } from './metrics';
import { ObservedWire, observeMessage } from './observed-wire';
import type { Registry } from './registry';
import { PING_EVERY, RELAY_LIMITS, type RelayLimits, type RelayOptions, type RelayStatistics } from './relay-options';
import { Rooms } from './rooms';
import { backUp, rescue, type CopyFacts } from './sqlite/copying';
import { RelayDatabase } from './sqlite/database';
import { SqliteChunks } from './sqlite/sqlite-chunks';
import { SqliteLog } from './sqlite/sqlite-log';
import { SqliteRegistry } from './sqlite/sqlite-registry';
import { OfferBoard } from './webtransport/offer-board';
import type { Wire, WireEvents } from './wire';

const WEEK = 7 * 24 * 60 * 60 * 1000;
/** Pause between two slices of pruning, in ms, so that keystrokes go first. */
const PRUNE_PAUSE = 20;
const EXIT_FAILED = 70;
/** An idle relay, too, looks after its data this often, in ms. */
const LOOK_EVERY = 5_000;
/** A file of which not all came is forgotten after so long, and looked for so often, ms. */
const UNFINISHED_FOR = 30 * 24 * 60 * 60 * 1000;
const EXPIRE_EVERY = 6 * 60 * 60 * 1000;

export class Relay {
  /** The relay's figures in Prometheus' text format, without any name; for a route of one's own. */
  readonly metrics: () => Promise<string>;
  /** Names the storage engine and its file. */
  readonly description: string;
  /** What devices are told of WebTransport: `openWebTransport` posts there. */
  readonly offers: OfferBoard;
  /** Takes streams of WebTransport from whoever ends QUIC. */
  readonly streams: WebTransportDoor;
  private readonly log: EntryLog;
  private readonly registry: Registry;
  private readonly chunks: ChunkStore;
  private readonly database: RelayDatabase | null;
  private readonly admission: Admission;
  private readonly rooms: Rooms;
  private readonly http: HttpDoor;
  private readonly webSockets: WebSocketDoor;
  private readonly polls: PollDoor;
  private readonly origins: Origins;
  private readonly limits: RelayLimits;
  private readonly paths: readonly string[];
  private readonly journal: Journal;
  private readonly now: () => number;
  private readonly meter = new Meter();
  private readonly watched: FrameWatch;
  private readonly connections = new Set<Connection>();
  /** How many of them each device has. */
  private readonly ofDevice = new Map<DeviceId, number>();
  private readonly context: ConnectionContext;
  private readonly heardAt = new Map<DeviceId, number>();
  private state: 'running' | 'failed' | 'stopping' = 'running';
  private fault: LogError | null = null;
  private failing: Promise<void> = Promise.resolve();
  private pruneTimer: NodeJS.Timeout | null = null;
  private readonly lookTimer: NodeJS.Timeout;
  private readonly expireTimer: NodeJS.Timeout;
  private stopped: Promise<void> | null = null;

  /**
   * @param sockets who holds its WebSockets; closed with it. By default this process does
   * @throws LogError when the data can't be opened: in use, of a newer version, damaged, not durable
   */
  constructor(
    private readonly options: RelayOptions,
    sockets?: SocketHolder,
  ) {
    this.journal = options.journal ?? SILENT;
    this.now = options.now ?? Date.now;
    this.limits = { ...RELAY_LIMITS, ...options.limits };
    this.paths = (typeof options.path === 'object' ? options.path : [options.path ?? '']).map((path) => path.replace(/\/+$/, ''));
    if (typeof options.data === 'string') {
      this.database = new RelayDatabase({ file: join(options.data, 'relay.db'), now: this.now });
      const log = new SqliteLog(this.database, { spaceBytes: this.limits.spaceBytes, onFailure: (error) => this.failed(error) });
      this.log = log;
      this.chunks = new SqliteChunks(this.database, log, { spaceBytes: this.limits.filesBytes, now: this.now });
      this.registry = new SqliteRegistry(this.database);
    } else {
      this.database = null;
      ({ log: this.log, registry: this.registry } = options.data);
      this.chunks = options.data.chunks ?? new MemoryChunks();
      if (options.data.chunks === undefined) this.limits = { ...this.limits, filesBytes: 0 };
    }
    this.description = this.log.description;
    this.admission = new Admission(this.registry, { now: this.now });
    this.rooms = new Rooms(this.log, this.now);
    this.origins = new Origins(options.origins);
    this.offers = new OfferBoard(this.now);
    const { meter } = this;
    this.context = this.makeContext();
    this.watched = new FrameWatch(this.now);
    this.metrics = metricsText({
      meter,
      connections: () => this.connectionsByKind(),
      devices: () => this.statistics.devices,
      queues: () => this.queues(),
      storeBytes: () => this.database?.size() ?? null,
      files: () => this.chunks.totals(),
      isUsable: () => this.state === 'running' && this.log.hasRoom(),
    });
    const shared = { admission: this.admission, ask: this.asking(options.authorize), origins: this.origins, journal: this.journal, meter, now: this.now };
    const doors = { checkRoom: (session: Session) => this.checkRoom(session), onConnection: (wire: Wire, session: Session) => this.connect(wire, session) };
    const pingEvery = options.pingEvery ?? PING_EVERY;
    const held = sockets ?? new Sockets({ journal: this.journal, pingEvery });
    const turnstile = new Turnstile(() => held.wait());
    this.polls = new PollDoor({ admission: this.admission, ask: shared.ask, times: this.limits.links, turnstile, ...doors });
    const rate = new RequestRate(this.limits.requests, this.now);
    this.http = new HttpDoor({
      ...shared,
      polls: this.polls,
      metrics: options.metricsToken === undefined ? null : new MetricsDoor(options.metricsToken, this.metrics),
      rate,
      trouble: () => this.trouble(),
      takesFiles: () => this.limits.filesBytes > 0 && this.chunks.hasRoom(),
      webTransport: () => (this.offers.current === undefined ? undefined : (this.offers.current?.port ?? null)),
      behindProxy: options.behindProxy ?? false,
    });
    const lasting = { ...shared, ...doors, offers: this.offers };
    this.webSockets = new WebSocketDoor({ ...lasting, sockets: held, turnstile });
    this.streams = new WebTransportDoor({ ...lasting, rate, pingEvery });
    // What an earlier run confirmed and did not get to drop.
    this.schedulePruning();
    this.lookTimer = setInterval(() => void this.log.hasRoom(), LOOK_EVERY);
    this.lookTimer.unref();
    this.expireTimer = setInterval(() => this.expire(), EXPIRE_EVERY);
    this.expireTimer.unref();
    this.expire();
  }

  /** Answers a request for one of the relay's addresses. @returns false, having done nothing, for any other */
  handleRequest(request: IncomingMessage, response: ServerResponse): boolean {
    const path = this.pathOf(request);
    if (path === null) return false;
    void this.http.handle(request, response, path);
    return true;
  }

  /** Takes over an upgrade to the relay's socket. @returns false, having done nothing, for any other address */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    const path = this.pathOf(request);
    if (path === null) return false;
    if (path === '/v1/socket') void this.webSockets.upgrade(request, socket, head);
    else this.refuseUpgrade(request, socket);
    return true;
  }

  /** Answers an upgrade that leads nowhere. */
  refuseUpgrade(request: IncomingMessage, socket: Duplex): void {
    const body = encodeAnswer({ code: 'BAD_FRAME', message: 'There is nothing at this address.', now: this.now() });
    refuseUpgrade(socket, 404, body, this.origins.headers(request));
  }

  /**
   * The set-up link that founds the next space: the same at each start until it is used.
   * @param url where devices reach this relay, path included
   * @param anew makes one although a space exists already; without it null is returned then
   */
  async setupLink(url: string, anew = false): Promise<string | null> {
    const isFirst = (await this.registry.spaces()).length === 0;
    const ticket = await this.admission.ticket(anew || isFirst);
    return ticket === null ? null : formatLink({ type: 'setup', relay: url, ticket });
  }

  /**
   * A set-up link that was never shown before, for one user of an application; `authorize` meets its ticket again in `found`.
   * @param url where devices reach this relay, path included
   */
  async newSetupLink(url: string): Promise<{ readonly link: string; readonly ticket: string }> {
    const ticket = await this.admission.newTicket();
    return { link: formatLink({ type: 'setup', relay: url, ticket }), ticket };
  }

  /** Ends the connections of a space, or of one of its devices. They come back unless `authorize` refuses them. */
  disconnect(space: SpaceId, device?: DeviceId): void {
    for (const connection of [...this.connections]) {
      if (connection.space === space && (device === undefined || connection.device === device)) connection.fail('SESSION_EXPIRED', 'The session was ended.');
    }
  }

  /** All spaces, oldest first. */
  spaces(): Promise<readonly SpaceId[]> {
    return this.registry.spaces();
  }

  /** The sealed entries of a space as they are stored, newest first. */
  inspect(space: SpaceId, options?: InspectOptions): Promise<InspectedEntry[]> {
    return inspect(this.log, space, options);
  }

  /**
   * Shows each frame that passes from now on, without its contents. Opened by whoever may see the relay's process.
   * @returns what ends it @throws Error when four look on already
   */
  watch(listener: WatchListener): () => void {
    return this.watched.watch(listener);
  }

  /**
   * Copies its data to a file that must not exist, while it goes on.
   * @throws LogError when the data is an engine of one's own, or the file can't be written
   */
  async backUp(file: string): Promise<CopyFacts> {
    if (this.database === null) throw new LogError('failed', 'This relay keeps its data in an engine of its own, which has to be backed up by its own means.');
    return backUp(this.database, file);
  }

  /** What GET /health?nonce=… answers as `proof` when it reaches this very process. */
  proofOf(nonce: string): string {
    return this.http.proofOf(nonce);
  }

  get statistics(): RelayStatistics {
    return { connections: this.connections.size, devices: this.ofDevice.size };
  }

  /** Takes nothing new, answers what it stored, tells the devices, and closes the data. Safe to call twice. */
  stop(): Promise<void> {
    return (this.stopped ??= this.stopOnce());
  }

  private async stopOnce(): Promise<void> {
    if (this.state === 'running') this.state = 'stopping';
    if (this.pruneTimer !== null) clearTimeout(this.pruneTimer);
    clearInterval(this.lookTimer);
    clearInterval(this.expireTimer);
    for (const connection of this.connections) connection.stopReading();
    await this.log.close();
    // Acknowledgements of the last turn are sent before the sockets go.
    await new Promise((resolve) => setImmediate(resolve));
    for (const connection of [...this.connections]) connection.goAway();
    await Promise.all([this.webSockets.close(), this.streams.close(), this.polls.close()]);
    await this.failing;
    this.database?.close();
    this.journal('relay.stopped');
  }

  private connect(wire: Wire, opened: Session): WireEvents {
    const { meter, watched } = this;
    const connection = new Connection(new ObservedWire(wire, opened, meter, watched), opened, this.context);
    this.connections.add(connection);
    this.ofDevice.set(opened.device, (this.ofDevice.get(opened.device) ?? 0) + 1);
    let session = opened;
    return {
      message: (bytes) => {
        observeMessage(wire, opened, bytes, meter, watched);
        connection.receive(bytes);
      },
      alive: () => {
        this.heard(connection);
        if (this.state === 'running') void this.admission.extend(session).then((extended) => (session = extended), (error: unknown) => this.wondered(error));
      },
      ended: (why) => connection.ended(why),
    };
  }

  private makeContext(): ConnectionContext {
    return {
      log: this.log,
      rooms: this.rooms,
      now: this.now,
      limits: this.limits.connection,
      isAlone: async (space, device) => this.now() - (await this.registry.othersHeard(space, device)) >= WEEK,
      onConfirmed: () => this.schedulePruning(),
      files: { chunks: this.chunks, quota: this.limits.filesBytes },
      meter: this.meter,
      onAppended: ({ session, kind }, entries, code, took) => {
        if (this.watched.isOpen) this.watched.appended(session, kind, entries, code, took);
      },
      onOpen: (connection) => {
        this.heard(connection);
        this.journal('device.connected', { space: short(connection.space), device: short(connection.device), transport: connection.kind });
      },
      onClose: (connection, why) => {
        if (!this.connections.delete(connection)) return;
        const left = (this.ofDevice.get(connection.device) ?? 0) - 1;
        if (left > 0) this.ofDevice.set(connection.device, left);
        else this.ofDevice.delete(connection.device);
        this.journal('device.left', { space: short(connection.space), device: short(connection.device), why });
      },
    };
  }

  private asking(authorize: Authorize | undefined): (request: IncomingMessage) => Ask {
    if (authorize === undefined) return () => () => Promise.resolve();
    return (request) => (act) => checkAuthorized(authorize, request, act, this.journal);
  }

  private checkRoom(session: Session): void {
    const trouble = this.trouble();
    if (trouble !== null && trouble !== 'DISK_FULL') throw new ProtocolError(trouble, ERROR_MEANINGS[trouble].sentence);
    const ofDevice = this.ofDevice.get(session.device) ?? 0;
    if (this.connections.size >= this.limits.connections || ofDevice >= this.limits.connectionsOfDevice) {
      throw new ProtocolError('RATE_LIMITED', 'Too many connections.');
    }
  }

  private connectionsByKind(): Record<Wire['kind'], number> {
    const counts: Record<Wire['kind'], number> = { webtransport: 0, websocket: 0, stream: 0, 'long-poll': 0 };
    for (const { kind } of this.connections) counts[kind]++;
    return counts;
  }

  private queues(): { bytes: number; entries: number } {
    const sum = { bytes: 0, entries: 0 };
    for (const { queued } of this.connections) {
      sum.bytes += queued.bytes;
      sum.entries += queued.entries;
    }
    return sum;
  }

  private heard({ space, device }: Connection): void {
    const now = this.now();
    if (this.state !== 'running' || now - (this.heardAt.get(device) ?? -Infinity) < PING_EVERY) return;
    this.heardAt.set(device, now);
    void this.registry.heard(space, device, now).catch((error: unknown) => this.wondered(error));
  }

  private schedulePruning(): void {
    if (this.pruneTimer !== null || this.state !== 'running') return;
    this.pruneTimer = setTimeout(() => {
      this.pruneTimer = null;
      Promise.all([this.log.prune(), this.chunks.prune()]).then(
        (more) => {
          if (more.includes(true)) this.schedulePruning();
        },
        (error: unknown) => this.wondered(error),
      );
    }, PRUNE_PAUSE);
    this.pruneTimer.unref();
  }

  private expire(): void {
    if (this.state !== 'running') return;
    this.chunks.expire(this.now() - UNFINISHED_FOR).then(
      () => this.schedulePruning(),
      (error: unknown) => this.wondered(error),
    );
  }

  /** Why the relay can't do all its work now. */
  private trouble(): ErrorCode | null {
    const hasRoom = this.log.hasRoom();
    if (this.fault !== null) return codeOf(this.fault.reason);
    if (this.state !== 'running') return 'SHUTTING_DOWN';
    return hasRoom ? null : 'DISK_FULL';
  }

  private failed(error: LogError): void {
    if (this.fault !== null) return;
    this.fault = error;
    this.state = 'failed';
    this.journal('log.failed', { error: error.message, cause: error.cause instanceof Error ? error.cause.message : '' });
    const code = codeOf(error.reason);
    for (const connection of [...this.connections]) connection.fail(code, ERROR_MEANINGS[code].sentence);
    const told = this.options.onFailure ?? (() => process.exit(EXIT_FAILED));
    if (error.reason !== 'gone') return told(error);
    this.failing = this.rescued(error).then(told);
  }

  /** The fault of data that was taken away, once what is open of it has been copied. */
  private async rescued(error: LogError): Promise<LogError> {
    const { data } = this.options;
    if (this.database === null || typeof data !== 'string') return error;
    try {
      const copy = await rescue(this.database, join(data, 'relay.db'), new Date(this.now()).toISOString().replace(/[:.]/g, '-'));
      this.journal('log.rescued', { file: copy });
      const hint = `All that was acknowledged is in ${copy}, and devices keep the rest. Stop the relay, run "blockwire relay restore" with that file, and start it again.`;
      return new LogError('gone', error.message, { cause: error, hint });
    } catch (failure) {
      this.wondered(failure);
      return error;
    }
  }

  /** A disturbance that ends nothing. */
  private wondered(error: unknown): void {
    if (error instanceof LogError && error.reason === 'closed') return;
    this.journal('relay.error', { error: error instanceof Error ? error.message : String(error) });
  }

  /** The path below the relay's own, or null when the address is not the relay's. */
  private pathOf(request: IncomingMessage): string | null {
    const [path = ''] = (request.url ?? '').split('?');
    for (const own of this.paths) {
      if (!path.startsWith(`${own}/`)) continue;
      const rest = path.slice(own.length);
      if (own !== '' || rest === '/health' || (rest === '/metrics' && this.options.metricsToken !== undefined) || rest.startsWith('/v1/')) return rest;
    }
    return null;
  }
}

