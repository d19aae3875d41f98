/** A device for the relay's tests: real keys, real requests, a real socket; bodies that no one can open. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { WebSocket } from 'ws';
import {
  decodeRelayFrame,
  decodeSessionAnswer,
  encodeFound,
  encodeFrame,
  encodeJoin,
  encodeSession,
  requestUrl,
  signedAdmission,
  signedFound,
  signedJoin,
  signedSession,
  socketUrl,
  SUBPROTOCOL,
  toHex,
  TOKEN_PREFIX,
  type ClientFrame,
  type DeviceId,
  type EntryHeader,
  type RelayFrame,
  type SpaceId,
} from '../../protocol';
import { deviceOf } from '../admission';
import type { NewEntry } from '../log';
import { entry } from './entries';

const WAIT = 5_000;

export class Keys {
  readonly publicKey: Uint8Array;
  private readonly privateKey: KeyObject;

  constructor(pem?: string) {
    this.privateKey = pem === undefined ? generateKeyPairSync('ed25519').privateKey : createPrivateKey(pem);
    const { x = '' } = createPublicKey(this.privateKey).export({ format: 'jwk' });
    this.publicKey = Buffer.from(x, 'base64url');
  }

  sign(message: Uint8Array): Uint8Array {
    return sign(null, message, this.privateKey);
  }
}

/** A space as its devices know it. */
export class TestSpace {
  readonly id = toHex(randomBytes(16)) as SpaceId;
  readonly admission = new Keys();
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

export class TestDevice {
  readonly keys = new Keys();
  readonly id: DeviceId = deviceOf(this.keys.publicKey);
  token = '';
  private readonly counters = { live: 0, bulk: 0 };

  /** @param relay address, path included */
  constructor(
    readonly relay: string,
    readonly space: TestSpace,
  ) {}

  found(ticket: string, more: { time?: number; origin?: string; signature?: Uint8Array } = {}): Promise<Answer> {
    const request = { ticket, space: this.space.id, deviceKey: this.keys.publicKey, admissionKey: this.space.admission.publicKey, time: more.time ?? Date.now() };
    const signature = more.signature ?? this.keys.sign(signedFound(request));
    return post(requestUrl(this.relay, 'found'), encodeFound({ ...request, signature }), more.origin);
  }

  join(more: { time?: number; admission?: Keys; signature?: Uint8Array; origin?: string } = {}): Promise<Answer> {
    const request = { space: this.space.id, deviceKey: this.keys.publicKey, time: more.time ?? Date.now() };
    const admission = (more.admission ?? this.space.admission).sign(signedAdmission(request));
    return post(requestUrl(this.relay, 'join'), encodeJoin({ ...request, signature: more.signature ?? this.keys.sign(signedJoin(request)), admission }), more.origin);
  }

  async session(more: { time?: number; nonce?: Uint8Array; signature?: Uint8Array } = {}): Promise<Answer> {
    const request = { space: this.space.id, device: this.id, time: more.time ?? Date.now(), nonce: more.nonce ?? randomBytes(16) };
    const answer = await post(requestUrl(this.relay, 'session'), encodeSession({ ...request, signature: more.signature ?? this.keys.sign(signedSession(request)) }));
    if (answer.status === 200) this.token = decodeSessionAnswer(JSON.stringify(answer.body)).token;
    return answer;
  }

  /** The next entry of this device. */
  entry(fields: Partial<EntryHeader> = {}, size?: number): NewEntry {
    const lane = fields.lane ?? 'live';
    return entry({ space: this.space.id, device: this.id, counter: ++this.counters[lane], ...fields }, size);
  }

  /** Goes on after what the relay has, as a device does that lost its unacknowledged entries. */
  resumeAt(counter: number): void {
    this.counters.live = counter;
  }

  entries(count: number, fields: Partial<EntryHeader> = {}): NewEntry[] {
    return Array.from({ length: count }, () => this.entry(fields));
  }

  /** A socket that is upgraded and has said nothing yet. Rejects with the status when refused. */
  async socket(more: { protocols?: string[]; headers?: Record<string, string> } = {}): Promise<TestSocket> {
    const webSocket = new WebSocket(socketUrl(this.relay), more.protocols ?? [SUBPROTOCOL, TOKEN_PREFIX + this.token], { headers: more.headers });
    const socket = new TestSocket(webSocket);
    await new Promise<void>((resolve, reject) => {
      webSocket.once('open', resolve);
      webSocket.once('unexpected-response', (_, response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => reject(new Refused(response.statusCode ?? 0, Buffer.concat(chunks).toString(), response.headers)));
      });
      webSocket.once('error', reject);
    });
    return socket;
  }

  /** A socket that was welcomed. */
  async open(frame: Partial<Extract<ClientFrame, { type: 'open' }>> = {}): Promise<TestSocket> {
    if (this.token === '') await this.session();
    const socket = await this.socket();
    socket.send({ type: 'open', cursors: [], visible: true, ...frame });
    socket.welcome = await socket.next('welcome');
    return socket;
  }
}

export class Refused extends Error {
  readonly code: unknown;
  constructor(
    readonly status: number,
    body: string,
    readonly headers: Record<string, unknown>,
  ) {
    super(`Refused with ${status}: ${body}`);
    this.code = (JSON.parse(body) as { code?: unknown }).code;
  }
}

type Of<Type extends RelayFrame['type']> = Extract<RelayFrame, { type: Type }>;

export class TestSocket {
  welcome: Of<'welcome'> | null = null;
  /** All frames so far, in order, that `next` has not taken. */
  readonly frames: RelayFrame[] = [];
  closed: { code: number; reason: string } | null = null;
  private waiting: (() => void)[] = [];

  constructor(readonly webSocket: WebSocket) {
    webSocket.on('message', (data: Buffer) => {
      this.frames.push(decodeRelayFrame(data));
      this.wake();
    });
    webSocket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
      this.wake();
    });
    webSocket.on('error', () => undefined);
  }

  send(frame: ClientFrame): void {
    this.webSocket.send(encodeFrame(frame));
  }

  append(entries: readonly NewEntry[]): void {
    this.send({ type: 'append', entries: entries.map(({ bytes }) => bytes) });
  }

  /** Waits until `find` gives something. */
  async until<T>(what: string, find: () => T | null | undefined): Promise<T> {
    const deadline = Date.now() + WAIT;
    for (;;) {
      const found = find();
      if (found !== null && found !== undefined) return found;
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`Waited in vain for ${what}; got ${JSON.stringify(this.frames.map(({ type }) => type))}, closed ${JSON.stringify(this.closed)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  /** Takes the next frame of a type; frames of other types before it stay. */
  next<Type extends RelayFrame['type']>(type: Type): Promise<Of<Type>> {
    return this.until(`a frame ${type}`, () => {
      const at = this.frames.findIndex((frame) => frame.type === type);
      return at < 0 ? null : (this.frames.splice(at, 1)[0] as Of<Type>);
    });
  }

  /** Takes this many entries, over as many frames as they come in. */
  async entries(count: number): Promise<Of<'entries'>['entries'][number][]> {
    const found: Of<'entries'>['entries'][number][] = [];
    while (found.length < count) found.push(...(await this.next('entries')).entries);
    return found;
  }

  /** Takes this many results. */
  async results(count: number): Promise<Of<'appended'>['results'][number][]> {
    const found: Of<'appended'>['results'][number][] = [];
    while (found.length < count) found.push(...(await this.next('appended')).results);
    return found;
  }

  /** Takes the pages of one read. */
  async pages(request: number): Promise<Of<'page'>[]> {
    const found: Of<'page'>[] = [];
    for (;;) {
      const page = await this.next('page');
      if (page.request !== request) throw new Error(`A page of request ${page.request}.`);
      found.push(page);
      if (page.done) return found;
    }
  }

  end(): Promise<{ code: number; reason: string }> {
    return this.until('the end', () => this.closed);
  }

  async close(): Promise<void> {
    this.webSocket.close();
    await this.end();
  }

  private wake(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const each of waiting) each();
  }
}

export async function post(url: string, body: string, origin?: string): Promise<Answer> {
  const response = await fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json', ...(origin === undefined ? {} : { origin }) } });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
}
