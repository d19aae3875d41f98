import type { IncomingMessage, ServerResponse } from 'node:http';
import { OutsideVault } from './vault-folder';
import type { VaultEntry, VaultFolder } from './vault-folder';

const limit = 32 * 1024 * 1024;

/**
 * Serves one vault's files to the page of its shell, below `/files/`:
 * `GET info` (an id of the vault), `GET list`, `GET|PUT|DELETE file?path=`, `GET stat?path=`, `GET texts[?path=]`, `POST folder?path=`, `POST rename?path=&to=`, `GET events` (server-sent).
 * Answers 204 for a file that is not there (browsers log a 404) and 400 for a path outside the vault.
 */
export class VaultServer {
  private readonly streams = new Set<ServerResponse>();
  /** How often each note's content was read, for tests of what is *not* read. */
  readonly reads = new Map<string, number>();

  constructor(private readonly vault: VaultFolder) {}

  /** `route` is what follows `/files/` in the path of the request. */
  async answer(route: string, query: URLSearchParams, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = query.get('path') ?? '';
    try {
      switch (`${request.method} ${route}`) {
        case 'GET info':
          return json(response, { id: await this.vault.identity() });
        case 'GET list':
          return json(response, await this.vault.list());
        case 'GET stat':
          return json(response, await this.vault.stat(path));
        case 'GET file': {
          this.reads.set(path, (this.reads.get(path) ?? 0) + 1);
          const data = await this.vault.read(path);
          response.writeHead(200, { 'content-type': 'application/octet-stream', 'cache-control': 'no-store' }).end(data);
          return;
        }
        case 'PUT file':
          return json(response, await this.vault.write(path, await bodyOf(request)));
        case 'DELETE file':
          await this.vault.remove(path, query.has('recursive'));
          return json(response, null);
        case 'POST folder':
          return json(response, await this.vault.makeFolder(path));
        case 'POST rename':
          return json(response, await this.vault.rename(path, query.get('to') ?? ''));
        case 'GET reads':
          return json(response, Object.fromEntries(this.reads));
        case 'GET texts':
          return json(response, await this.texts(query.get('path')));
        case 'GET events':
          return this.stream(response);
        default:
          response.writeHead(404).end();
      }
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      const status = error instanceof OutsideVault ? 400 : code === 'ENOENT' ? 204 : code === 'ENOTEMPTY' || code === 'EEXIST' ? 409 : 500;
      if (!response.headersSent) response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
      response.end(error instanceof Error ? error.message : String(error));
    }
  }

  /** Ends the open event streams, so that the HTTP server can close. */
  close(): void {
    for (const stream of this.streams) stream.end();
  }

  /** For the shell's own index of tags, as the app has one: no read that a plugin asked for. */
  private async texts(path: string | null): Promise<Record<string, string>> {
    const entries = path === null ? await this.vault.list() : [await this.vault.stat(path)];
    const notes = entries.filter((entry): entry is VaultEntry => entry !== null && entry.type === 'file' && /(^|\/)[^./][^/]*\.md$/.test(entry.path) && !entry.path.startsWith('.'));
    const texts = await Promise.all(notes.map(async (entry) => [entry.path, (await this.vault.read(entry.path)).toString()] as const));
    return Object.fromEntries(texts);
  }

  private stream(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(': open\n\n');
    this.streams.add(response);
    const stop = this.vault.onChange((change) => response.write(`data: ${JSON.stringify(change)}\n\n`));
    response.on('close', () => {
      stop();
      this.streams.delete(response);
    });
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw new Error('The file is larger than the shell takes.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(value));
}
