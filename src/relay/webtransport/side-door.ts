/**
 * Where the side process brings the streams that it was given: a port of this computer alone. Other programs can reach it, too, so a
 * connection says first a secret that only the process was told, and then the address of its device, by which requests are counted. PROTOCOL.md [P104].
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, isIP, type AddressInfo, type Server, type Socket } from 'node:net';

const SECRET_BYTES = 32;
/** Secret in hexadecimal, a space, an address, a line feed. */
const HEAD = 2 * SECRET_BYTES + 64;
/** For it to come, ms. */
const HEAD_TIME = 5_000;

export class SideDoor {
  readonly secret = randomBytes(SECRET_BYTES).toString('hex');
  private readonly server: Server;
  private readonly waiting = new Set<Socket>();

  /** @param take gets a stream, with the address of its device */
  constructor(private readonly take: (socket: Socket, address: string) => void) {
    this.server = createServer({ noDelay: true }, (socket) => this.greet(socket));
  }

  /** @returns its port */
  async open(): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(0, '127.0.0.1', resolve);
    });
    return (this.server.address() as AddressInfo).port; // listens on TCP
  }

  /** Streams that were taken are not its own any more. */
  close(): void {
    this.server.close();
    for (const socket of this.waiting) socket.destroy();
  }

  private greet(socket: Socket): void {
    this.waiting.add(socket);
    let head = Buffer.alloc(0);
    const timer = setTimeout(() => socket.destroy(), HEAD_TIME);
    const onError = (): void => undefined; // the close that follows is enough
    const onData = (chunk: Buffer): void => {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf(0x0a);
      if (end < 0 && head.length < HEAD) return;
      socket.off('data', onData).pause();
      const address = end < 0 || end > HEAD ? null : this.addressIn(head.toString('latin1', 0, end));
      if (address === null) {
        socket.destroy();
        return;
      }
      left();
      socket.off('error', onError).off('close', left);
      socket.unshift(head.subarray(end + 1));
      this.take(socket, address);
    };
    const left = (): void => {
      clearTimeout(timer);
      this.waiting.delete(socket);
    };
    socket.on('data', onData).on('error', onError).on('close', left);
  }

  /** @returns null unless the line begins with the secret */
  private addressIn(line: string): string | null {
    const [secret = '', address = '', ...rest] = line.split(' ');
    const isOurs = secret.length === this.secret.length && timingSafeEqual(Buffer.from(secret, 'latin1'), Buffer.from(this.secret, 'latin1'));
    return isOurs && rest.length === 0 && isIP(address) !== 0 ? address : null;
  }
}
