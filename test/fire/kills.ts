/** kill -9 of the relay while real devices write, again and again: no acknowledged entry is missing, none is there twice. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { auditLog } from './audit';
import { Line } from './line';
import { until } from './patience';
import { RelayProcess } from './relay-process';
import { FireSpace } from './space';

export interface KillsOptions {
  readonly times: number;
  /** Path of the built `blockwire`. */
  readonly program: string;
  /** An empty directory. */
  readonly directory: string;
  readonly devices?: number;
  readonly log?: (line: string) => void;
}

export interface KillsResult {
  readonly faults: readonly string[];
  readonly kills: number;
  readonly words: number;
  /** Entries that the relay acknowledged. */
  readonly acknowledged: number;
  /** Of these, on the disk when the kill took their acknowledgement: the next welcome told of them, or they were sent again and recognised. */
  readonly rescued: number;
  /** What devices reported of the log, each of which is a false alarm if there is no fault. */
  readonly reports: readonly string[];
  readonly forgotten: number;
}

/** Kills that one document lives through, so that documents stay as small as people's. */
const A_DOCUMENT = 25;
/** Between two words of a device, ms. */
const PAUSE = 20;
/** Of the line that the second half of the devices is on, ms: a kill loses the acknowledgements that are on it. */
const LATENCY = 20;

export async function runKills({ times, program, directory, devices = 4, log = () => undefined }: KillsOptions): Promise<KillsResult> {
  const data = join(directory, 'relay');
  const stores = join(directory, 'devices');
  mkdirSync(stores, { recursive: true });
  const relay = await RelayProcess.start(program, data);
  const documents = Array.from({ length: Math.ceil(times / A_DOCUMENT) }, (_, i) => `document ${i}`);
  const space = await FireSpace.found(await relay.link(), devices + 1, documents);
  const line = await Line.open(relay.port);
  line.pace = { ...line.pace, latency: LATENCY };
  let typing: NodeJS.Timeout | undefined;
  try {
    for (let i = 0; i < devices; i++) await space.writer(stores, i < devices / 2 ? {} : { relay: line.url });
    let kills = 0;
    typing = setInterval(() => {
      // Who is far behind waits, as a person does who sees that nothing arrives.
      for (const writer of space.writers) if (writer.engine.status.unacknowledged < 400) writer.write(documents[Math.floor(kills / A_DOCUMENT)] ?? documents.at(-1) ?? '');
    }, PAUSE);
    for (; kills < times; kills++) {
      const before = space.writers.map(({ witness }) => witness.promised.size);
      await until('every device is acknowledged something', () => space.writers.every(({ witness }, i) => witness.promised.size > (before[i] ?? 0)), 60);
      // Anywhere in the writing: also in the middle of a transaction, a checkpoint, a pruning.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 120));
      await relay.end('SIGKILL');
      await relay.start();
      for (const writer of space.writers) writer.engine.notify('online');
      if ((kills + 1) % 50 === 0) log(`${kills + 1} kills, ${sum(space.writers.map(({ witness }) => witness.promised.size))} entries acknowledged`);
      if (space.writers.some(({ witness }) => witness.broken.length > 0)) break;
    }
    clearInterval(typing);
    await until('everything is acknowledged', () => space.writers.every((writer) => writer.isSettled), 120);
    // A device that starts from empty gets what the relay has, and nothing else.
    const reader = await space.writer(null);
    await until('an empty device has read all', () => reader.isLive, 120);
    await until('all read the same', () => documents.every((name) => new Set(space.writers.map((writer) => writer.digest(name))).size === 1), 30).catch(() => undefined);
    const faults = space.faults();
    const reports = space.reports();
    const { rescued, words } = totals(space);
    await space.stop();
    await relay.end('SIGTERM');
    const audit = auditLog(data, space.writers);
    return { faults: [...faults, ...audit.faults], kills, words, acknowledged: audit.promised, forgotten: audit.forgotten, rescued, reports };
  } finally {
    clearInterval(typing);
    await space.stop();
    await line.close();
    await relay.end('SIGKILL');
  }
}

function totals(space: FireSpace): { words: number; rescued: number } {
  const words = sum(space.documents.flatMap((name) => space.writers.map((writer) => writer.wrote(name).length)));
  return { words, rescued: sum(space.writers.map(({ witness }) => witness.counts.welcomed + witness.counts.duplicate)) };
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
