/** The built `blockwire` program as a process of its own. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './child';

export interface Program {
  readonly pid: number;
  /** Waits until its output matches. */
  said(pattern: RegExp): Promise<RegExpExecArray>;
  end(): Promise<void>;
}

const PATIENCE = 20_000;

export async function startProgram(args: readonly string[]): Promise<Program> {
  const child = spawn(process.execPath, [join(ROOT, 'dist/blockwire.mjs'), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  if (child.pid === undefined) throw new Error('blockwire did not start.');
  return {
    pid: child.pid,
    async said(pattern) {
      const until = Date.now() + PATIENCE;
      for (;;) {
        const match = pattern.exec(output);
        if (match) return match;
        if (child.exitCode !== null || Date.now() > until) throw new Error(`blockwire did not say ${String(pattern)}:\n${output}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    async end() {
      process.off('exit', kill);
      if (child.exitCode === null) child.kill('SIGKILL');
      await ended;
    },
  };
}
