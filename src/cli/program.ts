/** Runs one command line and gives its exit status: 0 done, 1 failed, 2 the command line is wrong, 3 something waits for a decision. */
import { Command, CommanderError } from 'commander';
import { version } from '../../package.json';
import { CliError } from './cli-error';
import { COMMANDS, type DefineCommand } from './commands';
import type { Terminal } from './terminal';

const USAGE = 2;

/** @param args without the program's own name */
export async function runCommandLine(args: readonly string[], terminal: Terminal, commands: readonly DefineCommand[] = COMMANDS): Promise<number> {
  const program = new Command('blockwire');
  program
    .description('Keep tagged outline blocks the same, keystroke by keystroke, on every device.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .showHelpAfterError('Run it with --help to see what it takes.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text),
      writeErr: (text) => terminal.error(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'blockwire: USAGE: ')),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  for (const define of commands) define(program, terminal);
  try {
    if (args.length === 0) {
      terminal.error(program.helpInformation());
      return USAGE;
    }
    await program.parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    return statusOf(error, terminal);
  }
}

function statusOf(error: unknown, terminal: Terminal): number {
  if (error instanceof CommanderError) {
    // Help and version come as errors with status 0; a wrong command line has been explained already.
    return error.exitCode === 0 ? 0 : USAGE;
  }
  if (error instanceof CliError) {
    terminal.error(`blockwire: ${error.code}: ${error.message}\n${indent(error.hint)}`);
    return error.status;
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  terminal.error(`blockwire: UNEXPECTED: Something went wrong that Blockwire did not foresee.\n${indent(`Please report it with these lines:\n${detail}`)}`);
  return 1;
}

function indent(text: string): string {
  return text === '' ? '' : `${text.replace(/^(?=.)/gm, '  ')}\n`;
}
