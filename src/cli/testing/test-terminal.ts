/** A terminal that a test types into and reads. */
import { runCommandLine } from '../program';
import type { Terminal } from '../terminal';

export class TestTerminal implements Terminal {
  text = '';
  errors = '';
  isTty = false;
  readonly environment: Readonly<Record<string, string | undefined>>;
  interrupt: () => void = () => undefined;
  readonly interrupted = new Promise<void>((resolve) => (this.interrupt = resolve));

  /** @param data directory in which Blockwire keeps its data by default @param lines of standard input; then it ends */
  constructor(
    data: string,
    private readonly lines: string[] = [],
  ) {
    this.environment = { XDG_DATA_HOME: data, LOCALAPPDATA: data };
  }

  async nextLine(): Promise<string | null> {
    return this.lines.shift() ?? null;
  }
  out(text: string): void {
    this.text += text;
  }
  error(text: string): void {
    this.errors += text;
  }
  async run(): Promise<{ status: number | null; out: string; error: string }> {
    return { status: null, out: '', error: '' };
  }

  /** Waits until something was printed, for at most ten seconds. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    for (const deadline = Date.now() + 10_000; Date.now() < deadline; ) {
      const match = pattern.exec(this.text + this.errors);
      if (match) return match;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error(`Never printed ${pattern}:\n${this.text}${this.errors}`);
  }
}

export interface Outcome {
  readonly status: number;
  readonly text: string;
  readonly errors: string;
}

/** Runs a command line to its end. */
export async function runToEnd(data: string, args: readonly string[], lines: readonly string[] = []): Promise<Outcome> {
  const terminal = new TestTerminal(data, [...lines]);
  const status = await runCommandLine(args, terminal);
  return { status, text: terminal.text, errors: terminal.errors };
}
