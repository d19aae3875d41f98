/**
 * What a folder peer keeps about a folder, outside of it (another sync engine would copy it): its keys, settings and device store,
 * in one directory a folder, readable by its owner alone.
 */
import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeCredentials, encodeCredentials } from '../peer';
import type { Credentials } from '../peer';

export interface FolderSettings {
  readonly root: string;
  readonly daily: string;
  readonly tag: string;
  readonly name: string;
  readonly indent: string;
}

export class FolderState {
  private constructor(
    /** Absolute path of the directory. */
    readonly directory: string,
  ) {}

  /** @param root absolute path of the folder @param data directory in which all folders' states are */
  static async of(root: string, data: string): Promise<FolderState> {
    const name = createHash('sha256').update(root).digest('hex').slice(0, 16);
    const directory = join(data, 'folders', name);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await chmod(directory, 0o700);
    return new FolderState(directory);
  }

  get store(): string {
    return join(this.directory, 'device.sqlite');
  }

  /** Where a running peer takes questions from other processes: a socket, or a pipe on Windows. */
  get control(): string {
    return process.platform === 'win32' ? `\\\\.\\pipe\\blockwire-${this.directory.replace(/\W/g, '-')}` : join(this.directory, 'control.sock');
  }

  /** null if this folder has joined no space. @throws PeerError when the keys are damaged */
  async credentials(): Promise<Credentials | null> {
    const text = await readFile(join(this.directory, 'keys'), 'utf8').catch(() => null);
    return text === null ? null : decodeCredentials(text);
  }

  async saveCredentials(credentials: Credentials): Promise<void> {
    await this.write('keys', encodeCredentials(credentials));
  }

  async settings(): Promise<FolderSettings | null> {
    const text = await readFile(join(this.directory, 'settings.json'), 'utf8').catch(() => null);
    return text === null ? null : (JSON.parse(text) as FolderSettings);
  }

  async saveSettings(settings: FolderSettings): Promise<void> {
    await this.write('settings.json', `${JSON.stringify(settings, null, 2)}\n`);
  }

  /** Forgets keys, settings and the store; the folder's notes are not touched. */
  async remove(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }

  private async write(name: string, text: string): Promise<void> {
    const temporary = join(this.directory, `${name}.tmp`);
    await writeFile(temporary, text, { mode: 0o600 });
    await rename(temporary, join(this.directory, name));
  }
}
