import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Metafile } from 'esbuild';
import { bundledPackages } from '../../esbuild.notices.mjs';
import { foreignInputs } from './plugin-inputs.mjs';
import { root, textOf } from './source-files';

describe('the built plugin', () => {
  test('is built', () => {
    expect(existsSync(join(root, 'main.js')) && existsSync(join(root, 'dist/plugin-meta.json'))).toBe(true);
  });

  // To be reached are 350 kB and 110 kB; docs/benchmarks.md says what stands in the way. Until then it does not grow.
  test('is at most 672.5 kB, and 227.8 kB with gzip', () => {
    const text = textOf('main.js');
    expect(Buffer.byteLength(text)).toBeGreaterThan(10_000);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(672_500);
    expect(gzipSync(text, { level: 9 }).length).toBeLessThanOrEqual(227_800);
  });

  test('holds no Node module, no second CodeMirror, no relay', () => {
    expect(foreignInputs(JSON.parse(textOf('dist/plugin-meta.json')) as Metafile)).toEqual([]);
  });

  test('requires only what Obsidian provides', () => {
    const required = [...textOf('main.js').matchAll(/\brequire\(\s*["'`]([^"'`]+)["'`]\s*\)/g)].map((match) => match[1]);
    expect(required).toContain('obsidian');
    expect(required.filter((name) => !/^(obsidian|@codemirror\/(state|view|language|commands|search))$/.test(name ?? ''))).toEqual([]);
  });

  test('holds the licences of the packages in it, and so does dist', () => {
    const packages = bundledPackages(JSON.parse(textOf('dist/plugin-meta.json')) as Metafile);
    expect(packages).toEqual(expect.arrayContaining(['yjs', '@noble/ciphers', 'diff']));
    const licences = textOf('main.js').slice(textOf('main.js').lastIndexOf('/*!'));
    for (const name of packages.filter((one) => one !== 'fractional-indexing')) expect(licences).toMatch(new RegExp(`^${name} \\d.*: Copyright`, 'm'));
    expect(licences.match(/Permission is hereby granted/g)).toHaveLength(1);
    for (const name of [...packages.filter((one) => one !== 'fractional-indexing'), '@codemirror/view']) expect(textOf('dist/THIRD-PARTY-NOTICES.txt')).toMatch(new RegExp(`^${name} \\d.*: Copyright`, 'm'));
  });

  test('the gate sees what may not be there', () => {
    const input = (path: string, imports: { path: string; external: boolean }[] = []) => ({ [path]: { bytes: 1, imports } });
    const metafile = (inputs: object) => ({ inputs, outputs: {} }) as Metafile;
    expect(foreignInputs(metafile(input('node_modules/@codemirror/view/dist/index.js')))).toHaveLength(1);
    expect(foreignInputs(metafile(input('node_modules/ws/index.js')))).toHaveLength(1);
    expect(foreignInputs(metafile(input('src/relay/index.ts')))).toHaveLength(1);
    expect(foreignInputs(metafile(input('src/obsidian/main.ts', [{ path: 'fs', external: true }])))).toHaveLength(1);
    expect(foreignInputs(metafile(input('src/obsidian/main.ts', [{ path: 'obsidian', external: true }])))).toEqual([]);
  });
});
