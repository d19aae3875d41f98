import fc from 'fast-check';
import { toBase64Url } from './base64url';
import { ProtocolError } from './errors';
import { formatLink, LinkError, parseLink, parseLinkParameters, type Link, type PairingLink, type SetupLink } from './link';
import { LIMITS } from './limits';

const secret = Uint8Array.from({ length: 32 }, (_, i) => i * 7);
const pairing: PairingLink = { type: 'pairing', secret, epoch: 0, epochSecret: null, relays: ['https://relay.example'] };
const setup: SetupLink = { type: 'setup', ticket: toBase64Url(secret.subarray(0, 16)), relay: 'http://127.0.0.1:4600' };
const PAIRING = 'obsidian://blockwire?v=1&r=https://relay.example&e=0&k=AAcOFRwjKjE4P0ZNVFtiaXB3foWMk5qhqK-2vcTL0tk';
const SETUP = 'obsidian://blockwire?v=1&r=http://127.0.0.1:4600&t=AAcOFRwjKjE4P0ZNVFtiaQ';

function reasonOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof LinkError) return error.reason;
    throw error;
  }
  return 'none';
}

test('[P31] the two links have these texts', () => {
  expect(formatLink(pairing)).toBe(PAIRING);
  expect(formatLink(setup)).toBe(SETUP);
  expect(parseLink(PAIRING)).toEqual(pairing);
  expect(parseLink(SETUP)).toEqual(setup);
});

const relays = fc.tuple(
  fc.constantFrom('https', 'http'),
  fc.domain({ size: 'small' }).filter((domain) => domain.length < 40),
  fc.option(fc.integer({ min: 1024, max: 65535 })),
  fc.constantFrom('', '/sync', '/a/b%20c', '/x+y=z,~', '/%E2%82%AC&c'),
).map(([scheme, host, port, path]) => `${scheme}://${host}${port === null ? '' : `:${port}`}${path}`);
const secrets = fc.uint8Array({ minLength: 32, maxLength: 32 });
const links: fc.Arbitrary<Link> = fc.oneof(
  fc.record({
    type: fc.constant('setup' as const),
    ticket: fc.uint8Array({ minLength: 16, maxLength: 16 }).map(toBase64Url),
    relay: relays,
  }),
  fc
    .tuple(secrets, fc.oneof(fc.constant(0), fc.nat(0xffff_ffff)), secrets, relays)
    .map(([key, epoch, own, relay]): Link => ({ type: 'pairing', secret: key, epoch, epochSecret: epoch === 0 ? null : own, relays: [relay] })),
);

test('[P31] every link survives formatting and parsing', () => {
  fc.assert(fc.property(links, (link) => expect(parseLink(formatLink(link))).toEqual(link)));
});

test('[P31] a link that Obsidian took apart is the same link', () => {
  fc.assert(
    fc.property(links, (link) => {
      const query = formatLink(link).split('?')[1] ?? '';
      const record = Object.fromEntries(query.split('&').map((pair) => pair.split('=').map(decodeURIComponent) as [string, string]));
      expect(parseLinkParameters({ action: 'blockwire', ...record })).toEqual(link);
    }),
  );
});

test('[P32] a link that was cut off anywhere is never taken for a whole one', () => {
  fc.assert(
    fc.property(links, fc.double({ min: 0, max: 1, noNaN: true }), (link, where) => {
      const text = formatLink(link);
      const cut = text.slice(0, Math.floor(where * (text.length - 1)));
      expect(['not-a-link', 'other-action', 'incomplete', 'damaged', 'version']).toContain(reasonOf(() => parseLink(cut)));
    }),
  );
});

test('[P33] white space anywhere and quotes or brackets around a link are ignored', () => {
  for (const wrap of [` ${PAIRING}\n`, `<${PAIRING}>`, `"${PAIRING}"`, `\`${PAIRING}\``, `${PAIRING.slice(0, 40)}\r\n  ${PAIRING.slice(40)}`]) {
    expect(parseLink(wrap)).toEqual(pairing);
  }
  expect(parseLink(PAIRING.replace('obsidian://blockwire?', 'Obsidian://Blockwire/?'))).toEqual(pairing);
  expect(parseLink(PAIRING.replace('https://relay.example', 'https%3A%2F%2Frelay.example%2F'))).toEqual(pairing);
});

test.each<[string, LinkError['reason'], string]>([
  ['nothing', 'not-a-link', '  '],
  ['a word', 'not-a-link', 'blockwire'],
  ['a web address', 'web-link', 'https://relay.example/v1'],
  ['another app’s link', 'other-action', 'obsidian://open?vault=Notes'],
  ['a link of version 2', 'version', PAIRING.replace('v=1', 'v=2')],
  ['no version', 'incomplete', 'obsidian://blockwire'],
  ['no relay', 'incomplete', PAIRING.replace('r=https://relay.example&', '')],
  ['no epoch', 'incomplete', PAIRING.replace('e=0&', '')],
  ['no secret', 'incomplete', PAIRING.replace(/&k=.*/, '')],
  ['a later epoch without its secret', 'incomplete', PAIRING.replace('e=0', 'e=1')],
  ['a bad epoch', 'damaged', PAIRING.replace('e=0', 'e=01')],
  ['an epoch above 2^32 - 1', 'damaged', PAIRING.replace('e=0', 'e=4294967296')],
  ['a secret for the first epoch', 'damaged', `${PAIRING}&n=${toBase64Url(secret)}`],
  ['a secret too long', 'damaged', `${PAIRING}A`],
  ['a wrong character', 'damaged', PAIRING.replace('AAcO', 'AA.O')],
  ['a secret twice', 'damaged', `${PAIRING}&k=${toBase64Url(secret)}`],
  ['ticket and secret', 'damaged', `${PAIRING}&t=${setup.ticket}`],
  ['a broken escape', 'damaged', PAIRING.replace('relay.', '%zz')],
  ['a relay with a password', 'relay', PAIRING.replace('//relay', '//me:pw@relay')],
  ['a relay of another scheme', 'relay', PAIRING.replace('https:', 'ftp:')],
  ['more than 300 characters', 'too-long', PAIRING.replace('.example', `.example/${'x'.repeat(300)}`)],
  ['very much', 'too-long', 'x'.repeat(10_000_000)],
])('[P34] %s: %s', (_, reason, text) => {
  expect(reasonOf(() => parseLink(text))).toBe(reason);
});

test('[P34] what was wrong is said without repeating the link', () => {
  for (const text of [`${PAIRING}A`, PAIRING.replace('v=1', 'v=2'), PAIRING.replace('https:', 'ftp:')]) {
    expect(() => parseLink(text)).toThrow(LinkError);
    try {
      parseLink(text);
    } catch (error) {
      expect((error as Error).message).not.toContain('AAcO');
      expect((error as Error).message).toMatch(/^[A-Z].*\.$/);
      expect(error).toBeInstanceOf(ProtocolError);
    }
  }
});

test('[P35] a link is at most 300 bytes, with the largest secrets and three usual addresses too', () => {
  const three: PairingLink = {
    ...pairing,
    epoch: 0xffff_ffff,
    epochSecret: secret,
    relays: ['https://laptop.tail1234.ts.net', 'https://blockwire.example.org/relay', 'http://192.168.178.20:4600'],
  };
  const text = formatLink(three);
  expect(text.length).toBeLessThanOrEqual(LIMITS.pairingLink);
  expect(parseLink(text)).toEqual(three);
  expect(reasonOf(() => formatLink({ ...pairing, relays: [`https://relay.example/${'x'.repeat(250)}`] }))).toBe('too-long');
});

test('[P36] what cannot be a link is not made one', () => {
  expect(reasonOf(() => formatLink({ ...pairing, relays: [] }))).toBe('relay');
  expect(reasonOf(() => formatLink({ ...pairing, relays: ['relay.example'] }))).toBe('relay');
  expect(reasonOf(() => formatLink({ ...pairing, secret: secret.subarray(1) }))).toBe('damaged');
  expect(reasonOf(() => formatLink({ ...pairing, epoch: 1 }))).toBe('damaged');
  expect(reasonOf(() => formatLink({ ...setup, ticket: 'abc' }))).toBe('incomplete');
});
