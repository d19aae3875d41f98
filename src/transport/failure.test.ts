import { unreachable } from './failure';

test.each([
  ['http://127.0.0.1:4600', false],
  ['http://localhost', false],
  ['https://relay.example', false],
  ['http://192.168.1.5:4600', true],
  ['http://127.relay.example', true],
])('%s without an answer: TLS is the advice: %s', (relay, advises) => {
  const reason = unreachable(relay, new Error('fetch failed'));
  expect(reason.code).toBe('UNREACHABLE');
  expect(reason.message.includes('needs https://')).toBe(advises);
});
