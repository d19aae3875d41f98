/** Where a command runs: its streams, its end, other programs. Tests give their own. */
import { execFile } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface Terminal {
  out(text: string): void;
  error(text: string): void;
  /** Whether `out` goes to a person's screen. */
  readonly isTty: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The next line of standard input, without its end; null when there is no more. */
  nextLine(): Promise<string | null>;
  /** Resolves when the user or the system asks the program to end. */
  readonly interrupted: Promise<void>;
  /** Runs another program to its end. `status` null: there is no such program, or it was cut off. */
  run(program: string, args: readonly string[]): Promise<{ readonly status: number | null; readonly out: string; readonly error: string }>;
}

const PROGRAM_TIME = 15_000;

/** The process this runs in. Ctrl-C and SIGTERM end it in order; a second one ends it at once. */
export function processTerminal(): Terminal {
  let interrupted: Promise<void> | null = null;
  let lines: AsyncIterator<string> | null = null;
  return {
    out: (text) => void process.stdout.write(text),
    error: (text) => void process.stderr.write(text),
    isTty: process.stdout.isTTY === true,
    environment: process.env,
    nextLine: () => (lines ??= createInterface({ input: process.stdin, crlfDelay: Infinity })[Symbol.asyncIterator]()).next().then(({ value, done }) => (done === true ? null : String(value))),
    // Listening takes the signals' default away, so only commands that wait for them do it.
    get interrupted() {
      return (interrupted ??= new Promise<void>((resolve) => {
        let count = 0;
        const onSignal = (signal: NodeJS.Signals): void => {
          if (count++ > 0) process.exit(signal === 'SIGINT' ? 130 : 143);
          resolve();
        };
        process.on('SIGINT', onSignal);
        process.on('SIGTERM', onSignal);
      }));
    },
    run: (program, args) =>
      new Promise((resolve) => {
        execFile(program, [...args], { timeout: PROGRAM_TIME, encoding: 'utf8' }, (error, out, errorText) => {
          const status = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
          resolve({ status, out, error: errorText });
        });
      }),
  };
}
