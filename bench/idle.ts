/** One relay process with thousands of devices that do nothing, against a server that knows nothing but `ws`. */
import { build } from './build';
import { Child, withDirectory } from './child';
import { crowd, DEVICES_OF_SPACE, limitOfFiles, megabytes, REST, rest } from './crowd';
import type { Figure, Settings } from './figure';

const DEVICES = 10_000;
const QUICK_DEVICES = 2_000;
/** Processes that the clients are spread over. */
const CLIENTS = 2;

export async function idle({ quick, log }: Settings): Promise<Figure[]> {
  await build();
  const devices = quick ? QUICK_DEVICES : DEVICES;
  const bare = await withDirectory((data) => bareMemory(data, devices, log));
  const { empty, full, cpu, back, refused, putOff } = await withDirectory((data) => crowd(data, { devices, processes: 0, clients: CLIENTS, log }));
  const note = `Idle devices: ${devices} over ${devices / DEVICES_OF_SPACE} spaces, clients in ${CLIENTS} processes, at most ${limitOfFiles()} files a process here; the empty relay has ${megabytes(empty)}.`;
  return [
    { what: `${devices.toLocaleString('en-US')} idle devices: RSS a device over the empty relay`, unit: 'kB', measured: (full - empty) / devices, baseline: bare, baselineName: 'bare ws', limit: { of: 'value', at: 'most', than: 9 }, note },
    { what: 'the same: CPU of the relay while idle', unit: '% of a core', measured: 100 * cpu, baseline: null, limit: { of: 'value', at: 'most', than: 5 } },
    { what: 'the same: until all are back, relay killed and started again', unit: 's', measured: back, baseline: null, limit: { of: 'value', at: 'most', than: 30 } },
    { what: 'the same: sessions refused meanwhile', unit: '', measured: refused.length, baseline: null, limit: { of: 'value', at: 'most', than: 0 } },
    { what: 'the same: devices told to come again later', unit: '', measured: putOff, baseline: null, limit: { of: 'value', at: 'most', than: 0 } },
  ];
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
    log(`idle: bare ws ${megabytes(empty / 1024)} empty, ${megabytes(full / 1024)} with ${devices}`);
    return (full - empty) / 1024 / devices;
  } finally {
    for (const child of [...clients, server]) await child.kill();
  }
}
