/** What is wrong with a relay's data, for whoever typed the command. */
import type { LogError } from '../relay';
import { CliError } from './cli-error';

export function dataError(error: LogError): CliError {
  return new CliError(`DATA_${error.reason.toUpperCase().replace(/-/g, '_')}`, error.message, error.hint, 1, { cause: error });
}
