/** Under which address devices reach a relay, and whether it truly leads to it. */
import { randomBytes } from 'node:crypto';
import { isLoopback, parseRelayUrl, ProtocolError } from '../protocol';
import { CliError, systemCode } from './cli-error';
import type { Terminal } from './terminal';

const FETCH_TIME = 10_000;

/** @returns the address in its one form @throws CliError unless devices can use it */
export function publicAddress(text: string): string {
  let address: string;
  try {
    address = parseRelayUrl(text);
  } catch (error) {
    if (error instanceof ProtocolError) throw new CliError('PUBLIC_URL', error.message, 'Example: --public-url https://relay.example.org', 2);
    throw error;
  }
  if (address.startsWith('http:') && !isLoopback(address)) {
    throw new CliError('PUBLIC_URL', 'Devices trust a public address only with TLS.', 'Use an address that starts with https://. Caddy gets a certificate by itself; so does Tailscale.', 2);
  }
  return address;
}

/** Why an address does not lead here. */
export interface AddressProblem {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/**
 * Fetches {address}/health with a random nonce.
 * @param proofOf what this very relay answers to a nonce
 * @returns null when the answer came from it, else what is wrong
 */
export async function checkAddress(address: string, proofOf: (nonce: string) => string, fetchTime: number = FETCH_TIME): Promise<AddressProblem | null> {
  const nonce = randomBytes(16).toString('base64url');
  let response: Response;
  let body: string;
  try {
    response = await fetch(`${address}/health?nonce=${nonce}`, { redirect: 'manual', signal: AbortSignal.timeout(fetchTime) });
    body = await response.text();
  } catch (error) {
    return unreachable(address, error);
  }
  if (proofIn(body) === proofOf(nonce)) return null;
  const { host } = new URL(address);
  if (proofIn(body) !== null) {
    return { code: 'OTHER_RELAY', message: `${address} leads to another Blockwire relay.`, hint: 'Stop that one, or let the proxy pass this address on to this relay.' };
  }
  if (response.status >= 300 && response.status < 400) {
    return { code: 'REDIRECTED', message: `${address} redirects to another address.`, hint: 'Give the address that it redirects to, or let the proxy answer without a redirect.' };
  }
  if ([502, 503, 504].includes(response.status)) {
    return { code: 'PROXY_NO_RELAY', message: `${host} answers, but its proxy can't reach this relay (${response.status}).`, hint: 'Check the address and port that the proxy passes requests on to.' };
  }
  return {
    code: 'NOT_THE_RELAY',
    message: `${address}/health was answered with ${response.status}, and not by this relay.`,
    hint: 'Let the proxy pass this address, and all below it, on to this relay.',
  };
}

function proofIn(body: string): string | null {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && 'proof' in value && typeof value.proof === 'string' ? value.proof : null;
  } catch {
    return null;
  }
}

function unreachable(address: string, error: unknown): AddressProblem {
  // What `fetch` throws says only that it failed; the reason is in its cause.
  const { cause, name } = error as { cause?: unknown; name?: unknown };
  const code = systemCode(cause);
  const { hostname, host } = new URL(address);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return { code: 'NO_SUCH_NAME', message: `No computer has the name ${hostname}.`, hint: 'Check the spelling, and that its DNS record exists. A new record can take some minutes.' };
  }
  if (/CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO/.test(code)) {
    return {
      code: 'CERTIFICATE',
      message: `The certificate of ${host} is not trusted (${code}).`,
      hint: 'Phones would refuse it too. Use a certificate from a public authority: Caddy and Tailscale get one by themselves.',
    };
  }
  if (name === 'TimeoutError') {
    return { code: 'NO_ANSWER', message: `${host} did not answer in time.`, hint: 'Check the firewall, and that the port is passed on to the proxy or to this relay.' };
  }
  return { code: 'UNREACHABLE', message: `${host} can't be reached${code === '' ? '' : ` (${code})`}.`, hint: 'Check that the proxy is running and that the firewall lets the port through.' };
}

/** This computer's https address in its tailnet. @throws CliError */
export async function tailscaleAddress(terminal: Terminal): Promise<string> {
  const { status, out } = await terminal.run('tailscale', ['status', '--json']);
  if (status === null) {
    throw new CliError('NO_TAILSCALE', 'The program `tailscale` was not found.', 'Install Tailscale from https://tailscale.com/download and sign in, or use --public-url.');
  }
  const name = dnsNameIn(out);
  if (status !== 0 || name === null) {
    throw new CliError('NO_TAILSCALE', 'Tailscale is not connected, or has no name for this computer.', 'Run `tailscale up`, and turn on MagicDNS and HTTPS certificates in the admin console.');
  }
  return `https://${name}`;
}

/** Lets Tailscale pass its https address on to a local port, unless it serves something already. @throws CliError */
export async function serveWithTailscale(terminal: Terminal, port: number): Promise<void> {
  const command = `tailscale serve --bg http://127.0.0.1:${port}`;
  const { out: served } = await terminal.run('tailscale', ['serve', 'status', '--json']);
  if (served.trim() !== '' && served.trim() !== '{}') {
    throw new CliError('TAILSCALE_IN_USE', 'Tailscale serves something else already on this computer.', `Nothing was changed. If the relay may take its place: tailscale serve reset && ${command}`);
  }
  const { status, error } = await terminal.run('tailscale', ['serve', '--bg', `http://127.0.0.1:${port}`]);
  if (status !== 0) {
    throw new CliError('TAILSCALE_SERVE', `Tailscale did not take the relay's port${error.trim() === '' ? '' : `: ${error.trim().split('\n')[0] ?? ''}`}.`, `Run it by hand to see what it asks for: ${command}`);
  }
}

function dnsNameIn(json: string): string | null {
  try {
    const value = JSON.parse(json) as { Self?: { DNSName?: unknown } } | null;
    const name = value?.Self?.DNSName;
    return typeof name === 'string' && /^[\w-]+(\.[\w-]+)+\.?$/.test(name) ? name.replace(/\.$/, '') : null;
  } catch {
    return null;
  }
}
