/**
 * How `blockwire status`, `pending`, `accept`, `restore`, `deleted`, `restore-block`, `history`, `restore-version`, `copies`, `write-back`, `verify` and `export` reach the process that has a folder's store open: one JSON line there,
 * one back, over a local socket that only the user may open.
 */
import { chmod, rm } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import type { BlockStatus, BlockVersion, DeviceStatus, FileStatus, Loss, NoteCopy, Question, TrashedBlock, Verified } from '../peer';

export type ControlRequest =
  | { readonly type: 'status' }
  | { readonly type: 'pending' }
  | { readonly type: 'answer'; readonly question: string; readonly answer: string }
  | { readonly type: 'deleted' }
  | { readonly type: 'restore-block'; readonly blockId: string }
  | { readonly type: 'history'; readonly blockId: string }
  | { readonly type: 'version'; readonly blockId: string; readonly version: string }
  | { readonly type: 'restore-version'; readonly blockId: string; readonly version: string }
  | { readonly type: 'copies' }
  | { readonly type: 'copy'; readonly copy: string }
  | { readonly type: 'write-back'; readonly copy: string }
  | { readonly type: 'verify' }
  | { readonly type: 'export' };

/** A question with what would go. */
export interface PendingQuestion extends Question {
  readonly losses: readonly Loss[];
}

export interface FolderReport {
  readonly folder: string;
  /** false: no process watches the folder; this is what its store says. */
  readonly running: boolean;
  readonly connection: string;
  /** 'websocket', 'stream' or 'long-poll'; null while there is no connection. */
  readonly transport: string | null;
  readonly problem: string | null;
  readonly unacknowledged: number;
  readonly blocks: readonly (BlockStatus & { readonly digest: string | null })[];
  /** Files of live blocks that are on their way or can't be, and why none moves. */
  readonly files: readonly FileStatus[];
  readonly filesProblem: string | null;
  readonly devices: readonly DeviceStatus[];
  readonly pending: readonly Question[];
}

export type ControlAnswer =
  | { readonly ok: true; readonly report: FolderReport }
  | { readonly ok: true; readonly questions: readonly PendingQuestion[] }
  | { readonly ok: true; readonly deleted: readonly TrashedBlock[] }
  | { readonly ok: true; readonly versions: readonly BlockVersion[] }
  | { readonly ok: true; readonly text: string }
  | { readonly ok: true; readonly copies: readonly NoteCopy[] }
  | { readonly ok: true; readonly before: string | null }
  | { readonly ok: true; readonly verified: Verified }
  | { readonly ok: true }
  | { readonly ok: false; readonly code: string; readonly message: string; readonly hint?: string };

/** Longest line, in characters: a report of thousands of blocks fits. */
const LONGEST = 16 * 1024 * 1024;
const ANSWER_WITHIN = 10_000;
/** Every block is asked for, of devices that may be slow. */
const VERIFIED_WITHIN = 10 * 60_000;

export class ControlServer {
  private constructor(
    private readonly server: Server,
    private readonly address: string,
    private readonly sockets: Set<Socket>,
  ) {}

  static async listen(address: string, answer: (request: ControlRequest) => Promise<ControlAnswer>): Promise<ControlServer> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      socket.on('error', () => socket.destroy());
      void readLine(socket)
        .then(async (line) => socket.end(`${JSON.stringify(await answerLine(line, answer))}\n`))
        .catch(() => socket.destroy());
    });
    if (process.platform !== 'win32') await rm(address, { force: true }); // left by a crash: the store's lock proves that nobody else is there
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(address, resolve);
    });
    if (process.platform !== 'win32') await chmod(address, 0o600);
    return new ControlServer(server, address, sockets);
  }

  async close(): Promise<void> {
    this.sockets.forEach((socket) => socket.destroy());
    await new Promise((resolve) => this.server.close(resolve));
    if (process.platform !== 'win32') await rm(this.address, { force: true });
  }
}

/** Asks the running peer; null if none runs. */
export async function askRunning(address: string, request: ControlRequest): Promise<ControlAnswer | null> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(address);
    socket.setTimeout(request.type === 'verify' ? VERIFIED_WITHIN : ANSWER_WITHIN, () => socket.destroy(new Error('The running Blockwire did not answer.')));
    socket.once('connect', () => {
      socket.write(`${JSON.stringify(request)}\n`);
      readLine(socket)
        .then((line) => resolve(JSON.parse(line) as ControlAnswer))
        .catch(reject);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(null);
      else reject(error);
    });
  });
}

async function answerLine(line: string, answer: (request: ControlRequest) => Promise<ControlAnswer>): Promise<ControlAnswer> {
  try {
    return await answer(JSON.parse(line) as ControlRequest);
  } catch (error) {
    return {
      ok: false,
      code: error instanceof Error && 'code' in error ? String(error.code) : 'INTERNAL',
      message: error instanceof Error ? error.message : String(error),
      ...(error instanceof Error && 'hint' in error && { hint: String(error.hint) }),
    };
  }
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
    socket.once('close', () => reject(new Error('The other side closed before its line ended.')));
  });
}
