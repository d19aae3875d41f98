/** The browser's `WebTransport` as far as the way uses it, in Node: a process of Deno speaks QUIC for it. For tests and benchmarks. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { Duplex } from 'node:stream';

export class QuicProcess {
  private child: ChildProcess | null = null;
  private port = 0;

  /** @param script quic-client.mjs of this folder */
  async start(deno: string, script: string): Promise<void> {
    const child = spawn(deno, ['run', '--unstable-net', '--no-config', '--no-lock', '--no-prompt', '--allow-net', script], { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, NO_COLOR: '1' } });
    this.child = child;
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    this.port = Number(line.toString());
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (child === null || child.exitCode !== null) return;
    child.kill();
    await once(child, 'close');
  }

  /** The class. @param see hears of each address that a session is opened to */
  classFor(see: (url: string) => void = () => undefined): typeof WebTransport {
    const connect = (message: object): Promise<Socket> => this.connect(message);
    let sessions = 0;
    class NodeWebTransport {
      readonly ready: Promise<void>;
      readonly closed: Promise<void>;
      private readonly session = `${process.pid} ${Math.random()} ${sessions++}`;
      private readonly socket: Promise<Socket>;

      constructor(url: string, { serverCertificateHashes: hashes = [] }: WebTransportOptions = {}) {
        see(url);
        this.socket = connect({ session: this.session, url, hashes: hashes.map(({ value = new Uint8Array(0) }) => [...new Uint8Array(value as ArrayBuffer)]) });
        this.ready = this.socket.then(() => undefined);
        this.closed = this.socket.then((socket) => new Promise((resolve) => socket.once('close', () => resolve())));
        this.closed.catch(() => undefined);
      }

      async createBidirectionalStream(): Promise<{ readable: unknown; writable: unknown }> {
        return Duplex.toWeb(await connect({ session: this.session }));
      }

      close(): void {
        this.socket.then((socket) => socket.destroy(), () => undefined);
      }
    }
    return NodeWebTransport as unknown as typeof WebTransport;
  }

  private async connect(message: object): Promise<Socket> {
    const socket = createConnection({ host: '127.0.0.1', port: this.port, noDelay: true });
    socket.on('error', () => undefined);
    socket.write(`${JSON.stringify(message)}\n`);
    let head = Buffer.alloc(0);
    await new Promise<void>((resolve, reject) => {
      const onData = (chunk: Buffer): void => {
        head = Buffer.concat([head, chunk]);
        const end = head.indexOf(0x0a);
        if (end < 0) return;
        socket.off('data', onData).pause();
        socket.unshift(head.subarray(end + 1));
        const { ok, error } = JSON.parse(head.toString('utf8', 0, end)) as { ok: boolean; error?: string };
        if (ok) resolve();
        else reject(new Error(error));
      };
      socket.on('data', onData).once('close', () => reject(new Error('It left.')));
    });
    return socket;
  }
}
