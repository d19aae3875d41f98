/** Processes that the bench starts: servers and drivers, each called over IPC and ended by its id. */
import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const ROOT = process.env['BENCH_ROOT'] ?? process.cwd();
/** Longest wait for an answer, ms. */
const PATIENCE = 600_000;

const running = new Set<Child>();

export class Child {
  private readonly waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  private asked = 0;
  private readonly gone: Promise<void>;

  private constructor(
    private readonly process: ChildProcess,
    private readonly name: string,
  ) {
    this.gone = new Promise((resolve) => process.once('exit', () => resolve()));
    process.on('message', (message: { id: number; value?: unknown; error?: string }) => {
      const waiter = this.waiting.get(message.id);
      this.waiting.delete(message.id);
      if (message.error === undefined) waiter?.resolve(message.value);
      else waiter?.reject(new Error(`${name}: ${message.error}`));
    });
    process.once('exit', (code, signal) => {
      for (const { reject } of this.waiting.values()) reject(new Error(`${name} ended with ${signal ?? code}.`));
      running.delete(this);
    });
  }

  /** @param file of servers/ or drivers/; what is TypeScript has been built to dist/bench */
  static async start(file: string): Promise<Child> {
    const path = file.endsWith('.mjs') ? join(ROOT, 'bench', file) : join(ROOT, 'dist/bench', `${file}.mjs`);
    const process = fork(path, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], serialization: 'advanced' });
    const child = new Child(process, file);
    running.add(child);
    await new Promise<void>((resolve, reject) => {
      process.once('message', () => resolve());
      process.once('exit', () => reject(new Error(`${file} did not start.`)));
    });
    return child;
  }

  ask<T>(method: string, argument: object = {}): Promise<T> {
    const id = ++this.asked;
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${this.name} did not answer ${method}.`)), PATIENCE);
      const settle = <V>(done: (value: V) => void) => (value: V) => {
        clearTimeout(timer);
        done(value);
      };
      this.waiting.set(id, { resolve: settle(resolve as (value: unknown) => void), reject: settle(reject) });
      this.process.send({ id, method, argument });
    });
  }

  usage(): Promise<{ cpu: number; rss: number }> {
    return this.ask('usage');
  }

  /** Ends it by its id, without giving it time for anything. */
  async kill(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) this.process.kill('SIGKILL');
    await this.gone;
  }
}

/** What is still running when the bench ends, for whatever reason. */
export async function endAll(): Promise<void> {
  await Promise.all([...running].map((child) => child.kill()));
}

/** A directory that is gone afterwards. */
export async function withDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'blockwire-bench-'));
  try {
    return await work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
