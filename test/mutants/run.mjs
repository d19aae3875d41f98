// `node test/mutants/run.mjs [word ...]`: takes one guard out at a time, in a copy of the project, and tells which tests notice.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MUTANTS } from './mutants.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const words = process.argv.slice(2);
const chosen = MUTANTS.filter(({ name }) => words.every((word) => name.includes(word)));
/** One suite may take so long, ms. */
const PATIENCE = 240_000;

const copy = mkdtempSync(join(tmpdir(), 'blockwire-mutants-'));
for (const each of ['src', 'test', 'samples', 'package.json', 'jest.config.mjs', 'tsconfig.json', 'manifest.json', 'README.md']) cpSync(join(root, each), join(copy, each), { recursive: true });
symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));

let caught = 0;
const rows = [];
try {
  for (const mutant of chosen) {
    const originals = new Map();
    for (const { file, find, replace } of mutant.edits) {
      const path = join(copy, file);
      const text = readFileSync(path, 'utf8');
      if (!originals.has(path)) originals.set(path, text);
      const at = text.indexOf(find);
      if (at < 0 || text.indexOf(find, at + 1) >= 0) throw new Error(`${mutant.name}: what it takes out does not stand once in ${file}.`);
      writeFileSync(path, text.slice(0, at) + replace + text.slice(at + find.length));
    }
    let by = null;
    for (const suite of mutant.tests) {
      const { status } = spawnSync(process.execPath, [join(root, 'node_modules/jest/bin/jest.js'), suite, '--bail', '--silent', '--passWithNoTests', '--forceExit'], { cwd: copy, stdio: 'ignore', timeout: PATIENCE, killSignal: 'SIGKILL' });
      if (status !== 0) {
        by = suite;
        break;
      }
    }
    for (const [path, text] of originals) writeFileSync(path, text);
    if (by !== null) caught++;
    rows.push(`| ${mutant.name} | ${by === null ? 'SURVIVES' : `\`${by}\``} |`);
    console.log(rows.at(-1));
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
console.log(`${caught} of ${chosen.length} mutants caught`);
process.exitCode = caught < chosen.length ? 1 : 0;
