/** What a phone has to download and parse. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from './build';
import { ROOT } from './child';
import type { Figure } from './figure';

export async function size(): Promise<Figure[]> {
  await build();
  const file = join(ROOT, 'main.js');
  if (!existsSync(file)) throw new Error('main.js was not built.');
  const bytes = readFileSync(file);
  const figure = (what: string, length: number, kilobytes: number): Figure => ({ what, unit: 'kB', measured: length / 1000, baseline: null, limit: { of: 'value', at: 'most', than: kilobytes } });
  return [figure('main.js, minified', bytes.length, 350), figure('main.js, gzip', gzipSync(bytes, { level: 9 }).length, 110)];
}
