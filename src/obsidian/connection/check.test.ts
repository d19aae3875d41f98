import { WebSocket as NodeSocket } from 'ws';
import { credentialsFrom, sessionRequestOf, spaceFingerprint } from '../../folder';
import { Faults, type Tampering } from '../../cli/doctor/testing/faults';
import { Harness } from '../../relay/testing/harness';
import { VERDICTS, type HopResult } from '../../doctor';
import { checkConnection, type Probes } from './check';

const HOST = 'https://relay.example';
const harness = new Harness();
const faults = new Faults();

/** Probes of a device of a real relay, as far as Node can stand for an app. */
async function device(over: Partial<Probes> = {}): Promise<{ relay: string; probes: Probes; stop: () => Promise<void> }> {
  const { relay, url, stop } = await harness.start();
  const credentials = await credentialsFrom((await relay.setupLink(url)) ?? '');
  return { relay: url, probes: { ...probesOf((time) => sessionRequestOf(credentials, time)), fingerprint: () => spaceFingerprint(credentials), ...over }, stop };
}

function probesOf(request: Probes['request'] = () => Promise.reject(new Error('no device'))): Probes {
  const answer = async (url: string, init?: RequestInit): Promise<{ status: number; body: string }> => {
    const response = await fetch(url, init);
    return { status: response.status, body: await response.text() };
  };
  return {
    get: (url) => answer(url),
    post: (url, body) => answer(url, { method: 'POST', body }),
    fetch: (url) => fetch(url),
    permission: async () => null,
    request,
    fingerprint: () => '',
    line: {
      WebSocket: NodeSocket as unknown as typeof WebSocket, // the browser's interface, as far as it is used
      poll: async (url, body) => {
        const response = await fetch(url, { method: 'POST', body: body.slice() });
        return { status: response.status, body: new Uint8Array(await response.arrayBuffer()) };
      },
      now: () => performance.now(),
      after: (ms, run) => {
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      },
      patience: 3_000,
    },
    now: () => Date.now(),
    isMobile: false,
    webTransport: null,
  };
}

/** Of a proxy that lets no plain request with frames through. */
const noPolls: Tampering['answer'] = ({ url }, response) => url?.endsWith('/v1/poll') === true && response.writeHead(403).end('<html>') !== null;

async function walk(relay: string | undefined, probes: Probes, idle = 0): Promise<HopResult[]> {
  const results: HopResult[] = [];
  for await (const result of checkConnection(relay === undefined ? [] : [relay], probes, idle)) results.push(result);
  return results;
}

/** It is the last, and all before it is well. */
function expectFailure(results: readonly HopResult[], hop: string, code: string, cure: RegExp): void {
  expect(results.at(-1)).toMatchObject({ hop, code, state: 'failed', cure: expect.stringMatching(cure) });
  expect(results.slice(0, -1).filter(({ state }) => state !== 'ok')).toEqual([]);
}

test('all hops are good, with silence at the end where it was asked for', async () => {
  const { relay, probes } = await device();
  const results = await walk(relay, probes, 50);
  expect(results.map(({ hop, state }) => `${hop} ${state}`)).toEqual(['address', 'tls', 'http', 'clock', 'origins', 'session', 'key', 'live', 'idle'].map((hop) => `${hop} ok`));
  expect(results.find(({ hop }) => hop === 'key')?.text).toMatch(/\d{4} \d{4} \d{4} \d{4}/);
  expect((await walk(relay, probes)).at(-1)?.hop).toBe('live');
});

describe('before anything is sent', () => {
  test.each([
    ['no relay', undefined, {}, 'address', 'NO_RELAY', /Set up/],
    ['a broken address', 'relay', {}, 'address', 'BAD_ADDRESS', /link/],
    ['a phone with a loopback address', 'http://127.0.0.1:8787', { isMobile: true }, 'address', 'LOOPBACK_ON_PHONE', /--public-url/],
    ['plain http beyond this computer', 'http://192.168.1.7:8787', {}, 'tls', 'PLAIN_HTTP', /Caddy/],
  ] as [string, string | undefined, Partial<Probes>, string, string, RegExp][])('%s is named with its cure', async (_name, relay, over, hop, code, cure) => {
    expectFailure(await walk(relay, { ...probesOf(), ...over }), hop, code, cure);
  });
});

describe('what answers', () => {
  test('nothing, on this computer or elsewhere', async () => {
    expectFailure(await walk(`http://127.0.0.1:${await faults.closedPort()}`, probesOf()), 'http', 'UNREACHABLE', /npx blockwire relay/);
    expectFailure(await walk(HOST, { ...probesOf(), get: () => Promise.reject(new Error('net::ERR_CERT_AUTHORITY_INVALID')) }), 'http', 'UNREACHABLE', /certificate.*blockwire doctor/);
  });

  test('a proxy without its relay', async () => {
    expectFailure(await walk(await faults.proxy(`http://127.0.0.1:${await faults.closedPort()}`, {}), probesOf()), 'http', 'PROXY_NO_RELAY', /Start the relay/);
  });

  test('a relay that does not know this device', async () => {
    const { probes } = await device();
    const other = await harness.start({ data: `${harness.directory}/other` });
    expectFailure(await walk(other.url, probes), 'session', 'UNKNOWN_SPACE', /./);
  });

  test('proxies that let POST, the upgrade, or the relay’s words not through', async () => {
    const { relay, probes } = await device();
    const withoutPost = await faults.proxy(relay, { answer: ({ method }, response) => method === 'POST' && response.writeHead(403).end('<html>') !== null });
    expectFailure(await walk(withoutPost, probes), 'session', 'SESSION_BLOCKED', /OPTIONS/);
    const [socketsOnly, nothing] = [{ upgrades: 'refuse' }, { upgrades: 'refuse', answer: noPolls }] as const;
    expectFailure(await walk(await faults.proxy(relay, nothing), probes), 'live', 'NO_WEBSOCKET', /Upgrade/);
    expectFailure(await walk(await faults.proxy(relay, { holdsFrames: true, answer: noPolls }), { ...probes, line: { ...probes.line, patience: 300 } }), 'live', 'BUFFERED', /buffering/);
    const results = await walk(await faults.proxy(relay, socketsOnly), probes);
    expect(results.filter(({ state }) => state !== 'ok')).toEqual([expect.objectContaining({ hop: 'live', code: 'NO_WEBSOCKET', state: 'warning', text: expect.stringContaining('Plain requests get through') })]);
    expectFailure(await walk(await faults.proxy(relay, { idle: 200 }), probes, 2_000), 'idle', 'IDLE_CUT', /time-out/);
  });
});

describe('warnings end nothing', () => {
  test('a clock that is off', async () => {
    const { relay, probes } = await device({ now: () => Date.now() + 3_600_000 });
    const results = await walk(relay, probes);
    expect(results.find(({ state }) => state !== 'ok')).toMatchObject({ hop: 'clock', state: 'warning', text: expect.stringContaining('60 minutes') });
    expect(results.at(-1)).toMatchObject({ hop: 'live', state: 'ok' });
  });

  test('answers that do not allow the app', async () => {
    const { relay, probes } = await device({ fetch: () => Promise.reject(new TypeError('Failed to fetch')) });
    const results = await walk(relay, probes);
    expect(results.find(({ state }) => state !== 'ok')).toMatchObject({ hop: 'origins', code: 'CORS_MISSING', state: 'warning' });
    expect(results.at(-1)).toMatchObject({ hop: 'live', state: 'ok' });
  });
});

describe('the permission for the local network', () => {
  test('is told of for a relay that is there, and not for others', async () => {
    const told = async (relay: string, state: string): Promise<string | undefined> => {
      const results = await walk(relay, { ...probesOf(), permission: async () => state, get: () => Promise.reject(new Error('x')) });
      return results.find(({ hop }) => hop === 'local-network')?.text;
    };
    expect(await told('https://192.168.1.7', 'prompt')).toMatch(/say yes/);
    expect(await told('https://nas.local', 'granted')).toMatch(/in the local network\.$/);
    expect(await told('https://relay.example', 'prompt')).toBeUndefined();
  });

  test('denied is the failure where nothing gets through, and none where all does', async () => {
    const { relay, probes } = await device({ permission: async () => 'denied' });
    expect((await walk(relay, probes)).every(({ state }) => state === 'ok')).toBe(true);
    const blocked = { ...probes, fetch: () => Promise.reject(new TypeError('Failed to fetch')) };
    expectFailure(await walk(await faults.proxy(relay, { upgrades: 'refuse', answer: noPolls }), blocked), 'local-network', 'LOCAL_NETWORK', /privacy settings/);
    expectFailure(await walk(relay, { ...blocked, get: () => Promise.reject(new Error('x')) }), 'local-network', 'LOCAL_NETWORK', /privacy settings/);
    expect(VERDICTS).toContain('LOCAL_NETWORK');
  });
});

describe('WebTransport', () => {
  const probe = (opens: boolean | undefined): Probes['webTransport'] => ({ take: (_relay, frame) => frame[0] === 0x4e, opens: async () => opens });

  test('is told of where it is offered or wanted, and nowhere else', async () => {
    const { relay, url } = await harness.start();
    const credentials = await credentialsFrom((await relay.setupLink(url)) ?? '');
    const probes = probesOf((time) => sessionRequestOf(credentials, time));
    const last = async (webTransport: Probes['webTransport']): Promise<HopResult | undefined> => (await walk(url, { ...probes, webTransport })).at(-1);
    expect(await last(null)).toMatchObject({ hop: 'live' });
    expect(await last(probe(true))).toMatchObject({ hop: 'webtransport', state: 'skipped', text: expect.stringContaining('does not offer') });
    relay.offers.post(null);
    expect(await last(null)).toMatchObject({ hop: 'webtransport', state: 'warning', code: 'WEBTRANSPORT_DOWN' });
    relay.offers.post({ port: 4747, hashes: [new Uint8Array(32)] });
    expect(await last(null)).toMatchObject({ hop: 'webtransport', state: 'skipped', text: expect.stringContaining('off in this app') });
    expect(await last(probe(undefined))).toMatchObject({ hop: 'webtransport', state: 'skipped' });
    // What the relay says of it on the WebSocket is no frame that nobody understands.
    expect(await last(probe(true))).toMatchObject({ hop: 'webtransport', state: 'ok', text: expect.stringContaining('UDP port 4747') });
    const blocked = await walk(url, { ...probes, webTransport: probe(false) });
    expect(blocked.filter(({ state }) => state !== 'ok')).toEqual([expect.objectContaining({ hop: 'webtransport', state: 'warning', code: 'WEBTRANSPORT_BLOCKED', cure: expect.stringMatching(/UDP/) })]);
  });
});
