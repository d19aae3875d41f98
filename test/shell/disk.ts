import type { VaultChange, VaultEntry } from '../../src/cli/try/vault-folder';

/** The vault's directory, over the shell's file server. */
export class Disk {
  private readonly base: string;
  private events: EventSource | null = null;

  constructor(vaultName: string) {
    this.base = `/vault/${encodeURIComponent(vaultName)}/files/`;
  }

  info(): Promise<{ id: string }> {
    return this.call('GET', 'info', {});
  }

  list(): Promise<VaultEntry[]> {
    return this.call('GET', 'list', {});
  }

  /** Texts of all notes, or of one, for the app's own index; not counted as reads. */
  texts(path?: string): Promise<Record<string, string>> {
    return this.call('GET', 'texts', path === undefined ? {} : { path });
  }

  stat(path: string): Promise<VaultEntry | null> {
    return this.call('GET', 'stat', { path });
  }

  /** @throws when the file is not there */
  async read(path: string): Promise<string> {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(await this.readBinary(path));
  }

  async readBinary(path: string): Promise<ArrayBuffer> {
    return (await this.request('GET', 'file', { path })).arrayBuffer();
  }

  write(path: string, data: string | ArrayBuffer): Promise<VaultEntry> {
    return this.call('PUT', 'file', { path }, typeof data === 'string' ? new TextEncoder().encode(data) : data);
  }

  makeFolder(path: string): Promise<VaultEntry> {
    return this.call('POST', 'folder', { path });
  }

  rename(path: string, to: string): Promise<VaultEntry> {
    return this.call('POST', 'rename', { path, to });
  }

  async remove(path: string, recursive: boolean): Promise<void> {
    await this.call('DELETE', 'file', recursive ? { path, recursive: '' } : { path });
  }

  /** Resolves when changes are being heard. */
  onChange(listener: (change: VaultChange) => void): Promise<void> {
    const events = new EventSource(`${this.base}events`);
    this.events = events;
    events.onmessage = (event) => listener(JSON.parse(event.data as string) as VaultChange);
    return new Promise((done) => (events.onopen = () => done()));
  }

  close(): void {
    this.events?.close();
  }

  private async call<T>(method: string, route: string, query: Record<string, string>, body?: BodyInit): Promise<T> {
    return (await (await this.request(method, route, query, body)).json()) as T;
  }

  private async request(method: string, route: string, query: Record<string, string>, body?: BodyInit): Promise<Response> {
    const response = await fetch(`${this.base}${route}?${new URLSearchParams(query).toString()}`, { method, body });
    if (response.status === 204) throw Object.assign(new Error(`ENOENT: there is no ${query['path'] ?? ''}`), { code: 'ENOENT' });
    if (!response.ok) throw Object.assign(new Error(`${response.status}: ${await response.text()}`), { code: 'EIO' });
    return response;
  }
}
