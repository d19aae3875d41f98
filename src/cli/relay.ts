/** `blockwire relay`: starts a relay and shows the link that founds a space with it. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { version } from '../../package.json';
import { isLoopback, isLoopbackHost } from '../protocol';
import { LogError, openLocalDoor, SocketProcessError, startRelay, type RunningRelay, type StartOptions } from '../relay';
import { CliError, systemCode } from './cli-error';
import { dataError } from './data-error';
import { defaultDataDirectory } from './data-directory';
import { checkAddress, publicAddress, serveWithTailscale, tailscaleAddress } from './relay-address';
import { defineRelayBackup } from './relay-backup';
import { addressBanner, linkBanner, TLS_HELP } from './relay-banner';
import { journalOf, LOG_FORMATS, type LogFormat } from './relay-log';
import { metricsToken, serveMetrics } from './relay-metrics';
import { udpAddress, WEBTRANSPORT_HELP, webTransportOf, type UdpAddress } from './relay-webtransport';
import { sizeOf } from './size';
import type { Terminal } from './terminal';

const DEFAULT_PORT = 4747;
/** With 20,000 files each they hold more than a million devices, more than one log serves. */
const MOST_PROCESSES = 64;
/** Pauses between two tries of a public address that does not lead here yet, in ms: doubled up to the second. */
const RETRY = { first: 2_000, most: 60_000 };

interface RelayFlags {
  readonly host: string;
  readonly port: number;
  readonly data?: string;
  readonly publicUrl?: string;
  readonly tailscale?: boolean;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly behindProxy?: boolean;
  readonly origin?: readonly string[];
  readonly newSpace?: boolean;
  readonly quiet?: boolean;
  readonly log: LogFormat;
  readonly metricsPort?: number;
  readonly metricsTokenFile?: string;
  readonly filesQuota?: number;
  readonly webtransport?: UdpAddress | true;
  readonly processes?: number;
}

export function defineRelay(program: Command, terminal: Terminal): void {
  const relay = program.command('relay');
  relay
    .summary('run the server that connects your devices')
    .description('Run the relay that connects your devices. It stores and passes on sealed entries that it cannot read.')
    .option('--host <address>', 'address to listen on; beyond this computer only with TLS or --behind-proxy', '127.0.0.1')
    .option('--port <number>', 'port to listen on; 0 takes any free one', portOf, DEFAULT_PORT)
    .option('--data <directory>', `where to keep its data (default: ${defaultDataDirectory(terminal.environment)})`)
    .option('--public-url <url>', 'address under which devices reach it, path included, e.g. https://relay.example.org')
    .option('--tailscale', "use this computer's https address in its tailnet")
    .option('--tls-cert <file>', 'certificate (PEM), with --tls-key')
    .option('--tls-key <file>', 'private key of the certificate (PEM)')
    .option('--behind-proxy', 'a proxy in front of it does TLS')
    .option('--origin <origin...>', 'web origins that may connect beside Obsidian')
    .option('--files-quota <size>', 'room for the files of one space, e.g. 500M or 20G; 0 keeps none (default: 5G)', sizeOf)
    .option('--webtransport [address]', "experimental: offer WebTransport, too; it listens on UDP at the relay's own address and port, or at this one", udpAddress)
    .option('--processes <number>', 'hold the WebSockets in so many processes beside this one, for more devices than one process may have files', processesOf)
    .option('--new-space', 'show a set-up link for a further space')
    .option('--quiet', 'no log lines')
    .addOption(new Option('--log <format>', 'how to write the log').choices(LOG_FORMATS).default('lines'))
    .option('--metrics-port <number>', 'port of this computer alone for /metrics (Prometheus); 0 takes any free one', portOf)
    .option('--metrics-token-file <file>', 'file with the token that /metrics on the relay’s own address asks for')
    .addHelpText('after', `\n${TLS_HELP}\n${WEBTRANSPORT_HELP}`)
    .action((flags: RelayFlags) => runRelay(flags, terminal));
  defineRelayBackup(relay, terminal);
}

async function runRelay(flags: RelayFlags, terminal: Terminal): Promise<void> {
  const plan = planOf(flags);
  const data = resolve(flags.data ?? defaultDataDirectory(terminal.environment));
  let failure: LogError | null = null;
  let wake = (): void => undefined;
  const failed = new Promise<void>((resolveFailed) => {
    wake = resolveFailed;
  });
  const onFailure = (error: LogError): void => {
    failure = error;
    wake();
  };
  const token = flags.metricsTokenFile === undefined ? undefined : metricsToken(flags.metricsTokenFile);
  const journal = flags.quiet === true ? undefined : await journalOf(flags.log, (line) => terminal.error(line));
  const limits = flags.filesQuota === undefined ? {} : { filesBytes: flags.filesQuota };
  const running = await start({ ...plan, data, limits, onFailure, journal, metricsToken: token });
  const ending = new AbortController();
  let closeDoor = async (): Promise<void> => undefined;
  let metrics: Awaited<ReturnType<typeof serveMetrics>> | null = null;
  try {
    closeDoor = await openLocalDoor(data, { backUp: (file) => running.relay.backUp(file), watch: (listener) => running.relay.watch(listener) });
    if (flags.metricsPort !== undefined) metrics = await serveMetrics(flags.metricsPort, running.relay.metrics);
    terminal.out(addressBanner({ version, url: running.url, isLocal: isLoopbackHost(flags.host), file: join(data, 'relay.db'), processes: flags.processes ?? null, metrics: metrics?.url ?? null }));
    const announced = announce(running, flags, terminal, ending.signal);
    await Promise.race([terminal.interrupted, failed, announced.then(never, unlessOfData)]);
    if (needsSomeone(failure)) {
      const { code, message, hint } = faultOf(failure);
      terminal.error(`blockwire: ${code}: ${message}\n  ${hint}\n  Until it is stopped, the relay tells devices what is wrong.\n`);
      await terminal.interrupted;
    }
  } finally {
    ending.abort();
    await closeDoor();
    await metrics?.close();
    await running.stop();
  }
  // It may fail as late as in its end.
  if (failure !== null) throw faultOf(failure);
  terminal.out('\nThe relay has stopped. All it acknowledged is on the disk.\n');
}

/** Started again, the relay would find the same: it stays, so that devices and /health can say what is wrong. After any other fault a new start may help. */
function needsSomeone(failure: LogError | null): failure is LogError {
  return failure !== null && ['read-only', 'corrupt', 'gone'].includes(failure.reason);
}

/** A fault of the data comes by `onFailure`, too, and better told. */
function unlessOfData(error: unknown): Promise<never> {
  if (error instanceof LogError) return never();
  throw error;
}

/** A write that failed is no fault of the data: what the disk holds is known to a process that opens it anew. */
function faultOf(failure: LogError): CliError {
  return failure.reason === 'failed' ? new CliError('DISK_FAILED', failure.message, failure.hint, 1, { cause: failure }) : dataError(failure);
}

/** Shows the set-up link, with a public address only once that leads here. */
async function announce(running: RunningRelay, flags: RelayFlags, terminal: Terminal, ended: AbortSignal): Promise<void> {
  const { relay, port } = running;
  let address = running.url;
  if (flags.tailscale === true) address = await tailscaleAddress(terminal);
  else if (flags.publicUrl !== undefined) address = publicAddress(flags.publicUrl);
  if (address !== running.url) {
    let problem = await checkAddress(address, (nonce) => relay.proofOf(nonce));
    if (problem !== null && flags.tailscale === true) {
      await serveWithTailscale(terminal, port);
      terminal.out(`Told Tailscale to pass ${address} on to this relay. To undo it: tailscale serve reset\n\n`);
      problem = await checkAddress(address, (nonce) => relay.proofOf(nonce));
    }
    for (let pause = RETRY.first; problem !== null && !ended.aborted; pause = Math.min(2 * pause, RETRY.most)) {
      terminal.error(`blockwire: ${problem.code}: ${problem.message}\n  ${problem.hint}\n  The relay is running; trying again in ${pause / 1_000} s.\n`);
      await sleep(pause, ended);
      problem = await checkAddress(address, (nonce) => relay.proofOf(nonce));
    }
    if (ended.aborted) return;
  }
  const link = await relay.setupLink(address, flags.newSpace === true);
  const spaces = (await relay.spaces()).length;
  terminal.out(linkBanner({ link, address, spaces, isLocal: isLoopback(address), isTty: terminal.isTty }));
}

/** What to start, or why not. @throws CliError with status 2 */
function planOf(flags: RelayFlags): Pick<StartOptions, 'host' | 'port' | 'tls' | 'path' | 'origins' | 'behindProxy' | 'webTransport' | 'processes'> {
  const { host, port } = flags;
  if ((flags.tlsCert === undefined) !== (flags.tlsKey === undefined)) {
    throw new CliError('TLS_FILES', 'A certificate and its key go together.', 'Give both --tls-cert and --tls-key.', 2);
  }
  if (flags.publicUrl !== undefined && flags.tailscale === true) {
    throw new CliError('TWO_ADDRESSES', 'A relay has one public address.', 'Give either --public-url or --tailscale.', 2);
  }
  const address = flags.publicUrl === undefined ? null : publicAddress(flags.publicUrl);
  const isOpen = !isLoopbackHost(host);
  const hasTls = flags.tlsCert !== undefined;
  if (isOpen && !hasTls && flags.behindProxy !== true) {
    throw new CliError('PLAIN_TEXT', `Blockwire does not listen on ${host} without TLS: phones refuse it, and sessions could be stolen.`, TLS_HELP, 2);
  }
  if (isOpen && address === null && flags.tailscale !== true) {
    throw new CliError('PUBLIC_URL', 'Devices need to be told an address.', 'Add --public-url with the https address that leads to this relay.', 2);
  }
  if (flags.processes !== undefined && hasTls) {
    throw new CliError('PROCESSES_TLS', 'What comes with TLS can be held by one process only.', 'Let a proxy on this computer do TLS, as without --processes: see Caddy below.\n  ' + TLS_HELP, 2);
  }
  const prefix = address === null ? '' : new URL(address).pathname.replace(/\/+$/, '');
  return {
    host,
    port,
    // Some proxies take the prefix away and some pass it on.
    path: prefix === '' ? '' : ['', prefix],
    origins: flags.origin,
    webTransport: webTransportOf(flags.webtransport),
    ...(flags.processes === undefined ? {} : { processes: { count: flags.processes } }),
    behindProxy: flags.behindProxy ?? (!isOpen && !hasTls && (address !== null || flags.tailscale === true)),
    ...(flags.tlsCert !== undefined && flags.tlsKey !== undefined ? { tls: { cert: pem(flags.tlsCert), key: pem(flags.tlsKey) } } : {}),
  };
}

/** @throws CliError in words for every way in which a start can fail */
async function start(options: StartOptions): Promise<RunningRelay> {
  const { host = '127.0.0.1', port } = options;
  try {
    return await startRelay(options);
  } catch (error) {
    if (error instanceof LogError) throw dataError(error);
    if (error instanceof SocketProcessError) {
      throw new CliError('PROCESSES', error.message, 'Nothing was started. Look at what it said above, or ask for fewer with --processes.', 1, { cause: error });
    }
    const code = systemCode(error);
    if (code === 'EADDRINUSE') {
      throw new CliError('PORT_IN_USE', `Port ${port} on ${host} is taken, perhaps by another relay.`, 'Stop that program, or choose another port with --port.', 1, { cause: error });
    }
    if (code === 'EACCES') throw new CliError('PORT_FORBIDDEN', `This user may not listen on port ${port}.`, 'Choose a port above 1023 with --port.', 1, { cause: error });
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
      throw new CliError('HOST', `This computer does not have the address ${host}.`, 'Leave out --host, or give an address that this computer has.', 1, { cause: error });
    }
    if (/PEM|ASN1|OSSL|X509/i.test(code)) {
      throw new CliError('TLS_FILES', `The certificate and key can't be used (${code}).`, 'Both must be PEM files, and belong together.', 1, { cause: error });
    }
    throw error;
  }
}

function pem(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new CliError('TLS_FILES', `${file} can't be read.`, 'Check the path and that this user may read it.', 2, { cause: error });
  }
}

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  return port;
}

function processesOf(text: string): number {
  const count = Number(text);
  if (!/^\d{1,2}$/.test(text) || count < 1 || count > MOST_PROCESSES) throw new InvalidArgumentError(`Give a number from 1 to ${MOST_PROCESSES}.`);
  return count;
}

function sleep(ms: number, ended: AbortSignal): Promise<void> {
  return new Promise((resolveSleep) => {
    if (ended.aborted) return resolveSleep();
    const timer = setTimeout(resolveSleep, ms);
    ended.addEventListener('abort', () => {
      clearTimeout(timer);
      resolveSleep();
    });
  });
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
