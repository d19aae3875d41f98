import { bytesByFetch, longPollWay, shortPollWay, streamByFetch, streamWay, systemClock } from '.';
import { bytesByNode } from './http-node';
import { transportContract } from './testing/transport.contract';

// Each port once: fetch for long polls and Node's for streams are those of the tests of ladder and folder.
describe('over long polls by Node', () => {
  transportContract((see) => longPollWay({ post: watched(bytesByNode(), see), clock: systemClock }));
});

// As Obsidian's own requests are.
describe('over short polls by requests that can’t be given up', () => {
  const post = bytesByFetch();
  const never = new AbortController().signal;
  transportContract((see) => shortPollWay({ post: watched((url, body) => post(url, body, never), see), clock: systemClock }));
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
