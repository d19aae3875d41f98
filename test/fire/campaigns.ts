/** What `run.mjs` runs: one campaign by name, its figures printed as they come, and a verdict. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runFolderKills } from './folder-kills';
import { runKills } from './kills';
import { runSoak } from './soak';

interface Settings {
  readonly program: string;
  readonly directory: string;
  readonly times: number;
  readonly devices: number;
  readonly seconds: number;
  readonly log: (line: string) => void;
}

interface Outcome {
  readonly faults: readonly string[];
}

const campaigns: Readonly<Record<string, (settings: Settings) => Promise<Outcome>>> = {
  kills: (settings) => runKills({ ...settings, devices: settings.devices || 4, times: settings.times || 1_000 }),
  'folder-kills': (settings) => runFolderKills({ ...settings, times: settings.times || 100 }),
  soak: (settings) => runSoak({ ...settings, devices: settings.devices || 200, seconds: settings.seconds || 600 }),
};

const [program = '', name = '', ...rest] = process.argv.slice(2);
const { values } = parseArgs({ args: rest, options: { times: { type: 'string' }, devices: { type: 'string' }, seconds: { type: 'string' } } });
const campaign = campaigns[name];
if (campaign === undefined) {
  process.stderr.write(`Campaigns: ${Object.keys(campaigns).join(', ')}.\n`);
  process.exit(2);
}
const directory = mkdtempSync(join(tmpdir(), `blockwire-${name}-`));
const began = performance.now();
const seconds = (): string => `${((performance.now() - began) / 1000).toFixed(0).padStart(5)} s  `;
try {
  const { faults, ...figures } = await campaign({
    program,
    directory,
    times: Number(values.times ?? 0),
    devices: Number(values.devices ?? 0),
    seconds: Number(values.seconds ?? 0),
    log: (line) => process.stdout.write(`${seconds()}${line}\n`),
  });
  process.stdout.write(`${seconds()}${JSON.stringify(figures)}\n`);
  for (const fault of faults) process.stdout.write(`FAULT ${fault}\n`);
  process.stdout.write(faults.length === 0 ? `${name}: no fault\n` : `${name}: ${faults.length} faults\n`);
  process.exitCode = faults.length === 0 ? 0 : 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
