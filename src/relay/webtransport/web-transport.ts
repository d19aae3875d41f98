/**
 * WebTransport for a relay, an experiment: certificates, a process that ends QUIC, a port where it brings the streams, and what devices are told
 * of it. The relay does without it as soon as any of these fails. PROTOCOL.md [P100]-[P105].
 */
import { lookup } from 'node:dns/promises';
import { SILENT, type Journal } from '../journal';
import type { Relay } from '../relay';
import { CertificateFile } from './certificate-file';
import { Certificates, makeCertificate, type CertificateClock } from './certificates';
import { SideDoor } from './side-door';
import { SideProcess, type SideProcessOptions } from './side-process';

export interface WebTransportOptions extends Pick<SideProcessOptions, 'deno' | 'hostname' | 'port' | 'pauses' | 'askEvery'> {
  /** An existing directory where certificates are kept, with their keys; without it a restart needs new ones, of which devices are told by WebSocket. */
  readonly directory?: string;
  /** For tests. */
  readonly clock?: CertificateClock;
}

export interface WebTransportEnd {
  /** Of the process, while it runs. */
  readonly pid: number | undefined;
  /** Resolves when the process has ended. */
  stop(): Promise<void>;
}

const systemClock: CertificateClock = {
  now: () => Date.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Starts it; the first offer comes when the process listens. @returns null when no certificate can be made or no port had on this computer, which the journal tells */
export async function openWebTransport(relay: Relay, options: WebTransportOptions, journal: Journal = SILENT): Promise<WebTransportEnd | null> {
  try {
    return await open(relay, options, journal);
  } catch (error) {
    journal('webtransport.failed', { error: String(error) });
    return null;
  }
}

async function open(relay: Relay, options: WebTransportOptions, journal: Journal): Promise<WebTransportEnd> {
  const { deno, port, pauses, askEvery, directory } = options;
  relay.offers.post(null);
  // Deno's leave is for an address.
  const { address: hostname } = await lookup(options.hostname);
  let listening: number | null = null;
  const post = (): void => relay.offers.post(listening === null ? null : { port: listening, hashes: certificates.hashes });
  const turned = (error: Error | null): void => {
    journal('webtransport.certificate', error === null ? {} : { error: error.message });
    if (error !== null) return;
    process.renew();
    post();
  };
  const certificates = new Certificates(makeCertificate, options.clock ?? systemClock, turned, directory === undefined ? undefined : new CertificateFile(directory));
  await certificates.start();
  const door = new SideDoor((socket, address) => relay.streams.take(socket, address));
  const relayPort = await door.open();
  const process = new SideProcess({
    deno,
    hostname,
    port,
    pauses,
    askEvery,
    relayPort,
    secret: door.secret,
    certificate: () => ({ cert: certificates.current.cert, key: certificates.current.key }),
    onListening: (udp) => {
      listening = udp;
      post();
    },
    journal,
  });
  process.start();
  return {
    get pid() {
      return process.pid;
    },
    async stop() {
      certificates.stop();
      door.close();
      await process.stop();
    },
  };
}
