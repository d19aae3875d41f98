/** Relays whose WebSockets are held by processes of their own, for tests. */
import type { StartOptions } from '../start';
import { bundle } from './built';

let script: string | null = null;

/** Options of a relay with so many of them. Built once a test file. */
export function inProcesses(count = 2): Pick<StartOptions, 'processes'> {
  script ??= bundle('src/relay/processes/socket-process.ts', 'socket-process');
  return { processes: { count, script } };
}
