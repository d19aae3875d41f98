/**
 * Letters beside a large value on a narrow line: how late do they come, and how much of the line does the value get? Up: the device behind the line
 * sends it and types. Down: it receives it, and another types. Either way the letters go where the line is full.
 */
import type { Offer } from '../src/protocol';
import type { WayName } from '../src/transport';
import { Child, withDirectory } from './child';
import { quantile, type Figure, type Settings } from './figure';

const SYSTEMS = {
  blockwire: { server: 'servers/blockwire', driver: 'drivers/lanes-blockwire', founds: true, name: 'Blockwire' },
  passing: { server: 'servers/passing.mjs', driver: 'drivers/lanes-passing.mjs', founds: false, name: 'one WebSocket, one message' },
  'y-websocket': { server: 'servers/y-websocket.mjs', driver: 'drivers/lanes-yjs.mjs', founds: false, name: 'y-websocket' },
  jazz: { server: 'servers/jazz.mjs', driver: 'drivers/lanes-jazz.mjs', founds: true, name: 'Jazz' },
} as const;
type System = keyof typeof SYSTEMS;

/** 20 Mbit/s each way, 10 ms each way, 256 KiB of queue. */
const LINE = { rate: 2_500, delay: 10, queue: 256 * 1024 };
export const MIB = 1024 * 1024;
/** Letters before anything else goes over the line. */
export const IDLE = 5_000;
/** The first letters wait for connections that settle: so many of them. */
const SETTLING = 25;
/** Until a device that is back hears of letters, ms. */
const CONNECTING = 500;
/** For the letters that were typed last to come, ms. */
const AFTER = 60_000;

interface Lateness {
  readonly p50: number;
  readonly p99: number;
}
export interface Result {
  readonly idle: Lateness;
  readonly loaded: Lateness;
  /** Of the line, 0 to 1. */
  readonly share: number;
}

/** By which the device behind the line connects. */
export interface Route {
  readonly by: WayName;
  /** Of packets, 0 to 1; TCP has none here. */
  readonly loss: number;
}
const BY_WEBSOCKET: Route = { by: 'websocket', loss: 0 };

export async function lanes({ quick, log }: Settings): Promise<Figure[]> {
  const bytes = (quick ? 8 : 64) * MIB;
  const figures: Figure[] = [];
  for (const direction of ['up', 'down'] as const) {
    for (const system of Object.keys(SYSTEMS) as System[]) {
      const result = await run(system, direction, bytes, quick ? IDLE / 2 : IDLE).catch((error: unknown) => {
        log(`lanes ${direction} ${system}: ${error instanceof Error ? error.message : String(error)}`);
        return null;
      });
      if (result === null) {
        if (system === 'blockwire') throw new Error('Blockwire did not get through.');
        continue;
      }
      const { idle, loaded, share } = result;
      log(`lanes ${direction} ${system}: idle ${shown(idle)}, loaded ${shown(loaded)}, ${(100 * share).toFixed(0)} % of the line`);
      figures.push(...figuresOf(system, `${bytes / MIB} MiB ${direction}, 50 letters/s beside it`, result));
    }
  }
  const missed = (quick ? 4 : 20) * MIB;
  for (const by of ['websocket', 'stream', 'long-poll'] as const) {
    const result = await catchUp(missed, quick ? IDLE / 2 : IDLE, by);
    log(`lanes catch-up by ${by}: idle ${shown(result.idle)}, loaded ${shown(result.loaded)}, ${(100 * result.share).toFixed(0)} % of the line`);
    figures.push(...figuresOf('blockwire', `${missed / MIB} MiB missed, read beside 50 letters/s, by ${by}`, result));
  }
  return figures;
}

function figuresOf(system: System, what: string, { idle, loaded, share }: Result): Figure[] {
  const { name } = SYSTEMS[system];
  const note = 'Line: 20 Mbit/s and 10 ms each way, 256 KiB of queue, without loss, by a proxy on this machine.';
  const late = (q: keyof Lateness, most: number): Figure => ({
    what: `${what}: ${name}, ${q}`,
    unit: 'ms',
    measured: loaded[q],
    baseline: idle.p50,
    baselineName: 'idle p50',
    limit: { of: 'ratio', at: 'most', than: most },
    note,
  });
  return [
    late('p50', 2.5),
    late('p99', 4),
    { what: `${what}: ${name}, of the line`, unit: '%', measured: 100 * share, baseline: null, limit: { of: 'value', at: 'least', than: 85 }, note },
  ];
}

/** A device was away, comes back over the line and reads what it missed in other documents, while another types in the one that it looks at. */
async function catchUp(bytes: number, idleFor: number, by: WayName): Promise<Result> {
  return withLine('blockwire', { by, loss: 0 }, async ({ near, far }) => {
    await far.ask('type');
    await pause(idleFor);
    const left = await near.ask<number>('now');
    await near.ask('away');
    await far.ask('fill', { bytes });
    const { began, ended } = await near.ask<Span>('back');
    const typed = await far.ask<number[]>('rest');
    const heard = await all(near, typed.length);
    const late = typed.map((at, i) => (heard[i] ?? Number.NaN) - at);
    const idle = late.filter((_, i) => i >= SETTLING && (typed[i] ?? 0) < left - 100);
    // What was typed while it connected had to wait for that.
    const loaded = late.filter((_, i) => (typed[i] ?? 0) >= began + CONNECTING && (typed[i] ?? 0) < ended);
    return { idle: latenessOf(idle), loaded: latenessOf(loaded), share: bytes / (ended - began) / LINE.rate };
  });
}

export async function run(system: System, direction: 'up' | 'down', bytes: number, idleFor: number, route = BY_WEBSOCKET): Promise<Result> {
  return withLine(system, route, async ({ near, far }) => {
    const [typist, reader] = direction === 'up' ? [near, far] : [far, near];
    await typist.ask('type');
    await pause(idleFor);
    const { began, ended } = await (direction === 'up' ? sendUp(system, near, far, bytes) : sendDown(system, near, far, bytes));
    const typed = await typist.ask<number[]>('rest');
    const heard = await all(reader, typed.length);
    const late = typed.map((at, i) => (heard[i] ?? Number.NaN) - at);
    const idle = late.filter((_, i) => i >= SETTLING && (typed[i] ?? 0) < began - 100);
    const loaded = late.filter((_, i) => (typed[i] ?? 0) >= began && (typed[i] ?? 0) < ended);
    return { idle: latenessOf(idle), loaded: latenessOf(loaded), share: bytes / (ended - began) / LINE.rate };
  });
}

/** Two devices of one space, live: `near` behind the line, `far` beside the server. */
async function withLine<T>(system: System, { by, loss }: Route, work: (sides: { readonly near: Child; readonly far: Child }) => Promise<T>): Promise<T> {
  const webTransport = by === 'webtransport';
  return withDirectory(async (data) => {
    const { server: serverFile, driver, founds } = SYSTEMS[system];
    const [server, shaper, near, far] = [await Child.start(serverFile), await Child.start(webTransport ? 'servers/udp-shaper.mjs' : 'servers/shaper.mjs'), await Child.start(driver), await Child.start(driver)];
    try {
      const url = await server.ask<string>('start', { data, webTransport });
      const offer = webTransport ? await server.ask<Offer>('offer') : undefined;
      const port = await shaper.ask<number>('start', { ...LINE, loss, port: offer?.port ?? Number(new URL(url).port) });
      // Its session is asked for beside the line: that counts for nothing.
      const nearby = offer === undefined ? { url: url.replace(/:\d+$/, `:${port}`) } : { url, offer: { ...offer, port } };
      const ticket = system === 'blockwire' ? await server.ask<string>('ticket') : undefined;
      const devices = founds ? await far.ask<string[]>('found', { url, ticket }) : [];
      await far.ask('open', { url, devices, index: 0, name: 'far', other: 'near' });
      await near.ask('open', { ...nearby, by, devices, index: 1, name: 'near', other: 'far' });
      return await work({ near, far });
    } finally {
      await Promise.all([near.kill(), far.kill(), shaper.kill(), server.kill()]);
    }
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

type Span = { readonly began: number; readonly ended: number };

/** Ends when it is on the relay's disk, or, of what has no such thing, whole on the other side. */
async function sendUp(system: System, near: Child, far: Child, bytes: number): Promise<Span> {
  if (system === 'blockwire') return near.ask<Span>('send', { bytes });
  const [ended, { began }] = await Promise.all([far.ask<number>('received'), near.ask<Span>('send', { bytes })]);
  return { began, ended };
}

/** Begins when the other side has sent it, as fast as a line without limits lets it. */
async function sendDown(system: System, near: Child, far: Child, bytes: number): Promise<Span> {
  if (system !== 'blockwire') {
    const [ended, { began }] = await Promise.all([near.ask<number>('received'), far.ask<Span>('send', { bytes })]);
    return { began, ended };
  }
  await far.ask('send', { bytes });
  await near.ask('expect', await far.ask<object>('file'));
  const began = await near.ask<number>('now');
  return { began, ended: await near.ask<number>('received') };
}

async function all(reader: Child, count: number): Promise<number[]> {
  for (const deadline = Date.now() + AFTER; ; await pause(50)) {
    const heard = await reader.ask<number[]>('heard');
    if (heard.length >= count || Date.now() > deadline) return heard;
  }
}

function latenessOf(late: readonly number[]): Lateness {
  // A letter that never came is later than any other.
  const values = late.map((each) => (Number.isNaN(each) ? Infinity : each));
  return { p50: quantile(values, 0.5), p99: quantile(values, 0.99) };
}

export function shown({ p50, p99 }: Lateness): string {
  return `${p50.toFixed(1)} / ${p99.toFixed(1)} ms`;
}
