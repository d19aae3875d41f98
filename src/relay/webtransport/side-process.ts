/** The process that ends QUIC for the relay: started, told its certificates, asked whether it is there, started again when it ends, and ended with the relay. PROTOCOL.md [P107]. */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Journal } from '../journal';

export interface SideProcessOptions {
  /** Deno's file. */
  readonly deno: string;
  readonly hostname: string;
  /** UDP; 0 = any free one. */
  readonly port: number;
  /** Where it takes streams to, on this computer. */
  readonly relayPort: number;
  /** That it shows there. */
  readonly secret: string;
  /** PEM, as they are now. */
  readonly certificate: () => { readonly cert: string; readonly key: string };
  /** Takes sessions from now on at this UDP port; null: it does not any more. */
  readonly onListening: (port: number | null) => void;
  readonly journal: Journal;
  /** Pauses before it is started again, ms: doubled up to the second. */
  readonly pauses?: { readonly first: number; readonly most: number };
  /** It is asked so often whether it is there, ms. */
  readonly askEvery?: number;
}

const PAUSES = { first: 1_000, most: 60_000 };
/** Whoever lived for so long is started again after the first pause, ms. */
const STEADY = 60_000;
const ASK_EVERY = 2_000;
/** Questions without an answer; then it hangs. */
const UNANSWERED = 3;
/** For it to listen, ms. */
const START_TIME = 30_000;
/** For it to end by itself, ms. */
const END_TIME = 2_000;
/** Beside the bundle, as beside this file. */
const SCRIPT = fileURLToPath(new URL('./quic-end.mjs', import.meta.url));

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

export class SideProcess {
  private child: Child | null = null;
  private retry: NodeJS.Timeout | null = null;
  private pause: number;
  private unanswered = 0;
  private isStopping = false;

  constructor(private readonly options: SideProcessOptions) {
    this.pause = this.pauses.first;
  }

  start(): void {
    const { deno, hostname, port, relayPort, secret } = this.options;
    const startedAt = performance.now();
    // It may talk to the relay and listen, and nothing else: no file, no variable, no other host.
    const permissions = [`--allow-net=127.0.0.1:${relayPort},${hostname.includes(':') ? `[${hostname}]` : hostname}${port === 0 ? '' : `:${port}`}`, '--no-prompt'];
    const child: Child = spawn(deno, ['run', '--unstable-net', '--no-config', '--no-lock', '--no-remote', '--no-npm', ...permissions, SCRIPT], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' },
    });
    this.child = child;
    let last = '';
    child.stdin.on('error', () => undefined); // its end tells more
    createInterface({ input: child.stderr }).on('line', (line) => (last ||= line));
    const hangs = (why: string): void => {
      last = why;
      child.kill('SIGKILL');
    };
    let watch = setTimeout(() => hangs('it does not listen'), START_TIME);
    createInterface({ input: child.stdout }).on('line', (line) => {
      const { listening, failed } = told(line);
      last = failed ?? last;
      // Whatever it says, it is there.
      this.unanswered = 0;
      if (listening === undefined || this.child !== child) return;
      clearTimeout(watch);
      // Counted in questions, not in time: a computer that was asleep has not asked, either.
      watch = setInterval(() => {
        if (this.unanswered++ < UNANSWERED) this.say({ ask: 1 });
        else hangs('it does not answer');
      }, this.options.askEvery ?? ASK_EVERY);
      watch.unref();
      this.options.journal('webtransport.listening', { port: listening });
      this.options.onListening(listening);
    });
    const ended = (why: string): void => {
      clearTimeout(watch);
      if (this.child !== child) return;
      this.child = null;
      if (this.isStopping) return;
      this.options.onListening(null);
      if (performance.now() - startedAt > STEADY) this.pause = this.pauses.first;
      this.options.journal('webtransport.ended', { why: last || why, again: this.pause });
      this.retry = setTimeout(() => this.start(), this.pause);
      this.retry.unref();
      this.pause = Math.min(2 * this.pause, this.pauses.most);
    };
    child.once('error', (error) => ended(error.message));
    child.once('close', (code, signal) => ended(signal ?? `exit code ${code}`));
    this.say({ secret, relayPort, hostname, port, ...this.options.certificate() });
  }

  /** The certificate has changed. */
  renew(): void {
    this.say(this.options.certificate());
  }

  /** Resolves when it has ended. */
  async stop(): Promise<void> {
    this.isStopping = true;
    if (this.retry !== null) clearTimeout(this.retry);
    const { child } = this;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => child.kill('SIGKILL'), END_TIME);
      child.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
      child.stdin.end();
    });
  }

  /** Its number in the system, for tests. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  private get pauses(): { readonly first: number; readonly most: number } {
    return this.options.pauses ?? PAUSES;
  }

  private say(message: Readonly<Record<string, string | number>>): void {
    this.child?.stdin.write(`${JSON.stringify(message)}\n`);
  }
}

function told(line: string): { readonly listening?: number; readonly failed?: string } {
  try {
    return JSON.parse(line) as { listening?: number; failed?: string };
  } catch {
    return {}; // Deno's own words
  }
}
