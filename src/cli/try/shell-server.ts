import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, resolve, sep } from 'node:path';
import { VaultFolder } from './vault-folder';
import { VaultServer } from './vault-server';

export interface ShellServerOptions {
  /** Folder with the built pages (`dist`): `shell/`, and whatever `pages` name. */
  readonly dist: string;
  /** Vault name -> directory. */
  readonly vaults: Readonly<Record<string, string>>;
  /** 0 takes any free port. */
  readonly port: number;
  /** Further routes, asked first; true when it has answered. */
  readonly route?: (url: URL, request: IncomingMessage, response: ServerResponse) => Promise<boolean>;
  /** Folder of `dist` that `/` leads to. */
  readonly home?: string;
}

export interface ShellServer {
  /** Without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Address of a vault's window. */
  vaultUrl(name: string, query?: Readonly<Record<string, string>>): string;
  reads(name: string): ReadonlyMap<string, number>;
  close(): Promise<void>;
}

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/**
 * Serves vault shells on loopback: `/vault/<name>/` is a vault's window, `/vault/<name>/files/…` its files, `/shell/…` the shell itself.
 * Only pages that it served itself may talk to it: another site in the same browser could otherwise read the vaults.
 * @throws NodeJS.ErrnoException `EADDRINUSE` when the port is taken
 */
export async function serveShell(options: ShellServerOptions): Promise<ShellServer> {
  const folders = Object.entries(options.vaults).map(([name, directory]) => [name, new VaultFolder(directory)] as const);
  const vaults = new Map(folders.map(([name, folder]) => [name, new VaultServer(folder)]));
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' });
      response.end(error instanceof Error ? error.message : String(error));
    });
  });
  const port = await listen(server, options.port);
  const own = new Set([`127.0.0.1:${port}`, `localhost:${port}`]);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { host, origin } = request.headers;
    if (!host || !own.has(host) || (origin && !own.has(origin.replace(/^http:\/\//, '')))) {
      response.writeHead(403, { 'content-type': 'text/plain' }).end('This page is for this computer only.');
      return;
    }
    const url = new URL(request.url ?? '/', `http://${host}`);
    if (await options.route?.(url, request, response)) return;
    const [, name, rest] = /^\/vault\/([^/]+)\/(.*)$/.exec(url.pathname) ?? [];
    if (name !== undefined && rest !== undefined) {
      const vault = vaults.get(decodeURIComponent(name));
      if (!vault) response.writeHead(404).end('There is no such vault.');
      else if (rest.startsWith('files/')) await vault.answer(rest.slice('files/'.length), url.searchParams, request, response);
      else await file(response, 'shell/index.html');
      return;
    }
    await file(response, url.pathname === '/' ? `${options.home ?? 'shell'}/index.html` : decodeURIComponent(url.pathname.slice(1)));
  }

  async function file(response: ServerResponse, path: string): Promise<void> {
    const root = resolve(options.dist);
    const full = resolve(join(root, path));
    const type = contentTypes[extname(full)];
    const data = type && full.startsWith(root + sep) ? await readFile(full).catch(() => null) : null;
    if (!data || !type) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(data);
  }

  try {
    await Promise.all(folders.map(([, folder]) => folder.watch()));
  } catch (error) {
    server.close();
    throw error;
  }
  const base = `http://127.0.0.1:${port}`;
  return {
    url: base,
    port,
    vaultUrl: (name, query = {}) => `${base}/vault/${encodeURIComponent(name)}/?${new URLSearchParams(query).toString()}`,
    reads: (name) => vaults.get(name)?.reads ?? new Map(),
    async close() {
      for (const vault of vaults.values()) vault.close();
      await Promise.all(folders.map(([, folder]) => folder.close()));
      await new Promise<void>((done) => {
        server.close(() => done());
        server.closeAllConnections();
      });
    },
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((done, failed) => {
    server.once('error', failed);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', failed);
      done((server.address() as AddressInfo).port);
    });
  });
}
