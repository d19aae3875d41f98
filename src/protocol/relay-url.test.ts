import { ProtocolError } from './errors';
import { isLoopback, isLoopbackHost, parseRelayUrl, requestUrl, socketUrl } from './relay-url';

test.each([
  ['https://Relay.Example', 'https://relay.example'],
  [' https://relay.example:443/ ', 'https://relay.example'],
  ['http://127.0.0.1:4600', 'http://127.0.0.1:4600'],
  ['http://[::1]:4600/', 'http://[::1]:4600'],
  ['https://example.org/blockwire/', 'https://example.org/blockwire'],
  ['https://example.org/a b', 'https://example.org/a%20b'],
])('[P30] %s is taken as %s', (text, expected) => {
  expect(parseRelayUrl(text)).toBe(expected);
  expect(parseRelayUrl(expected)).toBe(expected);
});

test.each([
  ['relay.example', 'start with https://'],
  ['relay.example:4600', 'start with https://'],
  ['wss://relay.example', 'start with https://'],
  ['file:///etc', 'start with https://'],
  ['https://', 'incomplete'],
  ['', 'start with https://'],
  ['https://user@relay.example', 'user name'],
  ['https://:pw@relay.example', 'user name'],
  ['https://relay.example/?', '"?"'],
  ['https://relay.example/?a=b', '"?"'],
  ['https://relay.example/#', '"#"'],
])('[P30] "%s" is refused: %s', (text, hint) => {
  expect(() => parseRelayUrl(text)).toThrow(ProtocolError);
  expect(() => parseRelayUrl(text)).toThrow(hint);
});

test('[P30] the paths stand behind the prefix', () => {
  expect(requestUrl('https://example.org/bw', 'session')).toBe('https://example.org/bw/v1/session');
  expect(socketUrl('https://example.org/bw')).toBe('wss://example.org/bw/v1/socket');
  expect(socketUrl('http://127.0.0.1:4600')).toBe('ws://127.0.0.1:4600/v1/socket');
});

test.each(['http://localhost:4600', 'http://127.0.0.1', 'http://127.8.0.1:4600/blockwire', 'http://[::1]:4600'])('%s means this very computer', (relay) => {
  expect(isLoopback(relay)).toBe(true);
});
test.each(['http://127.relay.example', 'http://127.0.0.1.relay.example', 'https://localhost.relay.example', 'http://10.0.0.1', 'http://[::2]'])('%s means another', (relay) => {
  expect(isLoopback(relay)).toBe(false);
});
test('a host to listen on has no brackets', () => {
  expect(['::1', '127.0.0.1', 'localhost', '0.0.0.0', '::'].map(isLoopbackHost)).toEqual([true, true, true, false, false]);
});
