/** Broken set-ups, each built for real, and what the check makes of them. */
import Database from 'better-sqlite3';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { join } from 'node:path';
import { verdictOf, type HopResult } from '../../doctor';
import { credentialsFrom, type Credentials } from '../../folder';
import { privatelySigned, selfSigned } from '../../relay/testing/certificate';
import { Harness } from '../../relay/testing/harness';
import { findDeno, RelayDatabase, SqliteLog, SqliteRegistry, type RunningRelay } from '../../relay';
import { Faults, type Tampering } from './testing/faults';
import { walk, type Patient, type WalkOptions } from './walk';

const DAY = 24 * 60 * 60 * 1000;
const harness = new Harness();
const faults = new Faults();

async function deviceAt(relay: RunningRelay): Promise<Credentials> {
  return credentialsFrom((await relay.relay.setupLink(relay.url)) ?? '');
}

async function check(relay: string, more: Partial<WalkOptions> = {}, patient: Partial<Patient> = {}): Promise<HopResult[]> {
  const results: HopResult[] = [];
  const { credentials = null } = patient;
  for await (const result of walk({ relay, credentials, kind: credentials === null ? 'address' : 'device', ...patient }, { idle: 0, patience: 3_000, ...more })) results.push(result);
  return results;
}

/** Of a proxy that lets no plain request with frames through. */
const noPolls: Tampering['answer'] = ({ url }, response) => url?.endsWith('/v1/poll') === true && response.writeHead(403).end('<html>') !== null;

/** Of a proxy that takes CORS headers away. */
const withoutCors: Tampering['answerHeaders'] = (raw) => raw.filter((_, i) => !/^access-control/i.test(raw[i - (i % 2)] ?? ''));

/** Every hop before the one that fails is good, nothing comes after it, and it says what to do. */
function expectVerdict(results: readonly HopResult[], hop: string, code: string): void {
  const last = results.at(-1);
  expect(last).toMatchObject({ hop, code, state: 'failed' });
  expect(last?.cure).toMatch(/^[A-Z].*\.$/);
  expect(last?.text).toMatch(/^\S.* .*\.$/);
  expect(results.slice(0, -1).filter(({ state }) => state !== 'ok')).toEqual([]);
  expect(verdictOf(results)).toBe(last);
}

/** Every other hop is good, and the way is walked to its end. */
function expectWarning(results: readonly HopResult[], hop: string, code: string): void {
  const verdict = verdictOf(results);
  expect(verdict).toMatchObject({ hop, code, state: 'warning', cure: expect.stringMatching(/^[A-Z].*\.$/) });
  expect(results.filter((result) => result !== verdict && result.state !== 'ok')).toEqual([]);
  expect(results.at(-1)?.hop).toBe('live');
}

describe('a good set-up', () => {
  test('a device finds every hop green', async () => {
    const relay = await harness.start();
    const results = await check(relay.url, { idle: 100 }, { credentials: await deviceAt(relay) });
    expect(results.map(({ hop, state }) => `${hop} ${state}`)).toEqual(
      ['address', 'dns', 'tcp', 'tls', 'phones', 'http', 'clock', 'upgrade', 'origins', 'session', 'key', 'live', 'idle'].map((hop) => `${hop} ok`),
    );
    expect(verdictOf(results)).toBeNull();
    expect(results.find(({ hop }) => hop === 'key')?.text).toMatch(/\d{4} \d{4} \d{4} \d{4}/);
  });

  test('an address alone is checked up to the session, under a path too', async () => {
    const relay = await harness.start({ path: '/sync/blockwire' });
    const results = await check(`${relay.url}/sync/blockwire`);
    expect(results.slice(0, -1).filter(({ state }) => state !== 'ok')).toEqual([]);
    expect(results.at(-1)).toMatchObject({ hop: 'session', state: 'skipped' });
  });

  test('a certificate of a public authority is good for phones, one that only this computer trusts is not', async () => {
    const tls = selfSigned(Date.now() + 20 * DAY, 21 * DAY);
    const { url } = await harness.start({ tls });
    const trusted = await check(url, { ca: tls.cert, publicRoots: [tls.cert] });
    expect(verdictOf(trusted)).toBeNull();
    expect(trusted.map(({ hop }) => hop)).toContain('origins');
    const privately = await check(url, { ca: tls.cert });
    expect(verdictOf(privately)).toMatchObject({ hop: 'phones', code: 'PRIVATE_CA', state: 'warning' });
    expect(privately.at(-1)).toMatchObject({ hop: 'session' });
  });

  test('a pairing link is checked without a device joining', async () => {
    const relay = await harness.start();
    const credentials = await deviceAt(relay);
    const results = await check(relay.url, {}, { kind: 'link', credentials: { ...credentials, seed: new Uint8Array(32).fill(7) } });
    expect(verdictOf(results)).toBeNull();
    expect(results.find(({ hop }) => hop === 'session')).toMatchObject({ state: 'ok' });
    await relay.stop();
    const database = new Database(join(harness.directory, 'relay.db'), { readonly: true });
    expect(database.prepare('SELECT count(*) FROM members').pluck().get()).toBe(1);
    database.close();
  });
});

describe('address, name and port', () => {
  test('an address that is none', async () => expectVerdict(await check('relay.example.org'), 'address', 'BAD_ADDRESS'));

  test('a name that does not exist', async () => {
    expectVerdict(await check('https://relay.invalid', { resolve: () => Promise.reject(Object.assign(new Error('x'), { code: 'ENOTFOUND' })) }), 'dns', 'NO_SUCH_NAME');
    expectVerdict(await check('https://relay.invalid', { resolve: () => Promise.reject(Object.assign(new Error('x'), { code: 'EAI_AGAIN' })) }), 'dns', 'NAME_SERVER');
  });

  test('a closed port', async () => expectVerdict(await check(`http://127.0.0.1:${await faults.closedPort()}`), 'tcp', 'PORT_CLOSED'));

  test('a computer that does not answer', async () => expectVerdict(await check(`http://127.0.0.1:${await faults.deafPort()}`, { patience: 300 }), 'tcp', 'NO_ANSWER'));

  // The system lets no connection out to the address of all.
  test('an address that no way leads to', async () => expectVerdict(await check('http://255.255.255.255:4747'), 'tcp', 'NO_ROUTE'));

  test('a relay on IPv6 only, asked for by its IPv4 address', async () => {
    const { port } = await harness.start({ host: '::1' });
    expectVerdict(await check(`http://127.0.0.1:${port}`), 'tcp', 'IPV6_ONLY');
    expect(verdictOf(await check(`http://[::1]:${port}`))).toBeNull();
  });

  test('a name with an IPv6 address only works here, and is warned of', async () => {
    const tls = selfSigned();
    const { port } = await harness.start({ host: '::1', tls });
    const results = await check(`https://six.example:${port}`, { ca: tls.cert, resolve: async () => [{ address: '::1', family: 6 }] });
    expect(results.find(({ hop }) => hop === 'tcp')).toMatchObject({ code: 'IPV6_ONLY', state: 'warning' });
  });
});

describe('encryption', () => {
  test('no encryption beyond this computer', async () => {
    const { port } = await harness.start();
    expectVerdict(await check(`http://relay.example:${port}`, { resolve: async () => [{ address: '127.0.0.1', family: 4 }] }), 'tls', 'PLAIN_HTTP');
  });

  test('a self-signed certificate', async () => expectVerdict(await check((await harness.start({ tls: selfSigned() })).url), 'tls', 'CERT_SELF_SIGNED'));

  test('an expired certificate', async () => {
    const tls = selfSigned(Date.now() - 10 * DAY);
    expectVerdict(await check((await harness.start({ tls })).url, { ca: tls.cert }), 'tls', 'CERT_EXPIRED');
  });

  test('a certificate that only seems expired, because the clock here is off', async () => {
    const now = (): number => Date.now() - 10 * DAY;
    const tls = selfSigned(now());
    expectVerdict(await check((await harness.start({ tls, now })).url, { ca: tls.cert }), 'tls', 'CLOCK_OFF');
  });

  test('a certificate that begins later', async () => {
    const tls = selfSigned(Date.now() + 10 * DAY);
    expectVerdict(await check((await harness.start({ tls })).url, { ca: tls.cert }), 'tls', 'CERT_NOT_YET');
  });

  test('a certificate that ends soon', async () => {
    const tls = selfSigned();
    const results = await check((await harness.start({ tls })).url, { ca: tls.cert, publicRoots: [tls.cert] });
    expect(verdictOf(results)).toMatchObject({ hop: 'tls', code: 'CERT_EXPIRES_SOON', state: 'warning' });
  });

  test('a certificate for another name', async () => {
    const tls = selfSigned();
    const { port } = await harness.start({ tls });
    expectVerdict(await check(`https://relay.example:${port}`, { ca: tls.cert, resolve: async () => [{ address: '127.0.0.1', family: 4 }] }), 'tls', 'CERT_OTHER_NAME');
  });

  test('a certificate of an authority that is not known here', async () => expectVerdict(await check((await harness.start({ tls: privatelySigned() })).url), 'tls', 'CERT_UNTRUSTED'));

  test('TLS that is too old, or cut', async () => {
    expectVerdict(await check(await faults.oldTls()), 'tls', 'TLS_FAILED');
    expectVerdict(await check(`https://127.0.0.1:${await faults.rudePort()}`), 'tls', 'TLS_FAILED');
  });

  test('a port that speaks no TLS', async () => {
    const { port } = await harness.start();
    expectVerdict(await check(`https://127.0.0.1:${port}`), 'tls', 'NOT_TLS');
  });
});

describe('what answers', () => {
  test('a proxy whose relay is down', async () => {
    expectVerdict(await check(await faults.proxy(`http://127.0.0.1:${await faults.closedPort()}`, {})), 'http', 'PROXY_NO_RELAY');
  });

  test('a program that takes the connection and says nothing, or hangs up', async () => {
    expectVerdict(await check(await faults.serve(() => undefined), { patience: 300 }), 'http', 'UNREACHABLE');
    expectVerdict(await check(await faults.serve(({ socket }) => socket.destroy())), 'http', 'UNREACHABLE');
  });

  test('a wrong path', async () => {
    const relay = await harness.start({ path: '/blockwire' });
    expectVerdict(await check(relay.url), 'http', 'WRONG_PATH');
    expectVerdict(await check(`${relay.url}/blockwire/more`), 'http', 'WRONG_PATH');
  });

  test('a log-in page of the network: redirected to, announced, or in the relay’s place', async () => {
    expectVerdict(await check(await faults.serve((_, response) => response.writeHead(302, { location: 'http://hotel.example/login' }).end())), 'http', 'CAPTIVE_PORTAL');
    expectVerdict(await check(await faults.serve((_, response) => response.writeHead(511).end('<html>Room number?</html>'))), 'http', 'CAPTIVE_PORTAL');
    expectVerdict(await check(await faults.serve((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>Room number?'))), 'http', 'WEB_PAGE');
  });

  test('a redirect within the site, a password before the relay, another program', async () => {
    expectVerdict(await check(await faults.serve(({ url }, response) => response.writeHead(301, { location: `${url ?? ''}/` }).end())), 'http', 'REDIRECTED');
    expectVerdict(await check(await faults.serve((_, response) => response.writeHead(401, { 'www-authenticate': 'Basic' }).end())), 'http', 'PROXY_REFUSES');
    expectVerdict(await check(await faults.serve((_, response) => response.end('{"status":"up"}'))), 'http', 'NOT_A_RELAY');
  });

  test('a relay of another version', async () => {
    const address = await faults.serve((_, response) => response.end(JSON.stringify({ relay: 'blockwire', protocol: ['blockwire.9'], ok: true, now: Date.now() })));
    expectVerdict(await check(address), 'http', 'VERSION');
  });

  test('a full disk under the relay', async () => {
    const database = new RelayDatabase({ file: join(harness.directory, 'relay.db'), freeBytes: () => 0 });
    const { url } = await harness.start({ data: { log: new SqliteLog(database), registry: new SqliteRegistry(database) } });
    expectVerdict(await check(url), 'http', 'DISK_FULL');
  });

  test('a relay that can’t work for another reason', async () => {
    const address = await faults.serve((_, response) => response.writeHead(503).end(JSON.stringify({ relay: 'blockwire', protocol: ['blockwire.1'], ok: false, now: Date.now() })));
    expectVerdict(await check(address), 'http', 'RELAY_UNABLE');
  });

  test('a clock that is a day off is told, and no failure', async () => {
    const relay = await harness.start();
    const results = await check(relay.url, { now: () => Date.now() + DAY }, { credentials: await deviceAt(relay) });
    expect(verdictOf(results)).toMatchObject({ hop: 'clock', code: 'CLOCK_OFF', state: 'warning', text: expect.stringContaining('24 hours') });
    expect(results.at(-1)).toMatchObject({ hop: 'live', state: 'ok' });
  });
});

describe('upgrade and origins', () => {
  test('upgrades refused, or their header lost, by a proxy that passes nothing else either', async () => {
    const { url } = await harness.start();
    expectVerdict(await check(await faults.proxy(url, { upgrades: 'refuse', answer: noPolls })), 'upgrade', 'UPGRADE_REFUSED');
    expectVerdict(await check(await faults.proxy(url, { upgrades: 'lose', answer: noPolls })), 'upgrade', 'UPGRADE_LOST');
  });

  test('are a warning where long polling gets through, with a device and without', async () => {
    const relay = await harness.start();
    const credentials = await deviceAt(relay);
    for (const [upgrades, code] of [['refuse', 'UPGRADE_REFUSED'], ['lose', 'UPGRADE_LOST']] as const) {
      const address = await faults.proxy(relay.url, { upgrades });
      const results = await check(address, {}, { credentials });
      expect(verdictOf(results)).toMatchObject({ hop: 'upgrade', code, state: 'warning', text: expect.stringContaining('Plain requests get through'), cure: expect.stringContaining('Upgrade') });
      expect(results.filter(({ state }) => state !== 'ok').map(({ hop, state }) => `${hop} ${state}`)).toEqual(['upgrade warning', 'live warning']);
      expect((await check(address)).filter(({ state }) => state === 'failed')).toEqual([]);
    }
    expect(relay.relay.statistics.connections).toBe(0);
  });

  test('what CORS keeps from Obsidian’s pages goes by its own requests', async () => {
    const { url } = await harness.start();
    const results = await check(await faults.proxy(url, { upgrades: 'refuse', answerHeaders: withoutCors }));
    expect(results.filter(({ state }) => state === 'warning')).toMatchObject([{ code: 'UPGRADE_REFUSED', state: 'warning' }, { hop: 'origins', code: 'CORS_MISSING', state: 'warning', text: expect.stringContaining('own requests') }]);
  });

  test('an origin that a proxy rewrites is refused', async () => {
    const address = await faults.proxy((await harness.start()).url, { requestHeaders: (headers) => headers['origin'] !== undefined && (headers['origin'] = 'https://relay.example') });
    expectVerdict(await check(address), 'origins', 'ORIGIN');
  });

  test('a proxy that refuses upgrades with an Origin that it does not know', async () => {
    const { url } = await harness.start();
    expectVerdict(await check(await faults.proxy(url, { upgrades: 'refuse-origins', answer: noPolls })), 'origins', 'UPGRADE_REFUSED');
    expect(verdictOf(await check(await faults.proxy(url, { upgrades: 'refuse-origins' })))).toMatchObject({ hop: 'origins', code: 'UPGRADE_REFUSED', state: 'warning' });
  });

  test('answers whose CORS headers a proxy strips or doubles', async () => {
    const relay = await harness.start();
    const credentials = await deviceAt(relay);
    const stripped = await faults.proxy(relay.url, { answerHeaders: withoutCors });
    expectWarning(await check(stripped, {}, { credentials }), 'origins', 'CORS_MISSING');
    const doubled = await faults.proxy(relay.url, { answerHeaders: (raw) => [...raw, 'Access-Control-Allow-Origin', '*'] });
    expectWarning(await check(doubled, {}, { credentials }), 'origins', 'CORS_DOUBLED');
  });

  test('a proxy that answers OPTIONS itself', async () => {
    const relay = await harness.start();
    const address = await faults.proxy(relay.url, { answer: ({ method }, response) => method === 'OPTIONS' && response.writeHead(405).end() !== null });
    expectWarning(await check(address, {}, { credentials: await deviceAt(relay) }), 'origins', 'PREFLIGHT');
  });
});

describe('session and line', () => {
  test('the key of another space', async () => {
    const relay = await harness.start();
    const credentials = await deviceAt(relay);
    const wrong = { ...credentials, secret: new Uint8Array(32).fill(9) };
    expectVerdict(await check(relay.url, {}, { credentials: wrong, kind: 'link' }), 'session', 'UNKNOWN_SPACE');
    expectVerdict(await check(relay.url, {}, { credentials: wrong }), 'session', 'UNKNOWN_SPACE');
  });

  test('a device that was taken off the relay', async () => {
    const relay = await harness.start();
    const credentials = await deviceAt(relay);
    await relay.stop();
    const database = new Database(join(harness.directory, 'relay.db'));
    database.exec('DELETE FROM members');
    database.close();
    expectVerdict(await check((await harness.start()).url, {}, { credentials }), 'session', 'UNAUTHORIZED');
  });

  test('a session that is revoked between its request and the connection', async () => {
    const relay = await harness.start();
    const credentials = await deviceAt(relay);
    const address = await faults.proxy(relay.url, { requestHeaders: (headers) => (headers['sec-websocket-protocol'] = String(headers['sec-websocket-protocol']).replace(/(session\.).*/, `$1${'A'.repeat(43)}`)) });
    expectVerdict(await check(address, {}, { credentials }), 'live', 'SESSION_EXPIRED');
  });

  test('a proxy that does not let POST through', async () => {
    const relay = await harness.start();
    const credentials = await deviceAt(relay);
    const address = await faults.proxy(relay.url, { answer: ({ method }, response) => method === 'POST' && response.writeHead(403).end('<html>') !== null });
    expectVerdict(await check(address, {}, { credentials }), 'session', 'SESSION_BLOCKED');
  });

  test('a proxy that keeps back what the relay says', async () => {
    const relay = await harness.start();
    const credentials = await deviceAt(relay);
    const address = await faults.proxy(relay.url, { holdsFrames: true, answer: noPolls });
    expectVerdict(await check(address, { patience: 1_000 }, { credentials }), 'live', 'BUFFERED');
  });

  test('a proxy that hangs up when the relay says something', async () => {
    const relay = await harness.start();
    const credentials = await deviceAt(relay);
    const address = await faults.proxy(relay.url, { cutsFrames: true });
    // Plain requests get through, so that devices work all the same.
    expect(verdictOf(await check(address, {}, { credentials }))).toMatchObject({ hop: 'live', code: 'LINE_CUT', state: 'warning' });
  });

  test('a proxy that cuts a silent line', async () => {
    const relay = await harness.start();
    const credentials = await deviceAt(relay);
    const address = await faults.proxy(relay.url, { idle: 300 });
    expectVerdict(await check(address, { idle: 2_000 }, { credentials }), 'idle', 'IDLE_CUT');
  });

  test('a relay that stops while the line lies idle is not called a cut line', async () => {
    const relay = await harness.start();
    const credentials = await deviceAt(relay);
    const results: HopResult[] = [];
    for await (const result of walk({ relay: relay.url, kind: 'device', credentials }, { idle: 20_000 })) {
      results.push(result);
      if (result.hop === 'live') void relay.stop();
    }
    expectVerdict(results, 'idle', 'SHUTTING_DOWN');
  });
});

describe('WebTransport', () => {
  const found = async (relay: string): Promise<HopResult | undefined> => (await check(relay, { patience: 1_000 })).find(({ hop }) => hop === 'webtransport');

  test('is not spoken of where it is not offered; a process that is away and a port that does not answer are warnings', async () => {
    const { relay, url } = await harness.start();
    expect(await found(url)).toBeUndefined();
    relay.offers.post(null);
    expect(await found(url)).toMatchObject({ state: 'warning', code: 'WEBTRANSPORT_DOWN' });
    // It answers, but not as a server of QUIC.
    const echo = createSocket('udp4');
    echo.on('message', (packet, { port, address }) => echo.send(packet, port, address));
    echo.bind(0, '127.0.0.1');
    await once(echo, 'listening');
    relay.offers.post({ port: echo.address().port, hashes: [new Uint8Array(32)] });
    expect(await found(url)).toMatchObject({ state: 'warning', code: 'WEBTRANSPORT_BLOCKED', cure: expect.stringMatching(/UDP/) });
    echo.close();
    await once(echo, 'close');
    expect(await found(url)).toMatchObject({ code: 'WEBTRANSPORT_BLOCKED' });
  });

  (findDeno() === null ? test.skip : test)('a port where QUIC ends answers, and what can’t be tried is said', async () => {
    const { relay, url } = await harness.start({ webTransport: { deno: findDeno() ?? '', port: 0 } });
    await new Promise<void>((resolve) => relay.offers.tell(() => relay.offers.current && resolve()));
    expect(await found(url)).toMatchObject({ state: 'ok', text: expect.stringMatching(/^UDP port \d+ answers\. Whether a session opens can’t be tried from here/) });
  });
});
