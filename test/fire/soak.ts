/**
 * Many real connections that write for minutes while every tenth of them does not read: the relay's memory stays where it is, who reads is
 * not held up, and who did not has all of it afterwards.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { parseLink } from '../../src/protocol';
import { TestDevice, TestSpace, type TestSocket } from '../../src/relay/testing/device';
import { until } from './patience';
import { RelayProcess } from './relay-process';

export interface SoakOptions {
  readonly seconds: number;
  /** Ten to a space; the last of each stalls. */
  readonly devices: number;
  /** Path of the built `blockwire`. */
  readonly program: string;
  /** An empty directory. */
  readonly directory: string;
  /** Shortest time that a stalled one does not read, seconds. */
  readonly stall?: number;
  readonly log?: (line: string) => void;
}

export interface SoakResult {
  readonly faults: readonly string[];
  readonly devices: number;
  /** Written and acknowledged. */
  readonly entries: number;
  /** Heard by others. */
  readonly delivered: number;
  readonly stalls: number;
  /** Stalled connections that the relay ended. */
  readonly ended: number;
  /** Resident memory of the relay, MB: medians of the second and of the last fifth of the time, and the most that was seen. */
  readonly memory: { readonly early: number; readonly late: number; readonly most: number };
}

const IN_A_SPACE = 10;
/** Between two entries of a device, ms. */
const PAUSE = 2_000;
/** Bytes of a letter, and of every so-manieth entry. */
const SMALL = 60;
const [LARGE, EVERY] = [32 * 1024, 5];
/** Memory may grow by this part, and by so many MB, and counts as the same. */
const [SLACK, NOISE] = [1.1, 8];
/** In less time, in seconds, a new process has not come to rest. */
const SETTLED = 120;

class Talker {
  sent = 0;
  stored = 0;
  heard = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly device: TestDevice,
    private readonly socket: TestSocket,
  ) {}

  start(): void {
    // Not all in one moment.
    this.timer = setTimeout(() => {
      this.write();
      this.timer = setInterval(() => this.write(), PAUSE);
    }, Math.random() * PAUSE);
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  /** Counts what came, and lets it go. */
  take(): void {
    for (const frame of this.socket.frames.splice(0)) {
      if (frame.type === 'appended') this.stored += frame.results.filter(({ status }) => status === 'stored').length;
      else if (frame.type === 'entries') this.heard += frame.entries.length;
    }
  }

  get isOpen(): boolean {
    return this.socket.closed === null;
  }

  end(): void {
    this.socket.webSocket.terminate();
  }

  private write(): void {
    this.take();
    this.socket.append([this.device.entry({}, ++this.sent % EVERY === 0 ? LARGE : SMALL)]);
  }
}

/** Connects, and does not read for a while; again and again. */
class Staller {
  stalls = 0;
  ended = 0;
  private socket: TestSocket | null = null;
  private stopped = false;

  constructor(
    private readonly device: TestDevice,
    private readonly shortest: number,
  ) {}

  async run(): Promise<void> {
    while (!this.stopped) {
      const socket = (this.socket ??= await this.device.open());
      this.stalls++;
      socket.webSocket.pause();
      const end = performance.now() + this.shortest * (1 + Math.random()) * 1000;
      await until('the stall is over', () => this.stopped || performance.now() > end, 2 * this.shortest + 10);
      socket.webSocket.resume();
      socket.frames.length = 0;
      // What the relay said, an end too, comes now.
      await new Promise((resolve) => setTimeout(resolve, 200));
      if (socket.closed === null) continue;
      this.ended++;
      this.socket = null;
    }
    this.socket?.webSocket.terminate();
  }

  stop(): void {
    this.stopped = true;
  }

  /** Everything in the log, read as a device does that was away. */
  async readAll(): Promise<number> {
    const socket = await this.device.open();
    socket.send({ type: 'read', request: 1, after: 0, compact: false, aliases: null });
    const pages = await socket.pages(1);
    socket.webSocket.terminate();
    return pages.reduce((sum, { entries }) => sum + entries.length, 0);
  }
}

interface Room {
  readonly talkers: readonly Talker[];
  readonly staller: Staller;
}

export async function runSoak({ seconds, devices, program, directory, stall = 45, log = () => undefined }: SoakOptions): Promise<SoakResult> {
  const relay = await RelayProcess.start(program, join(directory, 'relay'));
  const rooms: Room[] = [];
  try {
    const spaces = [];
    for (let at = 0; at < Math.max(1, Math.round(devices / IN_A_SPACE)); at++) {
      if (at > 0) {
        // A relay shows one set-up link at a time.
        await relay.end('SIGTERM');
        await relay.start(['--new-space']);
      }
      spaces.push(await settle(await relay.link()));
    }
    for (const members of spaces) {
      const staller = new Staller(members.at(-1) as TestDevice, stall); // ten of them
      const talkers = [];
      for (const device of members.slice(0, -1)) talkers.push(new Talker(device, await device.open()));
      rooms.push({ talkers, staller });
    }
    const talkers = rooms.flatMap((room) => room.talkers);
    const stalling = rooms.map(({ staller }) => staller.run());
    for (const talker of talkers) talker.start();
    const memory = await watch(relay.pid, seconds, (megabytes, passed) => log(`${passed.toFixed(0).padStart(4)} s ${megabytes.toFixed(0)} MB, ${sum(talkers, ({ stored }) => stored)} entries`));
    for (const each of talkers) each.stop();
    for (const { staller } of rooms) staller.stop();
    await Promise.all(stalling);
    const grew = seconds >= SETTLED && memory.late > memory.early * SLACK + NOISE;
    return {
      faults: [...(await compare(rooms)), ...(grew ? [`its memory grew from ${memory.early.toFixed(0)} to ${memory.late.toFixed(0)} MB`] : [])],
      devices: spaces.length * IN_A_SPACE,
      entries: sum(talkers, ({ stored }) => stored),
      delivered: sum(talkers, ({ heard }) => heard),
      stalls: sum(rooms, ({ staller }) => staller.stalls),
      ended: sum(rooms, ({ staller }) => staller.ended),
      memory,
    };
  } finally {
    for (const { talkers, staller } of rooms) {
      staller.stop();
      for (const talker of talkers) talker.stop();
      for (const talker of talkers) talker.end();
    }
    await relay.end('SIGKILL');
  }
}

async function settle(text: string): Promise<TestDevice[]> {
  const link = parseLink(text);
  if (link.type !== 'setup') throw new Error('Not a set-up link.');
  const founder = new TestDevice(link.relay, new TestSpace());
  await founder.found(link.ticket);
  const members = [founder];
  while (members.length < IN_A_SPACE) {
    const device = new TestDevice(link.relay, founder.space);
    await device.join();
    members.push(device);
  }
  return members;
}

/** Waits until every talker is acknowledged and has heard all others, then compares. */
async function compare(rooms: readonly Room[]): Promise<string[]> {
  const faults: string[] = [];
  for (const [at, { talkers, staller }] of rooms.entries()) {
    const all = sum(talkers, ({ sent }) => sent);
    const holds = (talker: Talker): boolean => (talker.take(), talker.stored === talker.sent && talker.heard === all - talker.sent);
    await until('all is acknowledged and heard', () => talkers.every(holds), 20).catch(() => undefined);
    for (const [i, talker] of talkers.entries()) {
      if (!talker.isOpen) faults.push(`device ${i} of space ${at} was cut off`);
      if (!holds(talker)) faults.push(`device ${i} of space ${at}: ${talker.stored} of ${talker.sent} acknowledged, ${talker.heard} of ${all - talker.sent} heard`);
    }
    const read = await staller.readAll();
    if (read !== all) faults.push(`the stalled device of space ${at} reads ${read} of ${all}`);
  }
  return faults;
}

async function watch(pid: number, seconds: number, told: (megabytes: number, passed: number) => void): Promise<SoakResult['memory']> {
  const samples: number[] = [];
  const began = performance.now();
  const every = (seconds * 1000) / 50;
  for (let at = 1; at <= 50; at++) {
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, began + at * every - performance.now())));
    samples.push(Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024);
    if (at % 5 === 0) told(samples.at(-1) ?? 0, (performance.now() - began) / 1000);
  }
  return { early: median(samples.slice(10, 20)), late: median(samples.slice(40)), most: Math.max(...samples) };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

function sum<T>(values: readonly T[], of: (value: T) => number): number {
  return values.reduce((total, value) => total + of(value), 0);
}
