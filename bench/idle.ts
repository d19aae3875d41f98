/** One relay process with thousands of devices that do nothing: its memory and CPU, and how long until all are back after it was killed. */
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LIMITS, toBase64Url, toHex, TICKET_BYTES, TOKEN_BYTES, type SpaceId } from '../src/protocol';
import { deviceOf, hashOf } from '../src/relay/admission';
import { RelayDatabase } from '../src/relay/sqlite/database';
import { SqliteRegistry } from '../src/relay/sqlite/sqlite-registry';
import { build } from './build';
import { Child, withDirectory } from './child';
import type { Figure, Settings } from './figure';
import { startProgram, type Program } from './program';

const DEVICES = 10_000;
const QUICK_DEVICES = 2_000;
const DEVICES_OF_SPACE = 2;
/** Processes that the clients are spread over: each has a file a client. */
const CLIENTS = 2;
/** The garbage of the set-up has been collected, and two rounds of pings have passed, ms. */
const REST = 30_000;
const IDLE = 60_000;
const BACK_WITHIN = 120_000;
const HOUR = 60 * 60 * 1000;

export async function idle({ quick, log }: Settings): Promise<Figure[]> {
  await build();
  const devices = quick ? QUICK_DEVICES : DEVICES;
  const bare = await withDirectory((data) => bareMemory(data, devices, log));
  return withDirectory(async (data) => {
    const tokens = await prepare(data, devices);
    const clients = await Promise.all(Array.from({ length: CLIENTS }, () => Child.start('drivers/idle-clients')));
    let relay = await start(data, 0);
    try {
      await rest(5_000);
      const empty = memoryOf(relay);
      const began = Date.now();
      const share = devices / CLIENTS;
      await Promise.all(clients.map((client, i) => client.ask('connect', { url: relay.url, tokens: tokens.slice(i * share, (i + 1) * share), count: share })));
      log(`idle: ${devices} connected in ${((Date.now() - began) / 1000).toFixed(1)} s`);
      await rest(REST);
      const full = memoryOf(relay);
      const before = cpuOf(relay);
      await rest(IDLE);
      const cpu = (cpuOf(relay) - before) / (IDLE / 1000);
      log(`idle: ${kilobytes(empty)} empty, ${kilobytes(full)} with ${devices}, CPU ${(100 * cpu).toFixed(1)} %`);

      const killed = Date.now();
      await relay.end();
      relay = await start(data, relay.port);
      const { returns, refused } = await allBack(clients, devices);
      const last = Math.max(...returns) - killed;
      const seconds = new Map<number, number>();
      for (const time of returns) seconds.set(Math.floor((time - killed) / 1000), (seconds.get(Math.floor((time - killed) / 1000)) ?? 0) + 1);
      log(`idle: back by second ${[...seconds].sort(([a], [b]) => a - b).map(([second, count]) => `${second}: ${count}`).join(', ')}; refused ${refused.length} ${[...new Set(refused)].join()}`); // prettier-ignore
      const note = `Idle devices: ${devices} over ${devices / DEVICES_OF_SPACE} spaces, clients in ${CLIENTS} processes, at most ${limitOfFiles()} files a process here; the empty relay has ${kilobytes(empty)}.`;
      return [
        { what: `${devices.toLocaleString('en-US')} idle devices: RSS a device over the empty relay`, unit: 'kB', measured: (full - empty) / devices, baseline: bare, baselineName: 'bare ws', limit: { of: 'value', at: 'most', than: 9 }, note },
        { what: 'the same: CPU of the relay while idle', unit: '% of a core', measured: 100 * cpu, baseline: null, limit: { of: 'value', at: 'most', than: 5 } },
        { what: 'the same: until all are back, relay killed and started again', unit: 's', measured: last / 1000, baseline: null, limit: { of: 'value', at: 'most', than: 30 } },
        { what: 'the same: sessions refused meanwhile', unit: '', measured: refused.length, baseline: null, limit: { of: 'value', at: 'most', than: 0 } },
      ];
    } finally {
      for (const client of clients) await client.kill();
      await relay.end();
    }
  });
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
  const newKey = (): Uint8Array => Buffer.from(generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
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

async function start(data: string, port: number): Promise<Running> {
  const program = await startProgram(['relay', '--port', String(port), '--data', data, '--quiet']);
  const [url = '', found] = await program.said(/http:\/\/127\.0\.0\.1:(\d+)/);
  return { ...program, url, port: Number(found) };
}

/** kB of RSS that a client costs a server that knows nothing but `ws`. */
async function bareMemory(data: string, devices: number, log: Settings['log']): Promise<number> {
  const server = await Child.start('servers/bare.mjs');
  const clients = await Promise.all(Array.from({ length: CLIENTS }, () => Child.start('drivers/idle-clients')));
  try {
    const url = await server.ask<string>('start', { data });
    const empty = (await server.usage()).rss;
    await Promise.all(clients.map((client) => client.ask('connect', { url, count: devices / CLIENTS })));
    await rest(REST / 2);
    const full = (await server.usage()).rss;
    log(`idle: bare ws ${kilobytes(empty / 1024)} empty, ${kilobytes(full / 1024)} with ${devices}`);
    return (full - empty) / 1024 / devices;
  } finally {
    for (const child of [...clients, server]) await child.kill();
  }
}

async function allBack(clients: readonly Child[], devices: number): Promise<{ returns: number[]; refused: string[] }> {
  for (const until = Date.now() + BACK_WITHIN; ; ) {
    const statuses = await Promise.all(clients.map((client) => client.ask<{ refused: string[]; returns: number[] }>('status')));
    const returns = statuses.flatMap((status) => status.returns);
    if (returns.length >= devices) return { returns, refused: statuses.flatMap((status) => status.refused) };
    if (Date.now() > until) throw new Error(`After ${BACK_WITHIN / 1000} s only ${returns.length} of ${devices} devices are back; refused: ${[...new Set(statuses.flatMap(({ refused }) => refused))].join() || 'none'}.`);
    await rest(250);
  }
}

/** RSS in kB. */
function memoryOf({ pid }: Program): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }));
}

/** CPU time so far, user and system, in seconds. Linux counts it in hundredths. */
function cpuOf({ pid }: Program): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function limitOfFiles(): string {
  return execFileSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).trim();
}

function kilobytes(count: number): string {
  return `${(count / 1024).toFixed(1)} MB`;
}

function rest(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
