/** The plain HTTP requests: /health, the signed POSTs that found, join and give sessions, and those that carry frames. */
import { createHmac, randomBytes } from 'node:crypto';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import {
  decodeFound,
  decodeJoin,
  decodeSession,
  encodeAnswer,
  ERROR_MEANINGS,
  HTTP_STATUS,
  LIMITS,
  ProtocolError,
  SUBPROTOCOL,
  type Accepted,
  type ErrorCode,
  type SessionAnswer,
} from '../../protocol';
import type { Admission, Ask } from '../admission';
import { short, type Journal } from '../journal';
import { refusalFor } from '../refusal';
import type { Meter } from '../meter';
import { bodyOf } from './body';
import { METRICS_TYPE, type MetricsDoor } from './metrics';
import type { Origins } from './origins';
import type { PollDoor } from './poll';
import type { RequestRate } from './request-rate';

export interface HttpDoorOptions {
  readonly admission: Admission;
  readonly ask: (request: IncomingMessage) => Ask;
  readonly origins: Origins;
  readonly rate: RequestRate;
  /** Frames over plain requests. */
  readonly polls: PollDoor;
  readonly journal: Journal;
  readonly meter: Meter;
  /** GET /metrics, for who has the token; null: there is nothing at that address. */
  readonly metrics: MetricsDoor | null;
  readonly now: () => number;
  /** Why the relay can't do all its work now: /health then answers 503, and requests are refused unless the disk is merely full. */
  readonly trouble: () => ErrorCode | null;
  /** Whether it takes files now. */
  readonly takesFiles: () => boolean;
  /** The UDP port of WebTransport; null: nobody listens there now; undefined: it is not offered. */
  readonly webTransport: () => number | null | undefined;
  /** Behind a proxy: take the client's address from X-Forwarded-For. */
  readonly behindProxy: boolean;
}

/** A body must have come in within this time, in ms. */
const BODY_TIME = 10_000;
const POSTS = ['/v1/found', '/v1/join', '/v1/session', '/v1/poll'] as const;
const JSON_TYPE = 'application/json';
const POLL_TYPE = 'application/octet-stream';

export class HttpDoor {
  /** Known to this process alone: /health proves with it that an address leads here. */
  private readonly healthKey = randomBytes(32);

  constructor(private readonly options: HttpDoorOptions) {}

  /** Answers one request. @param path below the relay's prefix, e.g. /v1/session */
  async handle(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const { origins, journal, now } = this.options;
    try {
      if (request.method === 'OPTIONS') {
        response.writeHead(204, origins.preflightHeaders(request)).end();
        return;
      }
      if (path === '/health' && (request.method === 'GET' || request.method === 'HEAD')) {
        this.health(request, response);
        return;
      }
      if (path === '/metrics' && this.options.metrics !== null) {
        const text = await this.options.metrics.answer(request, () => this.count(request));
        this.answer(request, response, 200, text, { 'Content-Type': METRICS_TYPE });
        return;
      }
      if (!origins.allows(request)) throw new ProtocolError('ORIGIN', 'This origin is not allowed.');
      if (!isKnown(path)) {
        this.answer(request, response, 404, encodeAnswer({ code: 'BAD_FRAME', message: 'There is nothing at this address.', now: now() }));
        return;
      }
      if (request.method !== 'POST') {
        this.answer(request, response, 405, encodeAnswer({ code: 'BAD_FRAME', message: 'This address takes POST.', now: now() }), { Allow: 'POST, OPTIONS' });
        return;
      }
      const trouble = this.options.trouble();
      if (trouble !== null && trouble !== 'DISK_FULL') throw new ProtocolError(trouble, ERROR_MEANINGS[trouble].sentence);
      const count = (): void => this.count(request);
      if (path === '/v1/poll') {
        const answer = await this.options.polls.answer(request, response, count);
        if (answer instanceof Uint8Array) this.answer(request, response, 200, answer, { 'Content-Type': POLL_TYPE });
        else if (!response.destroyed) {
          response.writeHead(200, { ...this.headers(request), 'Content-Type': POLL_TYPE, 'X-Accel-Buffering': 'no' });
          answer.stream(response);
        }
        return;
      }
      count();
      const body = await bodyOf(request, { limit: LIMITS.requestBody, within: BODY_TIME });
      this.answer(request, response, 200, encodeAnswer(await this.post(path, body.toString('utf8'), this.options.ask(request))));
    } catch (error) {
      const { code, message, headers } = refusalFor(error);
      this.options.meter.refuse(code);
      // Anything may stand in an address that is none of the relay's.
      journal('request.refused', { path: isKnown(path) || path === '/metrics' ? path : 'other', code, ...(code === 'INTERNAL' ? { error: String(error) } : {}) });
      const more: OutgoingHttpHeaders = code === 'RATE_LIMITED' ? { 'Retry-After': '5' } : { ...headers };
      this.answer(request, response, HTTP_STATUS[code], encodeAnswer({ code, message, now: now() }), more);
    }
  }

  /** @throws ProtocolError RATE_LIMITED */
  private count(request: IncomingMessage): void {
    if (!this.options.rate.take(clientOf(request, this.options.behindProxy))) throw new ProtocolError('RATE_LIMITED', 'Too many requests from this address.');
  }

  /** What /health answers as `proof` to this nonce. */
  proofOf(nonce: string): string {
    return createHmac('sha256', this.healthKey).update(nonce).digest('base64url');
  }

  private async post(path: '/v1/found' | '/v1/join' | '/v1/session', body: string, ask: Ask): Promise<Accepted | SessionAnswer> {
    const { admission, journal, meter, now } = this.options;
    if (path === '/v1/session') {
      const answer = await admission.session(decodeSession(body), ask);
      meter.sessions++;
      return answer;
    }
    if (path === '/v1/found') {
      const request = decodeFound(body);
      const device = await admission.found(request, ask);
      journal('space.founded', { space: short(request.space), device: short(device) });
    } else {
      const request = decodeJoin(body);
      const device = await admission.join(request, ask);
      journal('device.joined', { space: short(request.space), device: short(device) });
    }
    return { now: now() };
  }

  private health(request: IncomingMessage, response: ServerResponse): void {
    const nonce = new URLSearchParams((request.url ?? '').split('?')[1] ?? '').get('nonce');
    const trouble = this.options.trouble();
    const ok = trouble === null;
    const body = {
      relay: 'blockwire',
      protocol: [SUBPROTOCOL],
      ok,
      files: ok && this.options.takesFiles(),
      // Left out of the text where it is undefined.
      webtransport: this.options.webTransport(),
      ...(ok || trouble === 'SHUTTING_DOWN' ? {} : { code: trouble }),
      now: this.options.now(),
      ...(nonce !== null && nonce.length <= 64 ? { proof: this.proofOf(nonce) } : {}),
    };
    this.answer(request, response, ok ? 200 : 503, JSON.stringify(body));
  }

  private answer(request: IncomingMessage, response: ServerResponse, status: number, body: string | Uint8Array, more: OutgoingHttpHeaders = {}): void {
    if (response.headersSent || response.destroyed) return;
    // A body that was not read to its end would be taken for the next request.
    const close: OutgoingHttpHeaders = request.complete ? {} : { Connection: 'close' };
    response.writeHead(status, { ...this.headers(request), 'Content-Length': Buffer.byteLength(body), ...close, ...more });
    response.end(request.method === 'HEAD' ? undefined : body);
  }

  private headers(request: IncomingMessage): OutgoingHttpHeaders {
    return { 'Content-Type': JSON_TYPE, 'Cache-Control': 'no-store, no-transform', 'X-Content-Type-Options': 'nosniff', ...this.options.origins.headers(request) };
  }
}

function isKnown(path: string): path is (typeof POSTS)[number] {
  return (POSTS as readonly string[]).includes(path);
}

/** The address that limits are counted by. */
export function clientOf(request: IncomingMessage, behindProxy: boolean): string {
  const forwarded = behindProxy ? request.headers['x-forwarded-for'] : undefined;
  // The last one was written by our own proxy; those before it by anyone.
  const last = (Array.isArray(forwarded) ? forwarded.join(',') : forwarded)?.split(',').at(-1)?.trim();
  return last !== undefined && last !== '' ? last : (request.socket.remoteAddress ?? '');
}
