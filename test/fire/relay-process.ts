/** The real `blockwire relay` as a process that is killed and started again at the same address, on the same data. */
import { Program } from '../../src/relay/testing/built';
import { freePort } from './free-port';

export class RelayProcess {
  private running: Program | null = null;
  /** Runs it under a limit, see `Program.start`. */
  through: readonly string[] = [];
  /** Exit code and output of the last run, once it has ended. */
  last: { readonly code: number | null; readonly out: string; readonly error: string } = { code: null, out: '', error: '' };

  private constructor(
    private readonly program: string,
    readonly data: string,
    readonly port: number,
  ) {}

  /** @param program path of the built `blockwire` */
  static async start(program: string, data: string): Promise<RelayProcess> {
    const relay = new RelayProcess(program, data, await freePort());
    await relay.start();
    return relay;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.process().child.pid ?? 0;
  }

  /** Runs it; resolves when it listens. @throws Error with its output when it ends instead */
  async start(more: readonly string[] = []): Promise<void> {
    this.running = Program.start(this.program, ['relay', '--port', String(this.port), '--data', this.data, ...more], this.through);
    await this.running.printed(/listens on/, 30_000).catch(async (error: unknown) => {
      await this.end('SIGKILL');
      throw error;
    });
  }

  /** Runs it where it is expected to end by itself. @returns its exit code and what it said */
  async tryStart(): Promise<{ readonly code: number | null; readonly error: string }> {
    this.running = Program.start(this.program, ['relay', '--port', String(this.port), '--data', this.data], this.through);
    return this.ended();
  }

  /** A set-up link for one more space; the relay must have been started with `--new-space` or be new. */
  async link(): Promise<string> {
    const [link] = await this.process().printed(/obsidian:\/\/\S+/, 30_000);
    return link;
  }

  async health(): Promise<{ readonly status: number; readonly body: Record<string, unknown> } | null> {
    try {
      const answer = await fetch(`${this.url}/health`);
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    } catch {
      return null;
    }
  }

  /** Waits until it has ended by itself. */
  async ended(): Promise<{ readonly code: number | null; readonly error: string }> {
    const program = this.process();
    // A signal that does nothing but tell whether it is there would end nothing: wait for the exit.
    const code = await program.exited;
    this.finish(program, code);
    return this.last;
  }

  get log(): string {
    return this.running === null ? this.last.error : this.running.error;
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const { running } = this;
    if (running === null) return;
    this.finish(running, await running.end(signal));
  }

  private finish(program: Program, code: number | null): void {
    this.last = { code, out: program.out, error: program.error };
    this.running = null;
  }

  private process(): Program {
    if (this.running === null) throw new Error(`The relay is not running. ${this.last.error}`);
    return this.running;
  }
}
