import { InvalidArgumentError } from 'commander';
import { CliError } from './cli-error';
import { udpAddress, webTransportOf } from './relay-webtransport';

test.each([
  ['4747', { port: 4747 }],
  ['0.0.0.0:4747', { hostname: '0.0.0.0', port: 4747 }],
  ['relay.example.org:443', { hostname: 'relay.example.org', port: 443 }],
  ['[::]:4747', { hostname: '::', port: 4747 }],
])('--webtransport %s', (text, address) => {
  expect(udpAddress(text)).toEqual(address);
  expect(webTransportOf(udpAddress(text), () => '/bin/deno')).toEqual({ deno: '/bin/deno', ...address });
});

test.each(['', 'here', '70000', '::1:4747', 'a:b:1', '1.2.3.4:', '-1'])('--webtransport %j is refused', (text) => {
  expect(() => udpAddress(text)).toThrow(InvalidArgumentError);
});

test('nothing is looked for where it was not asked for, and a Deno that is missing is named with its cure', () => {
  expect(webTransportOf(undefined, () => { throw new Error('looked for'); })).toBeUndefined();
  expect(webTransportOf(true, () => '/bin/deno')).toEqual({ deno: '/bin/deno' });
  const missing = (): unknown => webTransportOf(true, () => null);
  expect(missing).toThrow(CliError);
  expect(missing).toThrow('Deno');
});
