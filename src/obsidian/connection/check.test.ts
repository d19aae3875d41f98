import { ProtocolError } from '../../protocol';
import { checkConnection, type HopResult, type Probes } from './check';

const RELAY = 'https://relay.example';
const healthy = JSON.stringify({ relay: 'blockwire', protocol: ['blockwire.1'], ok: true, now: 1000 });
const probes = (over: Partial<Probes> = {}): Probes => ({
  get: async () => ({ status: 200, body: healthy }),
  session: async () => 'token',
  socket: async () => undefined,
  now: () => 1000,
  isMobile: false,
  ...over,
});
async function walk(relays: readonly string[], over: Partial<Probes> = {}): Promise<HopResult[]> {
  const results: HopResult[] = [];
  for await (const result of checkConnection(relays, probes(over))) results.push(result);
  return results;
}

test('all hops are good', async () => {
  const results = await walk([RELAY]);
  expect(results.map(({ hop }) => hop)).toEqual(['address', 'encryption', 'relay', 'session', 'socket']);
  expect(results.every(({ ok }) => ok)).toBe(true);
});

const failing: [string, string[], Partial<Probes>, string, RegExp][] = [
  ['no relay', [], {}, 'address', /Set up/],
  ['a broken address', ['relay'], {}, 'address', /link/],
  ['a phone with a loopback address', ['http://127.0.0.1:8787'], { isMobile: true }, 'address', /--public-url/],
  ['plain http beyond this computer', ['http://192.168.1.7:8787'], {}, 'encryption', /Caddy/],
  ['no answer', [RELAY], { get: () => Promise.reject(new Error('net::ERR_NAME_NOT_RESOLVED')) }, 'relay', /certificate/],
  ['a relay that is not started', ['http://127.0.0.1:8787'], { get: () => Promise.reject(new Error('refused')) }, 'relay', /npx blockwire relay/],
  ['a proxy without its relay', [RELAY], { get: async () => ({ status: 502, body: '<html>' }) }, 'relay', /Start the relay/],
  ['another server', [RELAY], { get: async () => ({ status: 200, body: '<html>' }) }, 'relay', /address and its path/],
  ['a JSON that is no relay', [RELAY], { get: async () => ({ status: 200, body: 'null' }) }, 'relay', /address and its path/],
  ['another version', [RELAY], { get: async () => ({ status: 200, body: healthy.replace('blockwire.1', 'blockwire.9') }) }, 'relay', /Update/],
  ['a relay that can’t work', [RELAY], { get: async () => ({ status: 503, body: healthy.replace('true', 'false') }) }, 'relay', /disk/],
  ['a device that was removed', [RELAY], { session: () => Promise.reject(new ProtocolError('UNAUTHORIZED', 'x')) }, 'session', /Add this device again/],
  ['a proxy that blocks POST', [RELAY], { session: () => Promise.reject(new Error('CORS')) }, 'session', /OPTIONS/],
  ['a proxy without WebSockets', [RELAY], { socket: () => Promise.reject(new Error('closed')) }, 'socket', /Upgrade/],
];
test.each(failing)('%s is named with its cure', async (_name, relays, over, hop, cure) => {
  const results = await walk(relays, over);
  const last = results.at(-1);
  expect(last).toMatchObject({ hop, ok: false });
  expect(last?.cure).toMatch(cure);
  expect(results.slice(0, -1).every(({ ok }) => ok)).toBe(true);
});

test('a clock that is off is told, and no failure', async () => {
  const results = await walk([RELAY], { now: () => 1000 + 3_600_000 });
  expect(results[2]).toMatchObject({ ok: true, text: expect.stringContaining('60 minutes') });
});
