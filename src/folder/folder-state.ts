/**
 * What a folder peer keeps about a folder, outside of it (another sync engine would copy it): its keys, settings and device store,
 * in one directory a folder, readable by its owner alone.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeCredentials, encodeCredentials, PeerError } from '../peer';
import type { Credentials } from '../peer';

const SOCKET = 'control.sock';
/** Systems take 104 to 108 bytes, the final zero included. */
const LONGEST_SOCKET = 103;

export interface FolderSettings {
  readonly root: string;
  readonly daily: string;
  readonly tag: string;
  readonly name: string;
  readonly indent: string;
  /** Whether a note that a block needs is made; else the block waits until someone makes it. */
  readonly createNotes?: boolean;
  /** Megabytes (2^20 bytes) of the largest file that comes along with its block; 0: none do. */
  readonly filesLimit?: number;
}

export class FolderState {
  private constructor(
    /** Absolute path of the directory. */
    readonly directory: string,
  ) {}

  /**
   * @param root absolute path of the folder
   * @param data directory in which all folders' states are
   * @throws PeerError when its path is too long
   */
  static of(root: string, data: string): FolderState {
    const name = createHash('sha256').update(root).digest('hex').slice(0, 16);
    const directory = join(data, 'folders', name);
    if (process.platform !== 'win32' && Buffer.byteLength(join(directory, SOCKET)) > LONGEST_SOCKET) {
      throw new PeerError('DATA_PATH', `The path of the data directory, ${data}, is too long for a local socket.`, 'Choose a shorter one with --data. Nothing was changed.');
    }
    return new FolderState(directory);
  }

  /** Whether this folder has joined a space, or tried to. */
  get exists(): boolean {
    return existsSync(this.directory);
  }

  get store(): string {
    return join(this.directory, 'device.sqlite');
  }

  /** Where a running peer takes questions from other processes: a socket, or a pipe on Windows. */
  get control(): string {
    return process.platform === 'win32' ? `\\\\.\\pipe\\blockwire-${this.directory.replace(/\W/g, '-')}` : join(this.directory, SOCKET);
  }

  /** null if this folder has joined no space. @throws PeerError when the keys are damaged */
  async credentials(): Promise<Credentials | null> {
    const text = await this.read('keys');
    return text === null ? null : decodeCredentials(text);
  }

  async saveCredentials(credentials: Credentials): Promise<void> {
    await this.write('keys', encodeCredentials(credentials));
  }

  /** @throws PeerError when the file is damaged */
  async settings(): Promise<FolderSettings | null> {
    const text = await this.read('settings.json');
    if (text === null) return null;
    try {
      return settingsIn(JSON.parse(text));
    } catch {
      throw new PeerError('DAMAGED_SETTINGS', `${join(this.directory, 'settings.json')} is damaged. Your notes and keys are untouched.`, 'Delete that file, and give --daily, --tag and --name again at the next start.');
    }
  }

  async saveSettings(settings: FolderSettings): Promise<void> {
    await this.write('settings.json', `${JSON.stringify(settings, null, 2)}\n`);
  }

  /** Forgets keys, settings and the store; the folder's notes are not touched. */
  async remove(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }

  private async read(name: string): Promise<string | null> {
    return readFile(join(this.directory, name), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
  }

  private async write(name: string, text: string): Promise<void> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    await chmod(this.directory, 0o700);
    const temporary = join(this.directory, `${name}.tmp`);
    await writeFile(temporary, text, { mode: 0o600 });
    await rename(temporary, join(this.directory, name));
  }
}

/** @throws Error on another shape */
function settingsIn(value: unknown): FolderSettings {
  const { root, daily, tag, name, indent, createNotes = false, filesLimit } = value as Record<string, unknown>;
  if (typeof root !== 'string' || typeof daily !== 'string' || typeof tag !== 'string' || typeof name !== 'string' || typeof indent !== 'string' || typeof createNotes !== 'boolean') {
    throw new Error('shape');
  }
  if (filesLimit !== undefined && (typeof filesLimit !== 'number' || !(filesLimit >= 0))) throw new Error('shape');
  return { root, daily, tag, name, indent, createNotes, ...(filesLimit !== undefined && { filesLimit }) };
}
