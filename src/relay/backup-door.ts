/** How `blockwire relay backup` reaches the process that has the data open: one JSON line there, one back, over a local socket that only the user may open. */
import { chmodSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { LogError, type LogFault } from './log-error';
import type { CopyFacts } from './sqlite/copying';

/** Systems take 104 to 108 bytes, the final zero included. */
const LONGEST_SOCKET = 103;
/** Longest request or answer, in characters. */
const LONGEST = 16_384;

export type BackupAnswer = { readonly ok: true; readonly facts: CopyFacts } | { readonly ok: false; readonly reason: LogFault; readonly message: string; readonly hint: string };

/** @returns null where the path of the data is too long for a socket */
function addressOf(data: string): string | null {
  if (process.platform === 'win32') return `\\\\.\\pipe\\blockwire-relay-${data.replace(/\W/g, '-')}`;
  const address = join(data, 'relay.sock');
  return Buffer.byteLength(address) > LONGEST_SOCKET ? null : address;
}

/**
 * Takes requests for backups until it is closed.
 * @param backUp writes one, to an absolute path
 * @returns what closes it
 */
export async function openBackupDoor(data: string, backUp: (file: string) => Promise<CopyFacts>): Promise<() => Promise<void>> {
  const address = addressOf(data);
  if (address === null) return async () => undefined;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    void readLine(socket)
      .then(async (line) => {
        const { file } = JSON.parse(line) as { file?: unknown };
        const answer: BackupAnswer = typeof file === 'string' ? await backUp(file).then((facts) => ({ ok: true, facts }), refusalOf) : refusalOf(new Error('No file was named.'));
        socket.end(`${JSON.stringify(answer)}\n`);
      })
      .catch(() => socket.destroy());
  });
  if (process.platform !== 'win32') rmSync(address, { force: true }); // left by a crash: the lock of the data proves that nobody else is there
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, resolve);
  });
  if (process.platform !== 'win32') chmodSync(address, 0o600);
  return async () => {
    sockets.forEach((socket) => socket.destroy());
    await new Promise((resolve) => server.close(resolve));
  };
}

/** Asks the relay that runs on this data for a backup; null if none runs. */
export function askForBackup(data: string, file: string): Promise<BackupAnswer | null> {
  const address = addressOf(data);
  if (address === null) return Promise.resolve(null);
  return new Promise((resolve, reject) => {
    const socket = createConnection(address);
    socket.once('connect', () => {
      socket.write(`${JSON.stringify({ file })}\n`);
      readLine(socket).then((line) => resolve(JSON.parse(line) as BackupAnswer), reject);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(null);
      else reject(error);
    });
  });
}

function refusalOf(error: unknown): BackupAnswer {
  const { reason, message, hint } = error instanceof LogError ? error : new LogError('failed', error instanceof Error ? error.message : String(error));
  return { ok: false, reason, message, hint };
}

function readLine(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      text += chunk;
      const end = text.indexOf('\n');
      if (end >= 0) resolve(text.slice(0, end));
      else if (text.length > LONGEST) reject(new Error('A line is too long.'));
    });
    socket.once('close', () => reject(new Error('The relay ended before it answered.')));
  });
}
