import { randomBytes } from 'node:crypto';
import { LIMITS, SUBPROTOCOL, TOKEN_PREFIX } from '../protocol';
import { Keys, Refused, TestDevice, TestSpace } from './testing/device';
import { Harness } from './testing/harness';

const harness = new Harness();

async function refusal(attempt: Promise<unknown>): Promise<Refused> {
  const error = await attempt.then(
    () => new Error('It was accepted.'),
    (reason: unknown) => reason,
  );
  if (error instanceof Refused) return error;
  throw error;
}

test('[P50] a clock that is more than five minutes off is told the time', async () => {
  const relay = await harness.start();
  const device = new TestDevice(relay.url, new TestSpace());
  const ticket = await harness.ticket(relay);
  for (const off of [-LIMITS.clockSkew - 1_000, LIMITS.clockSkew + 1_000]) {
    const answer = await device.found(ticket, { time: Date.now() + off });
    expect(answer).toMatchObject({ status: 409, body: { code: 'CLOCK_SKEW' } });
    expect(Math.abs(Number(answer.body.now) - Date.now())).toBeLessThan(5_000);
  }
  expect((await device.found(ticket, { time: Date.now() - LIMITS.clockSkew + 5_000 })).status).toBe(200);
});

test('[P50] a signature that does not match is refused, for each request', async () => {
  const relay = await harness.start();
  const signature = randomBytes(64);
  const stranger = new TestDevice(relay.url, new TestSpace());
  expect(await stranger.found(await harness.ticket(relay), { signature })).toMatchObject({ status: 403, body: { code: 'BAD_SIGNATURE' } });
  const device = await harness.found(relay);
  expect(await new TestDevice(relay.url, device.space).join({ signature })).toMatchObject({ status: 403, body: { code: 'BAD_SIGNATURE' } });
  expect(await device.session({ signature })).toMatchObject({ status: 403, body: { code: 'BAD_SIGNATURE' } });
});

test('[P51] a ticket founds one space, and a repeated request is accepted', async () => {
  const relay = await harness.start();
  const ticket = await harness.ticket(relay);
  const device = new TestDevice(relay.url, new TestSpace());
  expect((await device.found(ticket)).status).toBe(200);
  expect((await device.found(ticket)).status).toBe(200);
  expect(await new TestDevice(relay.url, new TestSpace()).found(ticket)).toMatchObject({ status: 403, body: { code: 'BAD_TICKET' } });
  expect(await new TestDevice(relay.url, device.space).found(await harness.ticket(relay))).toMatchObject({ status: 403, body: { code: 'BAD_TICKET' } });
});

test('[P51] the set-up link is the same at each start until it is used', async () => {
  const first = await harness.start();
  const link = await first.relay.setupLink('https://relay.example');
  expect(link).toMatch(/^obsidian:\/\/blockwire\?/);
  await first.stop();
  const second = await harness.start();
  expect(await second.relay.setupLink('https://relay.example')).toBe(link);
  await harness.found(second);
  expect(await second.relay.setupLink('https://relay.example')).toBeNull();
  expect(await second.relay.setupLink('https://relay.example', true)).not.toBe(link);
});

test('[P52] joining takes the admission key of the space', async () => {
  const relay = await harness.start();
  const first = await harness.found(relay);
  const second = new TestDevice(relay.url, first.space);
  expect(await second.join({ admission: new Keys() })).toMatchObject({ status: 403, body: { code: 'BAD_SIGNATURE' } });
  expect((await second.join()).status).toBe(200);
  expect((await second.join()).status).toBe(200);
  expect(await new TestDevice(relay.url, new TestSpace()).join()).toMatchObject({ status: 404, body: { code: 'UNKNOWN_SPACE' } });
});

test('[P53] a session takes a known device and a fresh nonce', async () => {
  const relay = await harness.start();
  const device = await harness.found(relay);
  const nonce = randomBytes(16);
  expect(await device.session({ nonce })).toMatchObject({ status: 200, body: { expiresIn: LIMITS.session } });
  expect(await device.session({ nonce })).toMatchObject({ status: 403, body: { code: 'BAD_SIGNATURE' } });
  expect(await new TestDevice(relay.url, device.space).session()).toMatchObject({ status: 401, body: { code: 'UNAUTHORIZED' } });
  expect(await new TestDevice(relay.url, new TestSpace()).session()).toMatchObject({ status: 404, body: { code: 'UNKNOWN_SPACE' } });
});

test('[P54] a session ends 24 hours after its last use, and outlives the relay process', async () => {
  let now = Date.now();
  const options = { now: () => now };
  const first = await harness.start(options);
  const device = await harness.found(first);
  await device.session({ time: now });
  now += LIMITS.session - 60_000;
  await (await device.socket()).close();
  await first.stop();
  const second = await harness.start({ ...options, port: first.port });
  now += LIMITS.session - 60_000;
  await (await device.socket()).close();
  now += LIMITS.session + 1;
  expect(await refusal(device.socket())).toMatchObject({ status: 401, code: 'SESSION_EXPIRED' });
  expect(second.relay.statistics.connections).toBe(0);
});

test('[P54] the data holds no token', async () => {
  const relay = await harness.start();
  const device = await harness.found(relay);
  await device.session();
  const { readFileSync, readdirSync } = await import('node:fs');
  const stored = Buffer.concat(readdirSync(harness.directory).map((name) => readFileSync(`${harness.directory}/${name}`)));
  expect(stored.includes(Buffer.from(device.id, 'hex'))).toBe(true);
  expect(stored.includes(device.token)).toBe(false);
  expect(stored.includes(Buffer.from(device.token, 'base64url'))).toBe(false);
});

describe('[P55] before the upgrade', () => {
  test('no valid token is 401, with words', async () => {
    const device = await harness.found(await harness.start());
    expect(await refusal(device.socket({ protocols: [SUBPROTOCOL] }))).toMatchObject({ status: 401, code: 'UNAUTHORIZED' });
    device.token = randomBytes(32).toString('base64url');
    expect(await refusal(device.socket())).toMatchObject({ status: 401, code: 'SESSION_EXPIRED' });
    expect(await refusal(device.socket({ protocols: [SUBPROTOCOL, `${TOKEN_PREFIX}x`] }))).toMatchObject({ status: 401, code: 'SESSION_EXPIRED' });
  });

  test('another version is 426', async () => {
    const device = await harness.found(await harness.start());
    await device.session();
    expect(await refusal(device.socket({ protocols: ['blockwire.9', TOKEN_PREFIX + device.token] }))).toMatchObject({ status: 426, code: 'VERSION' });
  });

  test('the version is echoed, never the token, wherever it travels', async () => {
    const device = await harness.found(await harness.start());
    await device.session();
    const inProtocol = harness.kept(await device.socket());
    expect(inProtocol.webSocket.protocol).toBe(SUBPROTOCOL);
    const inHeader = harness.kept(await device.socket({ protocols: [SUBPROTOCOL], headers: { authorization: `Bearer ${device.token}` } }));
    expect(inHeader.webSocket.protocol).toBe(SUBPROTOCOL);
  });

  test('an address that is not the socket is 404', async () => {
    const relay = await harness.start();
    const device = await harness.found(relay);
    await device.session();
    const lost = Object.assign(Object.create(device) as TestDevice, { relay: `${relay.url}/elsewhere` });
    expect(await refusal(lost.socket())).toMatchObject({ status: 404 });
  });
});

test('[P76] too many signed requests from one address are slowed down', async () => {
  const relay = await harness.start({ limits: { requests: { perSecond: 0.001, burst: 3 } } });
  const device = new TestDevice(relay.url, new TestSpace());
  for (let i = 0; i < 3; i++) expect((await device.join()).status).toBe(404);
  const answer = await device.join();
  expect(answer).toMatchObject({ status: 429, body: { code: 'RATE_LIMITED' } });
  expect(answer.headers.get('retry-after')).toBe('5');
});
