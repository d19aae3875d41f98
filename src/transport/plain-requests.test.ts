import { bytesByFetch, longPollWay, streamByFetch, streamWay, systemClock } from '.';
import { bytesByNode } from './http-node';
import { transportContract } from './testing/transport.contract';

// Each port once: fetch for long polls and Node's for streams are those of the tests of ladder and folder.
describe('over long polls by Node', () => {
  transportContract((see) => longPollWay({ post: watched(bytesByNode(), see), clock: systemClock }));
});

describe('over a stream by fetch', () => {
  transportContract((see) => streamWay({ post: watched(bytesByFetch(), see), stream: watched(streamByFetch(), see), clock: systemClock }));
});

type Port<Answer> = (url: string, body: Uint8Array, signal: AbortSignal) => Answer;

function watched<Answer>(port: Port<Answer>, see: (url: string) => void = () => undefined): Port<Answer> {
  return (url, body, signal) => {
    see(url);
    return port(url, body, signal);
  };
}
