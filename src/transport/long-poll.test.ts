import { bytesByFetch, longPollWay, systemClock, type BytesPort, type Way } from '.';
import { bytesByNode } from './http-node';
import { transportContract } from './testing/transport.contract';

describe.each([
  ['fetch', () => bytesByFetch()],
  ['Node', () => bytesByNode()],
] as const)('over long polls by %s', (_name, port) => {
  transportContract((see) => wayOver(port(), see));
});

function wayOver(port: BytesPort, see: (url: string) => void = () => undefined): Way {
  const post: BytesPort = (url, body, signal) => {
    see(url);
    return port(url, body, signal);
  };
  return longPollWay({ post, clock: systemClock });
}
