/** The body of a request, in bounded memory and time. */
import type { IncomingMessage } from 'node:http';
import { ProtocolError } from '../../protocol';

export interface BodyBounds {
  /** Bytes. */
  readonly limit: number;
  /** For all of it to come, ms. */
  readonly within: number;
}

/**
 * @param first bytes after which `bounds` is asked: once, with what there is, so that a long body can be refused by its beginning
 * @throws ProtocolError TOO_LARGE above the limit, BAD_FRAME when it ends early or takes too long; what `bounds` throws
 */
export function bodyOf(request: IncomingMessage, bounds: BodyBounds, first = Infinity, boundsAfter: (head: Buffer) => BodyBounds = () => bounds): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let { limit } = bounds;
    let asked = false;
    const late = (): void => done(new ProtocolError('BAD_FRAME', 'The body did not come in time.'));
    let timer = setTimeout(late, bounds.within);
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      chunks.push(chunk);
      if (!asked && size >= first) {
        asked = true;
        try {
          const next = boundsAfter(Buffer.concat(chunks));
          limit = next.limit;
          clearTimeout(timer);
          timer = setTimeout(late, next.within);
        } catch (error) {
          return done(error instanceof Error ? error : new Error(String(error)));
        }
      }
      if (size > limit) done(new ProtocolError('TOO_LARGE', `A body is larger than ${limit} bytes.`));
    };
    const onEnd = (): void => done(null);
    const onBroken = (): void => done(new ProtocolError('BAD_FRAME', 'The body ended too early.'));
    function done(error: Error | null): void {
      clearTimeout(timer);
      request.off('data', onData).off('end', onEnd).off('close', onBroken).off('error', onBroken);
      request.on('error', () => undefined);
      if (error === null) return resolve(Buffer.concat(chunks));
      request.pause();
      reject(error);
    }
    request.on('data', onData).on('end', onEnd).on('close', onBroken).on('error', onBroken);
  });
}
