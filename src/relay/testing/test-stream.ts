/** A device's end of one stream of WebTransport, over whatever carries its bytes. */
import { createConnection, type Socket } from 'node:net';
import { ByteStrings, decodeCode, decodeOffer, decodeRelayFrame, encodeBegin, encodeByteString, encodeFrame, fromBase64Url, LIMITS, readOnStream, TOKEN_BYTES, type ClientFrame, type Offer, type RelayFrame } from '../../protocol';

export type Heard = { readonly type: 'beat' } | { readonly type: 'code'; readonly code: number } | { readonly type: 'offer'; readonly offer: Offer } | { readonly type: 'frame'; readonly frame: RelayFrame };

export class TestStream {
  readonly heard: Heard[] = [];
  isClosed = false;
  private readonly strings = new ByteStrings(LIMITS.frame);
  private waiting: (() => void)[] = [];

  constructor(readonly socket: Socket) {
    socket.on('data', (chunk) => {
      for (const bytes of this.strings.take(chunk)) this.heard.push(read(bytes));
      this.wake();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.isClosed = true;
      this.wake();
    });
  }

  /** As the side process brings one. */
  static through(port: number, secret: string, address: string): TestStream {
    const socket = createConnection({ host: '127.0.0.1', port });
    socket.write(`${secret} ${address}\n`);
    return new TestStream(socket);
  }

  begin(token: string): void {
    this.socket.write(encodeBegin(fromBase64Url(token, TOKEN_BYTES)));
  }

  send(frame: ClientFrame): void {
    this.socket.write(encodeByteString(encodeFrame(frame), LIMITS.frame));
  }

  /** Takes the next of a type; others before it stay. */
  next<Type extends Heard['type']>(type: Type): Promise<Extract<Heard, { type: Type }>> {
    return this.until(type, () => {
      const at = this.heard.findIndex((each) => each.type === type);
      return at < 0 ? null : (this.heard.splice(at, 1)[0] as Extract<Heard, { type: Type }>);
    });
  }

  /** The code that ended it. */
  async end(): Promise<number | null> {
    await this.until('the end', () => this.isClosed || null);
    const codes = this.heard.flatMap((each) => (each.type === 'code' ? [each.code] : []));
    return codes.at(-1) ?? null;
  }

  private async until<T>(what: string, find: () => T | null): Promise<T> {
    const deadline = Date.now() + 5_000;
    for (;;) {
      const found = find();
      if (found !== null) return found;
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`Waited in vain for ${what}; heard ${JSON.stringify(this.heard)}, closed ${this.isClosed}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  private wake(): void {
    for (const each of this.waiting.splice(0)) each();
  }
}

function read(bytes: Uint8Array): Heard {
  const message = readOnStream(bytes);
  if (message.type === 'beat') return message;
  if (message.type === 'control') return { type: 'code', code: decodeCode(message.bytes) };
  const offer = decodeOffer(bytes);
  return offer === null ? { type: 'frame', frame: decodeRelayFrame(bytes.slice()) } : { type: 'offer', offer };
}
