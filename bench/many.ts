/** More idle devices than one process may have files: a relay whose WebSockets are in further processes behind its port. */
import { build } from './build';
import { withDirectory } from './child';
import { crowd, type CrowdOptions } from './crowd';
import { median, quantile, type Figure, type Settings } from './figure';

type Size = Omit<CrowdOptions, 'log'>;

const SIZES: readonly Size[] = [
  { devices: 10_000, processes: 2, clients: 2 },
  { devices: 70_000, processes: 4, clients: 4, atOnce: 150 },
];
const QUICK_SIZES: readonly Size[] = [{ devices: 2_000, processes: 2, clients: 2 }];

export async function many({ quick, log }: Settings): Promise<Figure[]> {
  await build();
  const figures: Figure[] = [];
  for (const size of quick ? QUICK_SIZES : SIZES) figures.push(...(await figuresOf(size, log)));
  return figures;
}

async function figuresOf(size: Size, log: Settings['log']): Promise<Figure[]> {
  const { devices, processes } = size;
  const { empty, full, cpu, words, back, refused, putOff } = await withDirectory((data) => crowd(data, { ...size, log }));
  const thousands = devices / 1_000;
  const row = (what: string, unit: string, measured: number, than: number): Figure => ({ what, unit, measured, baseline: null, limit: { of: 'value', at: 'most', than } });
  return [
    row(`${devices.toLocaleString('en-US')} idle devices, WebSockets in ${processes} processes: RSS a device over the empty relay, all processes`, 'kB', (full - empty) / devices, 12),
    row('the same: CPU of all processes while idle', '% of a core', 100 * cpu, thousands),
    row("the same: presence from a device to another, p50", 'ms', median(words), 5),
    row('the same: p99', 'ms', quantile(words, 0.99), 50),
    row('the same: until all are back, relay killed and started again', 's', back, Math.max(30, 2 * thousands)),
    row('the same: sessions refused meanwhile', '', refused.length, 0),
    // More than get through before they give up come again, each once or twice.
    row('the same: times that a device was told to come again later', '', putOff, devices > 10_000 ? 2 * devices : 0),
  ];
}
