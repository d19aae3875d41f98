/** Bundles a program of this package for tests that run it as a process of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

const ROOT = join(__dirname, '../../..');

/** @returns path of the bundle; it lies in the tree, so that its packages are found */
export function bundle(entry: string, name: string, alias: Record<string, string> = {}): string {
  const directory = join(ROOT, 'node_modules/.cache/blockwire-tests', String(process.pid));
  mkdirSync(directory, { recursive: true });
  const outfile = join(directory, `${name}.mjs`);
  buildSync({
    absWorkingDir: ROOT,
    entryPoints: [join(ROOT, entry)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    // Packages by name stay outside, relative imports and aliases go in.
    external: ['better-sqlite3', 'ws', 'commander', 'uqr', 'express', 'fastify', 'pino', 'prom-client', '@peculiar/x509'],
    alias,
    logLevel: 'error',
  });
  return outfile;
}

export class Program {
  out = '';
  error = '';
  readonly exited: Promise<number | null>;
  private listeners: (() => void)[] = [];

  private constructor(readonly child: ChildProcess) {
    child.stdout?.on('data', (chunk: Buffer) => this.heard(() => (this.out += chunk.toString())));
    child.stderr?.on('data', (chunk: Buffer) => this.heard(() => (this.error += chunk.toString())));
    this.exited = once(child, 'exit').then(([code]) => {
      this.heard(() => undefined);
      return code as number | null;
    });
  }

  /** @param through a program and arguments that run what comes after them in their own place, as `setpriv` does */
  static start(file: string, args: readonly string[], through: readonly string[] = []): Program {
    const [program = process.execPath, ...rest] = [...through, process.execPath, file, ...args];
    return new Program(spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe'] }));
  }

  /** Waits for a match in what the program printed. */
  async printed(pattern: RegExp, ms = 10_000): Promise<RegExpMatchArray> {
    const deadline = Date.now() + ms;
    for (;;) {
      const match = pattern.exec(this.out);
      if (match !== null) return match;
      const left = deadline - Date.now();
      if (left <= 0 || this.child.exitCode !== null) throw new Error(`Never printed ${pattern}: ${this.out}${this.error}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.listeners.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  /** @returns the exit code, null when a signal ended it */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill(signal);
    return this.exited;
  }

  private heard(take: () => void): void {
    take();
    const { listeners } = this;
    this.listeners = [];
    for (const each of listeners) each();
  }
}
