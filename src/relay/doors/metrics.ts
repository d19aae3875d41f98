/** GET /metrics on the relay's own address: for who has the token. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ProtocolError } from '../../protocol';

export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export class MetricsDoor {
  private readonly token: Buffer;

  constructor(
    token: string,
    private readonly text: () => Promise<string>,
  ) {
    this.token = digest(token);
  }

  /** @param count counts a request without the token @throws ProtocolError UNAUTHORIZED, or what `count` throws */
  async answer(request: IncomingMessage, count: () => void): Promise<string> {
    const given = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (given === undefined || !timingSafeEqual(digest(given), this.token)) {
      count();
      throw new ProtocolError('UNAUTHORIZED', 'The metrics need their token.');
    }
    return this.text();
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
