/** `blockwire relay --webtransport`: where it listens, and with which program. */
import { InvalidArgumentError } from 'commander';
import { findDeno, type StartOptions } from '../relay';
import { CliError } from './cli-error';

const HELP = 'Install it for all programs of this computer with "npm install --global deno", or as https://deno.com says, and start the relay again. Without --webtransport the relay needs nothing more.';

export const WEBTRANSPORT_HELP = `WebTransport is an experiment. It needs Deno (npm install --global deno, about 100 MB), which the relay starts beside itself,
and the UDP port open to your devices: a proxy in front of the relay does not pass it on. Devices use it where its switch is on in Blockwire's settings.
`;

export interface UdpAddress {
  readonly hostname?: string;
  readonly port?: number;
}

/** @param text `port`, `host:port` or `[IPv6]:port` @throws InvalidArgumentError */
export function udpAddress(text: string): UdpAddress {
  const match = /^(?:(\[[\da-f:.]+\]|[^:\s[\]]+):)?(\d{1,5})$/i.exec(text);
  const port = Number(match?.[2]);
  if (match === null || port > 65_535) throw new InvalidArgumentError('Give a port, or an address and a port, e.g. 0.0.0.0:4747.');
  const hostname = match[1]?.replace(/^\[|\]$/g, '');
  return hostname === undefined ? { port } : { hostname, port };
}

/** @param flag true where no address was given @throws CliError where Deno is not found */
export function webTransportOf(flag: UdpAddress | true | undefined, find: () => string | null = () => findDeno()): StartOptions['webTransport'] {
  if (flag === undefined) return undefined;
  const deno = find();
  if (deno === null) throw new CliError('NO_DENO', 'WebTransport needs Deno, which is not installed here.', HELP, 2);
  return { deno, ...(flag === true ? {} : flag) };
}
