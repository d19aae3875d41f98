/** The relay's figures in Prometheus' text format. They name no space, device or address. */
import type { Registry } from 'prom-client';
import type { Meter } from './meter';

/** Upper ends of the classes that appends are counted in, in seconds. */
const CLASSES = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

export interface Gauges {
  readonly meter: Meter;
  /** Open connections of each kind. */
  readonly connections: () => Readonly<Record<string, number>>;
  readonly devices: () => number;
  /** Sums over all connections. */
  readonly queues: () => { readonly bytes: number; readonly entries: number };
  /** Bytes of the relay's files; null where it keeps its data elsewhere. */
  readonly storeBytes: () => number | null;
  /** Of all spaces. */
  readonly files: () => { readonly files: number; readonly bytes: number };
  /** Whether it takes entries: runs, and the disk has room. */
  readonly isUsable: () => boolean;
}

/** @returns gives the text as it is at each call */
export function metricsText(gauges: Gauges): () => Promise<string> {
  let registry: Promise<Registry> | null = null;
  return async () => (await (registry ??= registryOf(gauges))).metrics();
}

async function registryOf({ meter, connections, devices, queues, storeBytes, files, isUsable }: Gauges): Promise<Registry> {
  // Loaded when the first figure is asked for: most relays are never asked.
  const { Counter, Gauge, Histogram, Registry } = await import('prom-client');
  const registry = new Registry();
  const registers = [registry];
  const gauge = (name: string, help: string, value: () => number): void => {
    new Gauge({ name, help, registers, collect() { this.set(value()); } }); // prettier-ignore
  };
  const counter = (name: string, help: string, label: string | null, values: () => Iterable<readonly [string, number]>): void => {
    new Counter({
      name,
      help,
      registers,
      labelNames: label === null ? [] : [label],
      collect() {
        this.reset();
        for (const [value, count] of values()) this.inc(label === null ? {} : { [label]: value }, count);
      },
    });
  };
  const traffic = (member: 'framesIn' | 'bytesIn' | 'framesOut' | 'bytesOut') => () => Object.entries(meter.traffic).map(([kind, each]) => [kind, each[member]] as const);

  new Gauge({
    name: 'blockwire_connections',
    help: 'Connections now, by transport.',
    labelNames: ['transport'],
    registers,
    collect() {
      for (const [transport, count] of Object.entries(connections())) this.set({ transport }, count);
    },
  });
  gauge('blockwire_devices', 'Devices that have a connection now.', devices);
  counter('blockwire_sessions_total', 'Sessions given.', null, () => [['', meter.sessions]]);
  counter('blockwire_entries_appended_total', 'Entries that devices appended, by what became of them.', 'status', () => Object.entries(meter.appended));
  counter('blockwire_entries_delivered_total', 'Entries given to devices, as they came or on pages.', null, () => [['', meter.delivered]]);
  counter('blockwire_frames_received_total', 'Frames from devices, by transport.', 'transport', traffic('framesIn'));
  counter('blockwire_received_bytes_total', 'Bytes of frames from devices, by transport.', 'transport', traffic('bytesIn'));
  counter('blockwire_frames_sent_total', 'Frames to devices, by transport.', 'transport', traffic('framesOut'));
  counter('blockwire_sent_bytes_total', 'Bytes of frames to devices, by transport.', 'transport', traffic('bytesOut'));
  counter('blockwire_refused_total', 'Requests, upgrades, appends and connections that ended with an error, by its code.', 'code', () => meter.refused);
  const commits = new Histogram({ name: 'blockwire_append_seconds', help: 'Time from the arrival of an append to the disk.', buckets: CLASSES, registers });
  meter.onAppended = (seconds) => commits.observe(seconds);
  gauge('blockwire_queued_bytes', 'Bytes that devices have not taken yet.', () => queues().bytes);
  gauge('blockwire_unacknowledged_entries', 'Entries that have arrived and are not on the disk yet.', () => queues().entries);
  if (storeBytes() !== null) gauge('blockwire_store_bytes', "Bytes of the relay's files.", () => storeBytes() ?? 0);
  gauge('blockwire_files', 'Files that blocks refer to, whole or in part.', () => files().files);
  gauge('blockwire_files_bytes', 'Sealed bytes of files.', () => files().bytes);
  counter('blockwire_chunks_stored_total', 'Chunks of files that came to the disk.', null, () => [['', meter.chunksStored]]);
  gauge('blockwire_usable', '1 while new entries can be stored.', () => (isUsable() ? 1 : 0));
  gauge('process_resident_memory_bytes', 'Resident memory.', () => process.memoryUsage.rss());
  counter('process_cpu_seconds_total', 'Processor time.', null, () => {
    const { user, system } = process.cpuUsage();
    return [['', (user + system) / 1_000_000]];
  });
  return registry;
}
