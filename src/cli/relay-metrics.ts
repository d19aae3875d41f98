/** Where Prometheus reads the relay's figures: a port of this computer alone, or the relay's own address with a token. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CliError, systemCode } from './cli-error';

const TYPE = 'text/plain; version=0.0.4; charset=utf-8';
const SHORTEST_TOKEN = 20;
/** Names under which a program on this computer asks. A page that had its own name lead here would use that. */
const OWN_NAME = /^(localhost|127\.0\.0\.1)(:\d+)?$/;

/** @throws CliError when the port can't be had */
export async function serveMetrics(port: number, text: () => Promise<string>): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') return void response.writeHead(404).end();
    if (!OWN_NAME.test(request.headers.host ?? '') || request.headers.origin !== undefined) return void response.writeHead(403).end();
    text().then(
      (body) => response.writeHead(200, { 'Content-Type': TYPE, 'Cache-Control': 'no-store' }).end(body),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new CliError('METRICS_PORT', `Port ${port} can't be had for the metrics (${systemCode(error)}).`, 'Choose another with --metrics-port.', 1, { cause: error })));
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: own } = server.address() as AddressInfo; // listens on TCP
  return {
    url: `http://127.0.0.1:${own}/metrics`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** @throws CliError when the file can't be read, or holds no good token */
export function metricsToken(file: string): string {
  let token: string;
  try {
    token = readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new CliError('METRICS_TOKEN', `${file} can't be read.`, 'Check the path and that this user may read it.', 2, { cause: error });
  }
  if (token.length < SHORTEST_TOKEN || /\s/.test(token)) {
    throw new CliError('METRICS_TOKEN', `${file} holds no token of at least ${SHORTEST_TOKEN} characters.`, `Make one: openssl rand -hex 24 > ${file}`, 2);
  }
  return token;
}
