/** Thousands of devices at one relay that do nothing: its memory and CPU, how long a word from one to another takes, and how long until all are back after it was killed. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { freemem } from 'node:os';
import { join } from 'node:path';
import { LIMITS, toBase64Url, toHex, TICKET_BYTES, TOKEN_BYTES, type SpaceId } from '../src/protocol';
import { deviceOf, hashOf } from '../src/relay/admission';
import { RelayDatabase } from '../src/relay/sqlite/database';
import { SqliteRegistry } from '../src/relay/sqlite/sqlite-registry';
import { Child } from './child';
import type { Settings } from './figure';
import { startProgram, type Program } from './program';

export interface CrowdOptions {
  readonly devices: number;
  /** Beside the relay's own, that hold its WebSockets; 0: none. */
  readonly processes: number;
  /** Processes of devices; each has a file a device. */
  readonly clients: number;
  /** Connections that each of these makes at once when it begins; 100 by default. */
  readonly atOnce?: number;
  readonly log: Settings['log'];
}

export interface CrowdFigures {
  /** kB of RSS, of all processes of the relay: with no device, and with all. */
  readonly empty: number;
  readonly full: number;
  /** Cores in use while nothing happens, of all processes. */
  readonly cpu: number;
  /** Presence of a device until another of its space has it, ms. */
  readonly words: readonly number[];
  /** From the kill of the relay until the last was welcomed again, s. */
  readonly back: number;
  /** Connections that the relay answered with an error meanwhile. */
  readonly refused: readonly string[];
  /** How often a device was told to come again later. */
  readonly putOff: number;
}

export const DEVICES_OF_SPACE = 2;
/** The garbage of the set-up has been collected, and two rounds of pings have passed, ms. */
export const REST = 30_000;
const IDLE = 60_000;
const WORDS = 500;
const BACK_WITHIN = 180_000;
const HOUR = 60 * 60 * 1000;
/** Bytes that a device takes here, at most, in all processes and in the system; and what is left to others. */
const ROOM = { device: 50_000, others: 2 * 1024 ** 3 };

/** @throws Error where it does not fit into this machine's memory */
export async function crowd(data: string, { devices, processes, clients: count, atOnce, log }: CrowdOptions): Promise<CrowdFigures> {
  const needed = devices * ROOM.device + ROOM.others;
  if (freemem() < needed) throw new Error(`${devices} devices need ${megabytes(needed / 1024)} of free memory; there are ${megabytes(freemem() / 1024)}.`);
  const tokens = await prepare(data, devices);
  log(`${devices} devices are in the data`);
  const clients = await Promise.all(Array.from({ length: count }, () => Child.start('drivers/idle-clients')));
  const name = `${devices} devices, ${processes} processes`;
  let relay = await start(data, 0, processes);
  try {
    await rest(5_000);
    const empty = memoryOf(relay);
    const began = Date.now();
    const share = Math.ceil(devices / count / DEVICES_OF_SPACE) * DEVICES_OF_SPACE;
    await Promise.all(clients.map((client, i) => {
      const own = tokens.slice(i * share, (i + 1) * share);
      return client.ask('connect', { url: relay.url, tokens: own, count: own.length, from: i + 1, atOnce });
    })); // prettier-ignore
    log(`${name}: connected in ${((Date.now() - began) / 1000).toFixed(1)} s`);
    await rest(REST);
    const full = memoryOf(relay);
    const before = cpuOf(relay);
    await rest(IDLE);
    const cpu = (cpuOf(relay) - before) / (IDLE / 1000);
    log(`${name}: ${megabytes(empty)} empty, ${megabytes(full)} with all (${pidsOf(relay).map((pid) => megabytes(rssOf(pid))).join(', ')}), CPU ${(100 * cpu).toFixed(1)} %`);
    const words = await clients[0]?.ask<number[]>('words', { count: WORDS }) ?? [];

    const killed = Date.now();
    await relay.end();
    relay = await start(data, relay.port, processes);
    const listening = (Date.now() - killed) / 1000;
    const { returns, refused, putOff } = await allBack(clients, devices);
    const seconds = new Map<number, number>();
    for (const time of returns) seconds.set(Math.floor((time - killed) / 1000), (seconds.get(Math.floor((time - killed) / 1000)) ?? 0) + 1);
    const back = (returns.reduce((last, time) => Math.max(last, time), 0) - killed) / 1000;
    log(`${name}: listens after ${listening.toFixed(1)} s, back by second ${[...seconds].sort(([a], [b]) => a - b).map(([second, some]) => `${second}: ${some}`).join(', ')}; refused ${refused.length} ${[...new Set(refused)].join()}, told to come again ${putOff} times`); // prettier-ignore
    return { empty, full, cpu, words, back, refused, putOff };
  } finally {
    for (const client of clients) await client.kill();
    await relay.end();
  }
}

/** A store with founded spaces, their devices, and sessions that were used two hours ago. @returns the sessions' tokens */
async function prepare(data: string, devices: number): Promise<string[]> {
  const database = new RelayDatabase({ file: join(data, 'relay.db') });
  const registry = new SqliteRegistry(database);
  // Of the set-up nothing is measured, and nothing has to outlive a power cut.
  database.connection.pragma('synchronous = OFF');
  const now = Date.now();
  const then = now - 2 * HOUR;
  const tokens: string[] = [];
  const opened: Promise<void>[] = [];
  // With sessions that are there already no device signs anything. (Tens of thousands of real keys, exported one after the other, hang Node 20.)
  const newKey = (): Uint8Array => randomBytes(32);
  const admissionKey = newKey();
  let space = '' as SpaceId;
  for (let i = 0; i < devices; i++) {
    const deviceKey = newKey();
    const device = deviceOf(deviceKey);
    if (i % DEVICES_OF_SPACE === 0) {
      const ticket = toBase64Url(randomBytes(TICKET_BYTES));
      space = toHex(randomBytes(16)) as SpaceId;
      await registry.addTicket(ticket, then);
      await registry.found({ ticket, space, device, deviceKey, admissionKey, founded: then });
    } else await registry.admit(space, device, deviceKey, then, LIMITS.devices);
    const token = randomBytes(TOKEN_BYTES);
    opened.push(registry.openSession(hashOf(token), space, device, then + LIMITS.session, then));
    tokens.push(toBase64Url(token));
  }
  await Promise.all(opened);
  database.close();
  return tokens;
}

interface Running extends Program {
  readonly url: string;
  readonly port: number;
}

async function start(data: string, port: number, processes: number): Promise<Running> {
  const more = processes === 0 ? [] : ['--processes', String(processes)];
  const program = await startProgram(['relay', '--port', String(port), '--data', data, '--quiet', ...more]);
  const [url = '', found] = await program.said(/http:\/\/127\.0\.0\.1:(\d+)/);
  return { ...program, url, port: Number(found) };
}

async function allBack(clients: readonly Child[], devices: number): Promise<{ returns: number[]; refused: string[]; putOff: number }> {
  for (const until = Date.now() + BACK_WITHIN; ; ) {
    const statuses = await Promise.all(clients.map((client) => client.ask<{ refused: string[]; putOff: number; returns: number[] }>('status')));
    const returns = statuses.flatMap((status) => status.returns);
    if (returns.length >= devices) return { returns, refused: statuses.flatMap((status) => status.refused), putOff: statuses.reduce((sum, status) => sum + status.putOff, 0) };
    if (Date.now() > until) throw new Error(`After ${BACK_WITHIN / 1000} s only ${returns.length} of ${devices} devices are back; refused: ${[...new Set(statuses.flatMap(({ refused }) => refused))].join() || 'none'}.`);
    await rest(500);
  }
}

/** The relay's own, and those that it started. */
function pidsOf({ pid }: Program): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return [pid, ...(children === '' ? [] : children.split(' ').map(Number))];
}

/** RSS in kB. */
function rssOf(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }));
}

function memoryOf(relay: Program): number {
  return pidsOf(relay).reduce((sum, pid) => sum + rssOf(pid), 0);
}

/** CPU time so far, user and system, of all processes, in seconds. Linux counts it in hundredths. */
function cpuOf(relay: Program): number {
  return pidsOf(relay).reduce((sum, pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return sum + (Number(fields[11]) + Number(fields[12])) / 100;
  }, 0);
}

export function limitOfFiles(): string {
  return execFileSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).trim();
}

/** @param count kB */
export function megabytes(count: number): string {
  return `${(count / 1024).toFixed(1)} MB`;
}

export function rest(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
