import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const program = resolve(__dirname, '../../dist/blockwire.mjs');

/** `blockwire relay` as a process of its own, which can be killed and started again on the same port and data. */
export class RelayProcess {
  private child: ChildProcess | null = null;
  private output = '';
  private port = 0;

  constructor(
    private readonly directory: string,
    /** Origins of the pages that may connect. */
    private readonly origins: readonly string[],
    /** Further words of its command line. */
    private readonly more: readonly string[] = [],
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }
  get dataFile(): string {
    return join(this.directory, 'relay.db');
  }

  /** Resolves when it listens. */
  async start(): Promise<void> {
    const args = [program, 'relay', '--port', String(this.port), '--data', this.directory, '--quiet', '--origin', ...this.origins, ...this.more];
    this.output = '';
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    const [, port] = await this.said(/http:\/\/127\.0\.0\.1:(\d+)/);
    this.port = Number(port);
  }

  /** The link that founds the space. */
  async setUpLink(): Promise<string> {
    return (await this.said(/obsidian:\/\/blockwire\?\S+/))[0];
  }

  /** The number of the one process that it has beside it. */
  async childPid(): Promise<number> {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'pid=', '--ppid', String(this.child?.pid)]);
    const [pid, ...more] = stdout.trim().split(/\s+/).map(Number);
    if (pid === undefined || more.length > 0) throw new Error(`The relay has not one process beside it: ${stdout}`);
    return pid;
  }

  /** As a power cut does it. */
  kill9(): Promise<void> {
    return this.end('SIGKILL');
  }
  /** As Ctrl-C does it. */
  stop(): Promise<void> {
    return this.end('SIGINT');
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    this.child = null;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((done) => child.once('exit', done));
    child.kill(signal);
    const limit = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(limit);
  }

  private async said(pattern: RegExp): Promise<RegExpExecArray> {
    const end = Date.now() + 15_000;
    for (;;) {
      const match = pattern.exec(this.output);
      if (match) return match;
      if (Date.now() > end || (this.child && this.child.exitCode !== null)) throw new Error(`The relay did not say ${String(pattern)}:\n${this.output}`);
      await new Promise((done) => setTimeout(done, 20));
    }
  }
}
