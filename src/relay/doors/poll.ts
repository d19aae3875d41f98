/** Frames over plain requests, for devices that get no WebSocket: POST /v1/poll. PROTOCOL.md [P42]-[P44] [P80]-[P86]. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { decodePollHead, decodePollRequest, encodePollAnswer, LIMITS, POLL_HEAD, toBase64Url, TOKEN_BYTES, type PollRequest } from '../../protocol';
import type { Admission, Ask, Session } from '../admission';
import type { Wire, WireEvents } from '../wire';
import { bodyOf, type BodyBounds } from './body';
import type { Turnstile } from './turnstile';
import { LOST, PollLink, type LinkTimes } from './poll-link';

export interface PollDoorOptions {
  readonly admission: Admission;
  readonly ask: (request: IncomingMessage) => Ask;
  readonly times: LinkTimes;
  /** @throws ProtocolError when no connection can be taken now */
  readonly checkRoom: (session: Session) => void;
  readonly onConnection: (wire: Wire, session: Session) => WireEvents;
  readonly turnstile: Turnstile;
}

/** Of a request that is not known to be of a device. */
const STRANGERS: BodyBounds = { limit: 1024, within: 10_000 };
/** Of a batch: a slow line has about 5 kB/s. */
const BATCHES: BodyBounds = { limit: LIMITS.pollBody, within: 70_000 };

/** For answers that are under way to leave when the relay stops, ms. */
const CLOSE_TIME = 2_000;

class UnknownLink extends Error {}

export class PollDoor {
  private readonly links = new Map<string, PollLink>();
  private readonly open = new Set<ServerResponse>();

  constructor(private readonly options: PollDoorOptions) {}

  /**
   * The body of the answer to one request, when there is one: up to 25 s from now. Or the link that is to be streamed.
   * @param count counts a request that is not of a known link, and throws where those are too many
   * @throws ProtocolError
   */
  async answer(request: IncomingMessage, response: ServerResponse, count: () => void): Promise<Uint8Array | PollLink> {
    this.open.add(response);
    response.once('close', () => this.open.delete(response));
    try {
      const body = await bodyOf(request, STRANGERS, POLL_HEAD, (head) => this.boundsOf(head.subarray(0, POLL_HEAD), count));
      return await this.handle(decodePollRequest(body), request, (run) => response.once('close', run));
    } catch (error) {
      if (!(error instanceof UnknownLink)) throw error;
      return encodePollAnswer({ type: 'batch', number: 0, frames: [], code: LOST });
    }
  }

  /** Resolves when what was being answered has left, or after a short time. The links have been told by their connections. */
  async close(): Promise<void> {
    if (this.open.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, CLOSE_TIME);
      const left = (): void => {
        if (this.open.size > 0) return;
        clearTimeout(timer);
        resolve();
      };
      // After the door's own listener, which forgets the answer.
      for (const response of this.open) response.once('close', left);
    });
  }

  private boundsOf(head: Uint8Array, count: () => void): BodyBounds {
    const { type, key } = decodePollHead(head);
    if (type === 'begin') count();
    else if (!this.links.has(toBase64Url(key))) {
      count();
      throw new UnknownLink();
    }
    return type === 'up' ? BATCHES : STRANGERS;
  }

  private async handle(request: PollRequest, http: IncomingMessage, ended: (run: () => void) => void): Promise<Uint8Array | PollLink> {
    if (request.type === 'begin') return this.begin(request.token, this.options.ask(http));
    const link = this.links.get(toBase64Url(request.link));
    if (link === undefined) throw new UnknownLink();
    switch (request.type) {
      case 'up':
        return link.up(request.number, request.frames);
      case 'down':
        return link.down(request.received, request.hold, ended);
      case 'stream':
        link.checkUngiven();
        ended(() => link.end('CLOSED'));
        return link;
      case 'alive':
        return link.alive();
      case 'received':
        return link.received(request.received);
      case 'end':
        link.end('CLOSED');
        throw new UnknownLink();
    }
  }

  private async begin(token: Uint8Array, ask: Ask): Promise<Uint8Array> {
    this.options.turnstile.keepAway(toBase64Url(token));
    const session = await this.options.admission.authenticate(toBase64Url(token), ask);
    this.options.checkRoom(session);
    const key = randomBytes(TOKEN_BYTES);
    const name = toBase64Url(key);
    const link = new PollLink(this.options.times, () => this.links.delete(name));
    this.links.set(name, link);
    link.begin(this.options.onConnection(link, session));
    return encodePollAnswer({ type: 'begun', link: key });
  }
}
