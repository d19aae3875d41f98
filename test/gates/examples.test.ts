import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { transform } from 'esbuild';
import { filesBelow, root, textOf } from './source-files';

/**
 * Runs the Markdown examples whose fence says so: ```sh run and ```ts run. A shell example runs in an empty folder where
 * `blockwire` and `npx blockwire` are the built program; a TypeScript one inside the package, so that it can import `blockwire/relay`.
 */
const fence = /^( *)```(sh|ts) run\n([\s\S]*?)^\1```/gm;
const examples = [...['README.md'], ...filesBelow('docs', ['.md']), ...filesBelow('src', ['.md'])]
  .filter((path, i, all) => all.indexOf(path) === i)
  .flatMap((path) => {
    const text = textOf(path);
    return [...text.matchAll(fence)].map((match) => ({
      name: `${path}:${text.slice(0, match.index).split('\n').length}`,
      language: match[2] ?? '',
      code: match[3] ?? '',
    }));
  });

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'blockwire-examples-'));
  mkdirSync(join(scratch, 'bin'));
  for (const [name, line] of [
    ['blockwire', `exec "${process.execPath}" "${join(root, 'dist/blockwire.mjs')}" "$@"`],
    ['npx', '[ "$1" = blockwire ] || { echo "examples may only npx blockwire" >&2; exit 2; }; shift; exec blockwire "$@"'],
  ] as const) {
    writeFileSync(join(scratch, 'bin', name), `#!/bin/sh\n${line}\n`);
    chmodSync(join(scratch, 'bin', name), 0o755);
  }
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Runs a program in a process group of its own, and ends whatever it leaves behind. */
function run(command: string, args: string[], cwd: string): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, HOME: scratch, PATH: `${join(scratch, 'bin')}${delimiter}${process.env['PATH'] ?? ''}` },
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const endGroup = () => {
      try {
        if (child.pid) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // Nothing of the group is left.
      }
    };
    const limit = setTimeout(endGroup, 45_000);
    child.on('error', reject);
    child.on('exit', (code) => {
      clearTimeout(limit);
      endGroup();
      resolve({ code, output });
    });
  });
}

describe('examples in the documentation', () => {
  test('the README has some', () => {
    expect(examples.filter(({ name }) => name.startsWith('README.md')).length).toBeGreaterThan(0);
  });

  test.each(examples)('$name runs ($language)', async ({ name, language, code }) => {
    const folder = mkdtempSync(join(scratch, 'run-'));
    if (language === 'sh') {
      const { code: status, output } = await run('bash', ['-euo', 'pipefail', '-c', code], folder);
      expect({ status, output }).toEqual({ status: 0, output: expect.any(String) });
      return;
    }
    const { code: script } = await transform(code, { loader: 'ts', format: 'esm' });
    const file = join(root, 'dist', `example-${name.replace(/\W+/g, '-')}.mjs`);
    writeFileSync(file, script);
    try {
      const { code: status, output } = await run(process.execPath, [file], folder);
      expect({ status, output }).toEqual({ status: 0, output: expect.any(String) });
    } finally {
      rmSync(file);
    }
  }, 60_000);
});
