/** `blockwire try`: two sample vaults side by side in a browser page, joined through a real relay on this computer. */
import { existsSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InvalidArgumentError, type Command } from 'commander';
import { LogError } from '../relay';
import { CliError } from './cli-error';
import { dataError } from './data-error';
import { defaultDataDirectory } from './data-directory';
import type { Terminal } from './terminal';
import { Demo } from './try/demo';
import { demoRoute } from './try/demo-route';
import { serveShell } from './try/shell-server';

const DEFAULT_PORT = 4848;

export interface TryOptions {
  readonly port: number;
  readonly data: string;
  /** The package: `main.js`, `manifest.json`, `styles.css` and `dist/` are below it. */
  readonly root: string;
}

export function defineTry(program: Command, terminal: Terminal): void {
  // The bundle is dist/blockwire.mjs.
  const root = fileURLToPath(new URL('..', import.meta.url));
  const isCheckout = existsSync(join(root, 'esbuild.config.mjs'));
  const data = isCheckout ? join(root, '.try') : join(defaultDataDirectory(terminal.environment), 'try');
  program
    .command('try')
    .summary('try Blockwire in the browser, with two sample vaults')
    .description('Serve a page with two sample vaults side by side, joined through a real relay on this computer. Nothing leaves it.')
    .option('--port <number>', 'port of the page; 0 takes any free one', portOf, DEFAULT_PORT)
    .option('--data <directory>', `where to keep the sample vaults and the relay's data (default: ${data})`)
    .action(async (flags: { readonly port: number; readonly data?: string }) => {
      const page = await startTry({ port: flags.port, data: resolve(flags.data ?? data), root });
      terminal.out(`Try Blockwire at  ${page.url}\n\n  relay   ${page.relayUrl}  (this computer only)\n  data    ${page.data}\n\nStop with Ctrl-C.\n`);
      try {
        await terminal.interrupted;
      } finally {
        await page.stop();
      }
      terminal.out('\nStopped. The next start goes on with the same vaults.\n');
    });
}

export interface RunningTry {
  readonly url: string;
  readonly relayUrl: string;
  readonly data: string;
  stop(): Promise<void>;
}

/** @throws CliError in words for every way in which a start can fail */
export async function startTry({ port, data, root }: TryOptions): Promise<RunningTry> {
  const dist = join(root, 'dist');
  for (const file of [join(root, 'main.js'), join(dist, 'shell/shell.js'), join(dist, 'try/page.js')])
    if (!existsSync(file)) throw new CliError('NOT_BUILT', `This package lacks ${file}.`, 'Run "npm run build" first.');
  const demo = new Demo({ data, built: root, samples: join(dist, 'samples'), relayPort: port === 0 ? 0 : port + 1, today: () => new Date() });
  await demo.prepare();
  let answer: (url: URL, request: IncomingMessage, response: ServerResponse) => Promise<boolean> = () => Promise.resolve(false);
  const server = await serveShell({ dist, vaults: demo.vaultDirectories, port, home: 'try', route: (...request) => answer(...request) }).catch((error: unknown) => {
    throw startError(error, `Port ${port} is taken, perhaps by another "blockwire try".`);
  });
  answer = demoRoute(demo);
  try {
    await demo.start(server.url);
  } catch (error) {
    await server.close();
    throw startError(error, `The demo's relay needs ${demo.relayUrl}, and that port is taken, perhaps by another "blockwire try".`);
  }
  return {
    url: server.url,
    relayUrl: demo.relayUrl,
    data,
    async stop() {
      await server.close();
      await demo.stop();
    },
  };
}

function startError(error: unknown, portTaken: string): unknown {
  if (error instanceof LogError) return dataError(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'EADDRINUSE') return new CliError('PORT_IN_USE', portTaken, 'Stop that program, or choose another port with --port and another directory with --data.', 1, { cause: error });
  if (code === 'EACCES') return new CliError('PORT_FORBIDDEN', 'This user may not listen on that port.', 'Choose a port above 1023 with --port.', 1, { cause: error });
  return error;
}

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_534) throw new InvalidArgumentError('A port is a number from 0 to 65534.');
  return port;
}
