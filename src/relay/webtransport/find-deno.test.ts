import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { findDeno } from './find-deno';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'blockwire-deno-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('the program on PATH is found where the package is not installed, and only what can be started', () => {
  const name = process.platform === 'win32' ? 'deno.exe' : 'deno';
  const file = join(directory, name);
  const environment = { PATH: ['', join(directory, 'none'), directory].join(delimiter) };
  expect(findDeno(environment, () => [])).toBeNull();
  writeFileSync(file, '');
  chmodSync(file, 0o755);
  expect(findDeno(environment, () => [])).toBe(file);
  expect(findDeno(environment, () => [join(directory, 'gone')])).toBe(file);
  expect(findDeno({ PATH: '' }, () => [])).toBeNull();
});
