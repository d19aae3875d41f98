/** How `blockwire relay backup` and `blockwire inspect` reach the process that has the data open: one JSON line there, one or more back, over a local socket that only the user may open. */
import { chmodSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { WatchedFrame, WatchListener } from './frame-watch';
import { LogError, type LogFault } from './log-error';
import type { CopyFacts } from './sqlite/copying';

/** Systems take 104 to 108 bytes, the final zero included. */
const LONGEST_SOCKET = 103;
/** Longest request or answer, in characters. */
const LONGEST = 16_384;
/** Bytes that may wait for someone who looks on; frames beyond are left out, and counted. */
const WAITING = 1024 * 1024;

export type BackupAnswer = { readonly ok: true; readonly facts: CopyFacts } | { readonly ok: false; readonly reason: LogFault; readonly message: string; readonly hint: string };

/** @returns null where the path of the data is too long for a socket */
function addressOf(data: string): string | null {
  if (process.platform === 'win32') return `\\\\.\\pipe\\blockwire-relay-${data.replace(/\W/g, '-')}`;
  const address = join(data, 'relay.sock');
  return Buffer.byteLength(address) > LONGEST_SOCKET ? null : address;
}

export interface LocalRequests {
  /** Writes a backup, to an absolute path. */
  readonly backUp: (file: string) => Promise<CopyFacts>;
  /** Tells of frames until what it returns is called. @throws Error when too many look on */
  readonly watch: (listener: WatchListener) => () => void;
}

/** Takes requests until it is closed. @returns what closes it */
export async function openLocalDoor(data: string, { backUp, watch }: LocalRequests): Promise<() => Promise<void>> {
  const address = addressOf(data);
  if (address === null) return async () => undefined;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    void readLine(socket)
      .then(async (line) => {
        const { file, watch: isWatching } = JSON.parse(line) as { file?: unknown; watch?: unknown };
        if (isWatching === true) return showFrames(socket, watch);
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

/**
 * Shows the frames of the relay that runs on this data, from now on.
 * @param onLine a frame, or how many were left out because they were not taken in time; false ends it
 * @param ended ends it, too
 * @returns how it ended; null if no relay runs
 */
export async function watchFrames(data: string, onLine: (line: WatchedFrame | { readonly dropped: number }) => boolean, ended: Promise<void>): Promise<'done' | 'gone' | null> {
  const address = addressOf(data);
  if (address === null) return null;
  const socket = createConnection(address);
  const isOpen = await new Promise<boolean>((resolve, reject) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' || error.code === 'ECONNREFUSED' ? resolve(false) : reject(error)));
  });
  if (!isOpen) return null;
  return new Promise((resolve, reject) => {
    let text = '';
    const finish = (outcome: 'done' | 'gone'): void => {
      resolve(outcome);
      socket.destroy();
    };
    const take = (line: string): void => {
      const answer = JSON.parse(line) as WatchedFrame | { dropped: number } | { message: string };
      if ('message' in answer) throw new Error(answer.message);
      if (!onLine(answer)) finish('done');
    };
    socket.on('error', () => socket.destroy()).once('close', () => finish('gone'));
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (text + chunk).split('\n');
      text = lines.pop() ?? '';
      try {
        for (const line of lines) if (!socket.destroyed) take(line);
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
        socket.destroy();
      }
    });
    void ended.then(() => finish('done'));
    socket.write(`${JSON.stringify({ watch: true })}\n`);
  });
}

function showFrames(socket: Socket, watch: LocalRequests['watch']): void {
  let dropped = 0;
  const write = (value: unknown): void => void socket.write(`${JSON.stringify(value)}\n`);
  try {
    const stop = watch((frame) => {
      if (socket.writableLength > WAITING) {
        dropped++;
        return;
      }
      if (dropped > 0) write({ dropped });
      dropped = 0;
      write(frame);
    });
    socket.once('close', stop);
    if (socket.destroyed) stop();
  } catch (error) {
    socket.end(`${JSON.stringify({ message: messageOf(error) })}\n`);
  }
}

function refusalOf(error: unknown): BackupAnswer {
  const { reason, message, hint } = error instanceof LogError ? error : new LogError('failed', messageOf(error));
  return { ok: false, reason, message, hint };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
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
