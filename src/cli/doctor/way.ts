/** One way to the relay: its address on the wire, chosen once, so that every hop is tried over the same one. */
import type { LookupAddress } from 'node:dns';
import { lookup as lookupAll } from 'node:dns/promises';
import { connect, isIP, type LookupFunction } from 'node:net';
import { systemCode } from '../cli-error';
import type { FoundAddress, TcpFacts } from '../../doctor';

export interface Way {
  /** As `parseRelayUrl` gives it. */
  readonly relay: string;
  readonly address: FoundAddress;
  /** PEM of an authority to trust beside the public ones. */
  readonly ca?: string | undefined;
  /** For each answer, in ms. */
  readonly patience: number;
}

/** Every address of a name; the one of a literal. @param resolve for tests; the system's by default */
export async function addressesOf(relay: string, resolve: (name: string) => Promise<readonly LookupAddress[]> = allOf): Promise<{ found: readonly FoundAddress[]; failure: string | null }> {
  const name = hostnameOf(relay);
  const family = isIP(name);
  if (family === 4 || family === 6) return { found: [{ address: name, family }], failure: null };
  try {
    const found = (await resolve(name)).map(({ address, family }): FoundAddress => ({ address, family: family === 6 ? 6 : 4 }));
    return { found, failure: null };
  } catch (error) {
    return { found: [], failure: systemCode(error) || 'unknown' };
  }
}

/** Tries a TCP connection to each, all at once. */
export function tryPorts(relay: string, found: readonly FoundAddress[], patience: number): Promise<TcpFacts[]> {
  return Promise.all(found.map(async (each) => ({ ...each, failure: await tryPort(each.address, portOf(relay), patience) })));
}

/** @returns null when it connected, else the system's code */
export function tryPort(host: string, port: number, patience: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const done = (failure: string | null): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(failure);
    };
    const timer = setTimeout(() => done('ETIMEDOUT'), patience);
    socket.once('connect', () => done(null)).on('error', (error) => done(systemCode(error) || 'unknown'));
  });
}

/** A `lookup` that finds the way's own address, whatever is asked for. */
export function pinned({ address: { address, family } }: Way): LookupFunction {
  return (_name, options, done) => {
    if (options.all === true) done(null, [{ address, family }]);
    else done(null, address, family);
  };
}

export function hostnameOf(relay: string): string {
  return new URL(relay).hostname.replace(/^\[|\]$/g, '');
}

export function portOf(relay: string): number {
  const { port, protocol } = new URL(relay);
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}

function allOf(name: string): Promise<readonly LookupAddress[]> {
  return lookupAll(name, { all: true, verbatim: true });
}
