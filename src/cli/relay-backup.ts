/** `blockwire relay backup` and `blockwire relay restore`. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { askForBackup, backUp, LogError, putInPlace, RelayDatabase, type CopyFacts } from '../relay';
import { CliError } from './cli-error';
import { dataError } from './data-error';
import { defaultDataDirectory } from './data-directory';
import type { Terminal } from './terminal';

/** Adds both to `relay`, whose `--data` they share. */
export function defineRelayBackup(relay: Command, terminal: Terminal): void {
  const dataOf = (command: Command): string => resolve(command.optsWithGlobals<{ data?: string }>().data ?? defaultDataDirectory(terminal.environment));
  const about = `\n--data <directory>  where the relay keeps its data (default: ${defaultDataDirectory(terminal.environment)})\n`;
  relay
    .command('backup <file>')
    .summary('copy the data of a relay, while it runs')
    .description('Copy the data of a relay to a file, whether it runs or not. The file must not exist.')
    .addHelpText('after', about)
    .action(async (file: string, _flags: unknown, command: Command) => {
      const facts = await inWords(() => takeBackup(dataOf(command), resolve(file)));
      terminal.out(`Backed up ${describe(facts)} to ${resolve(file)}\n`);
    });
  relay
    .command('restore <file>')
    .summary('put a backup in the place of a relay’s data')
    .description('Put a backup in the place of the data of a relay that is stopped. What was there is kept beside it.')
    .addHelpText('after', about)
    .action(async (file: string, _flags: unknown, command: Command) => {
      if (!existsSync(file)) throw new CliError('NO_BACKUP', `There is no file ${file}.`, 'Give the path of a file that "blockwire relay backup" wrote.', 2);
      const stamp = new Date().toISOString().replace(/[:.]/g, '-');
      const { kept, facts } = await inWords(() => putInPlace(resolve(file), join(dataOf(command), 'relay.db'), stamp));
      terminal.out(`Restored ${describe(facts)}.\n${kept === null ? '' : `What was there before is in ${kept}\n`}Start the relay: devices send again what the backup lacks.\n`);
    });
}

async function takeBackup(data: string, file: string): Promise<CopyFacts> {
  const source = join(data, 'relay.db');
  if (!existsSync(source)) throw new CliError('NO_DATA', `No relay has its data in ${data}.`, 'Name its directory with --data.', 2);
  const answer = await askForBackup(data, file);
  if (answer !== null && !answer.ok) throw new LogError(answer.reason, answer.message, { hint: answer.hint });
  if (answer !== null) return answer.facts;
  const database = new RelayDatabase({ file: source });
  try {
    return await backUp(database, file);
  } finally {
    database.close();
  }
}

async function inWords<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof LogError) throw dataError(error);
    throw error;
  }
}

function describe({ spaces, entries, files, bytes }: CopyFacts): string {
  const kept = files === 0 ? '' : `, ${files} ${files === 1 ? 'file' : 'files'}`;
  return `${spaces} ${spaces === 1 ? 'space' : 'spaces'}, ${entries} ${entries === 1 ? 'entry' : 'entries'}${kept}, ${(bytes / 1_000_000).toFixed(1)} MB`;
}
