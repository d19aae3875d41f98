/** Set-ups with something wrong between a device and its relay, built of real servers on loopback. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, request as overHttp, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, createServer as createTcpServer, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer } from 'node:tls';
import { selfSigned } from '../../../relay/testing/certificate';

/** What a proxy does to what it passes on. */
export interface Tampering {
  /** Takes a request for itself. @returns whether it did */
  readonly answer?: (request: IncomingMessage, response: ServerResponse) => boolean;
  readonly requestHeaders?: (headers: Record<string, string | string[] | undefined>) => void;
  /** Raw headers of an answer: name, value, name, value, ... */
  readonly answerHeaders?: (raw: string[]) => string[];
  /** `refuse`: 403 to each upgrade, `refuse-origins` to those with an Origin. `lose`: passes it on as a plain request. `hang`: no answer. `pass` by default. */
  readonly upgrades?: 'pass' | 'refuse' | 'refuse-origins' | 'lose' | 'hang';
  /** Holds back what the relay says after the upgrade. */
  readonly holdsFrames?: boolean;
  /** Hangs up when the relay first says something after the upgrade. */
  readonly cutsFrames?: boolean;
  /** Cuts an upgraded connection that was silent for so long, in ms. */
  readonly idle?: number;
  /** Cuts an upgraded connection after so many bytes from the relay. */
  readonly cutAfter?: number;
  /** Takes no more of what an upgraded connection brings from the device once it has brought so many bytes. */
  readonly takes?: number;
  /** Passes an answer on once all of it is there, so that one that goes on never comes. */
  readonly buffers?: boolean;
  /** Asked for each answer to a poll: true cuts it off, though the relay has done what it was asked. */
  readonly answerLost?: () => boolean;
  /** Cuts a plain request that waits for its answer for so long, in ms. */
  readonly patience?: number;
}

export class Faults {
  private readonly servers: (Server | TcpServer)[] = [];
  private readonly sockets = new Set<Duplex>();
  private readonly programs: ChildProcess[] = [];

  /** Registers the hook of a test file. */
  constructor() {
    afterEach(async () => {
      for (const socket of this.sockets) socket.destroy();
      this.sockets.clear();
      for (const program of this.programs.splice(0)) program.kill('SIGKILL');
      await Promise.all(this.servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
    });
  }

  /** A server of one's own. @returns its address */
  async serve(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
    return `http://127.0.0.1:${await this.listen(createServer(handle))}`;
  }

  /** A port of 127.0.0.1 at which nothing listens, as nearly as that can be known. */
  async closedPort(): Promise<number> {
    const server = createTcpServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo; // listens on TCP
    await new Promise((resolve) => server.close(resolve));
    return port;
  }

  /** A port of 127.0.0.1 that takes no connection and refuses none: its program is stopped, and its queue is full. */
  async deafPort(): Promise<number> {
    const listen = `require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () { console.log(this.address().port); process.kill(process.pid, 'SIGSTOP'); });`;
    const program = spawn(process.execPath, ['-e', listen], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.programs.push(program);
    const port = await new Promise<number>((resolve) => program.stdout.once('data', (text: Buffer) => resolve(Number(text.toString()))));
    for (let i = 0; i < 3; i++) this.sockets.add(connect(port, '127.0.0.1').on('error', () => undefined));
    return port;
  }

  /** A port of 127.0.0.1 that offers TLS 1.1 at most. @returns its address */
  async oldTls(): Promise<string> {
    return `https://127.0.0.1:${await this.listen(createTlsServer({ ...selfSigned(), minVersion: 'TLSv1', maxVersion: 'TLSv1.1' }).on('tlsClientError', () => undefined))}`;
  }

  /** A port of 127.0.0.1 that hangs up at the first byte. @returns it */
  async rudePort(): Promise<number> {
    return this.listen(createTcpServer((socket) => socket.on('error', () => undefined).once('data', () => socket.destroy())));
  }

  /** A proxy before a relay at http://127.0.0.1:<port>. @returns the proxy's address */
  async proxy(target: string, tampering: Tampering): Promise<string> {
    const { port } = new URL(target);
    const server = createServer((request, response) => {
      if (tampering.answer?.(request, response) === true) return;
      const headers = { ...request.headers };
      tampering.requestHeaders?.(headers);
      const inner = overHttp({ host: '127.0.0.1', port, path: request.url, method: request.method, headers, agent: false }, (answer) => {
        if (request.url?.endsWith('/v1/poll') === true && tampering.answerLost?.() === true) {
          response.destroy();
          return;
        }
        if (tampering.buffers === true) {
          const parts: Buffer[] = [];
          answer.on('data', (part: Buffer) => parts.push(part));
          answer.on('end', () => response.writeHead(answer.statusCode ?? 500, answer.rawHeaders).end(Buffer.concat(parts)));
          return;
        }
        response.writeHead(answer.statusCode ?? 500, tampering.answerHeaders?.([...answer.rawHeaders]) ?? answer.rawHeaders);
        answer.pipe(response);
      });
      inner.on('error', () => {
        if (!response.headersSent && !response.destroyed) response.writeHead(502).end('<html><h1>502 Bad Gateway</h1></html>');
      });
      if (tampering.patience !== undefined) inner.setTimeout(tampering.patience, () => response.destroy());
      response.on('close', () => inner.destroy());
      request.pipe(inner);
    });
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => this.pass(request, socket, head, Number(port), tampering));
    return `http://127.0.0.1:${await this.listen(server)}`;
  }

  private pass(request: IncomingMessage, socket: Duplex, head: Buffer, port: number, tampering: Tampering): void {
    socket.on('error', () => undefined);
    if (tampering.upgrades === 'refuse' || (tampering.upgrades === 'refuse-origins' && request.headers.origin !== undefined)) {
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
      return;
    }
    if (tampering.upgrades === 'hang') {
      this.sockets.add(socket);
      return;
    }
    const headers: Record<string, string | string[] | undefined> = { ...request.headers };
    tampering.requestHeaders?.(headers);
    if (tampering.upgrades === 'lose') {
      delete headers['upgrade'];
      headers['connection'] = 'close';
    }
    const inner = connect(port, '127.0.0.1');
    this.sockets.add(inner);
    inner.on('error', () => socket.destroy()).on('close', () => socket.destroy());
    socket.on('close', () => inner.destroy());
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`);
    inner.write(`${request.method ?? 'GET'} ${request.url ?? '/'} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    inner.write(head);
    if (tampering.holdsFrames === true) passHeadOnly(inner, socket, () => undefined);
    else if (tampering.cutsFrames === true) passHeadOnly(inner, socket, () => socket.destroy());
    else inner.pipe(socket, { end: true });
    if (tampering.takes === undefined) socket.pipe(inner);
    else takeSome(socket, inner, tampering.takes);
    if (tampering.cutAfter !== undefined) {
      let left = tampering.cutAfter;
      inner.on('data', (part: Buffer) => {
        left -= part.length;
        if (left < 0) socket.destroy();
      });
    }
    if (tampering.idle !== undefined) {
      inner.setTimeout(tampering.idle, () => {
        inner.destroy();
        socket.destroy();
      });
    }
  }

  private async listen(server: Server | TcpServer): Promise<number> {
    server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
    this.servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port; // listens on TCP
  }
}

function takeSome(socket: Duplex, inner: Socket, bytes: number): void {
  let left = bytes;
  socket.on('data', (part: Buffer) => {
    inner.write(part);
    left -= part.length;
    if (left <= 0) socket.pause();
  });
}

/** Up to the end of the answer's head; what comes after it never arrives. @param onMore when something comes after it */
function passHeadOnly(inner: Socket, socket: Duplex, onMore: () => void): void {
  let text = Buffer.alloc(0);
  let passed = false;
  inner.on('data', (part: Buffer) => {
    if (passed) return onMore();
    text = Buffer.concat([text, part]);
    const end = text.indexOf('\r\n\r\n');
    if (end < 0) return;
    passed = true;
    // A refusal has its body with its head.
    const isUpgrade = text.subarray(0, 12).toString() === 'HTTP/1.1 101';
    socket.write(isUpgrade ? text.subarray(0, end + 4) : text);
    if (!isUpgrade) socket.end();
  });
}
