// `npm test`: every check of the project, one after the other, and one last line that sums them.
// `npm test -- unit browser` runs the named steps alone.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findChromium } from './browser/chromium.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const scratch = mkdtempSync(join(tmpdir(), 'blockwire-test-'));
const bin = (name) => join(root, 'node_modules', name);
/** Of what failed before a test passed, lines that are printed. */
const WHY_LINES = 20;
const total = { passed: 0, failed: 0, skipped: 0 };

/** Steps by name, in order. Each adds to the totals and prints what failed. */
const steps = {
  lint: () => check('lint', [bin('eslint/bin/eslint.js'), '.', '--max-warnings', '0'], 180),
  types: () => check('types', [bin('typescript/bin/tsc'), '--noEmit', '-p', '.'], 180),
  build: () => check('build', ['esbuild.config.mjs'], 120),
  unit: () => jest('unit', ['--testPathIgnorePatterns', '/node_modules/', '/test/browser/', '/test/gates/', '--maxWorkers', '2'], 900),
  gates: () => jest('gates', ['test/gates', '--testPathIgnorePatterns', '/node_modules/', 'examples.test'], 120),
  examples: () => jest('examples', ['test/gates/examples'], 180),
  browser,
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in steps));
if (unknown.length > 0) {
  console.error(`No step is named ${unknown.join(', ')}. Steps: ${Object.keys(steps).join(', ')}.`);
  process.exit(2);
}

const children = new Set();
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    for (const child of children) endGroup(child);
    rmSync(scratch, { recursive: true, force: true });
    process.exit(130);
  });
}

for (const [name, step] of Object.entries(steps)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const began = performance.now();
  const before = { ...total };
  await step();
  const counts = Object.keys(total).map((key) => [total[key] - before[key], key]).filter(([count]) => count > 0);
  console.log(`${name.padEnd(9)} ${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${counts.map((pair) => pair.join(' ')).join(', ') || 'nothing to do'}`);
}
rmSync(scratch, { recursive: true, force: true });
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
process.exitCode = total.failed > 0 ? 1 : 0;

/** Runs Node with these arguments in a process group of its own, for at most so many seconds. */
function node(args, seconds, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    children.add(child);
    let output = '';
    let late = false;
    const limit = setTimeout(() => {
      late = true;
      endGroup(child);
    }, seconds * 1000);
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => (output += error.stack));
    child.on('close', (code) => {
      clearTimeout(limit);
      children.delete(child);
      resolve({ code: late ? 1 : code, output: late ? `${output}\nended after ${seconds} s` : output });
    });
  });
}

function endGroup(child) {
  try {
    if (child.pid) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The group is gone already.
  }
}

/** A step that passes or fails as a whole. */
async function check(name, args, seconds) {
  const { code, output } = await node(args, seconds);
  if (code === 0) total.passed++;
  else {
    total.failed++;
    printFailure(name, output.trim());
  }
}

async function jest(name, args, seconds, env = {}) {
  const report = join(scratch, `${name}.json`);
  const { code, output } = await node(
    [bin('jest/bin/jest.js'), ...args, '--json', '--outputFile', report, '--silent', '--passWithNoTests'],
    seconds,
    { FORCE_COLOR: '0', ...env },
  );
  if (!existsSync(report)) {
    total.failed++;
    printFailure(name, output.trim());
    return;
  }
  const results = JSON.parse(readFileSync(report, 'utf8'));
  total.passed += results.numPassedTests;
  total.failed += results.numFailedTests + results.numRuntimeErrorTestSuites;
  total.skipped += results.numPendingTests + results.numTodoTests;
  for (const file of results.testResults)
    for (const { fullName, status, invocations, retryMessages } of file.assertionResults)
      if (status === 'passed' && invocations > 1) {
        console.log(`tried again, ${invocations - 1} x: ${relative(root, file.name)}: ${fullName}`);
        for (const message of retryMessages) console.log(message.trim().split('\n').slice(0, WHY_LINES).map((line) => `  ${line}`).join('\n'));
      }
  for (const file of results.testResults) if (file.status === 'failed') printFailure(`${name}: ${relative(root, file.name)}`, file.message.trim());
  // A server or timer that a test left behind keeps Jest from ending; the step's limit ended it then.
  if (code !== 0 && (results.success || output.includes('\nended after '))) {
    total.failed++;
    printFailure(name, output.trim());
  }
}

async function browser() {
  const found = findChromium({ install: true, log: (line) => console.log(line) });
  if (found.path) return jest('browser', ['-c', 'test/browser/jest.config.mjs'], 600, { BLOCKWIRE_CHROMIUM: found.path });
  console.log(`browser tests not run: ${found.missing}`);
  const { stdout } = spawnSync(process.execPath, [bin('jest/bin/jest.js'), '-c', 'test/browser/jest.config.mjs', '--listTests'], { cwd: root, encoding: 'utf8' });
  const files = stdout.split('\n').filter(Boolean).length;
  // Where every change is checked, a browser that is missing must not look like a pass.
  if (process.env['CI']) total.failed += files;
  else total.skipped += files;
}

function printFailure(title, text) {
  const lines = text.split('\n');
  const shown = lines.length > 200 ? [...lines.slice(0, 120), `… ${lines.length - 200} lines left out …`, ...lines.slice(-80)] : lines;
  console.log(`\n✗ ${title}\n${shown.map((line) => `  ${line}`).join('\n')}\n`);
}
