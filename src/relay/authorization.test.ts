import { fromBase64Url, encodePollRequest, pollUrl, TOKEN_BYTES } from '../protocol';
import { checkAuthorized, type AuthorizedAct } from './authorization';
import { TestDevice, TestSpace } from './testing/device';
import { Harness } from './testing/harness';

const harness = new Harness();
const origin = 'http://localhost';

test('[P87] the owner is asked about each act, with the request as it came, once it is known to be the device', async () => {
  const asked: (AuthorizedAct & { agent: string | undefined })[] = [];
  const relay = await harness.start({
    authorize: async (request, act) => {
      asked.push({ ...act, agent: request.headers['user-agent'] });
      return act.kind !== 'join' || request.headers.origin === origin;
    },
  });
  const device = new TestDevice(relay.url, new TestSpace());
  const { link, ticket } = await relay.relay.newSetupLink(relay.url);
  expect(link).toContain(ticket);
  expect((await device.found(ticket)).status).toBe(200);
  expect(await new TestDevice(relay.url, device.space).join()).toMatchObject({ status: 403, body: { code: 'NOT_ADMITTED' } });
  expect((await new TestDevice(relay.url, device.space).join({ origin })).status).toBe(200);
  await device.session({ signature: new Uint8Array(64) });
  harness.kept(await device.open());
  expect(asked.map(({ kind }) => kind)).toEqual(['found', 'join', 'join', 'session', 'connect']);
  for (const act of asked) expect(act).toMatchObject({ space: device.space.id, ticket: act.kind === 'found' ? ticket : null });
  expect(asked[4]).toMatchObject({ device: device.id });
  expect(asked[0]?.agent).toBe('node');
});

const DECISIONS: [string, number, string, () => boolean | Promise<boolean>][] = [
  ['a refusal', 403, 'NOT_ADMITTED', () => false],
  ['a refusal that takes a while', 403, 'NOT_ADMITTED', () => new Promise<boolean>((resolve) => setImmediate(() => resolve(false)))],
  ['an error', 500, 'INTERNAL', () => { throw new Error('canary-of-the-application'); }],
  ['an error that takes a while', 500, 'INTERNAL', () => Promise.reject(new Error('canary-of-the-application'))],
];

test.each(DECISIONS)('[P87] [P74] %s is a clean answer to each door, with CORS, before the upgrade', async (_name, status, code, answer) => {
  let isOpen = true;
  const events: string[] = [];
  const relay = await harness.start({ authorize: () => isOpen || answer(), journal: (event, fields) => events.push(JSON.stringify({ event, ...fields })) });
  const device = await harness.found(relay);
  await device.session();
  isOpen = false;
  const cors = (headers: Headers): void => {
    expect(headers.get('access-control-allow-origin')).toBe(origin);
    expect(headers.get('vary')).toBe('Origin');
  };
  const joined = await new TestDevice(relay.url, device.space).join({ origin });
  expect(joined).toMatchObject({ status, body: { code } });
  cors(joined.headers);
  const begin = encodePollRequest({ type: 'begin', token: fromBase64Url(device.token, TOKEN_BYTES) });
  const polled = await fetch(pollUrl(relay.url), { method: 'POST', body: begin.slice(), headers: { origin } });
  expect(polled.status).toBe(status);
  cors(polled.headers);
  await expect(device.socket({ headers: { origin } })).rejects.toMatchObject({ status, code, headers: { 'access-control-allow-origin': origin, vary: 'Origin' } });
  expect(relay.relay.statistics.connections).toBe(0);
  expect(events.join('\n')).not.toContain('canary');
  isOpen = true;
  harness.kept(await device.open());
});

test('[P87] no decision in time is an error', async () => {
  const act: AuthorizedAct = { kind: 'connect', space: new TestSpace().id, device: new TestDevice('', new TestSpace()).id, ticket: null };
  const events: string[] = [];
  const check = checkAuthorized(() => new Promise(() => undefined), undefined as never, act, (event) => events.push(event), 5);
  await expect(check).rejects.toMatchObject({ code: 'INTERNAL' });
  expect(events).toEqual(['authorize.failed']);
});

test('a space that the owner shuts out is disconnected and stays out', async () => {
  const out = new Set<string>();
  const relay = await harness.start({ authorize: (_request, { space }) => !out.has(space) });
  const [device, other] = [await harness.found(relay), await harness.found(relay)];
  const [socket, kept] = [harness.kept(await device.open()), harness.kept(await other.open())];
  out.add(device.space.id);
  relay.relay.disconnect(device.space.id);
  expect(await socket.end()).toMatchObject({ reason: 'SESSION_EXPIRED' });
  expect(await device.session()).toMatchObject({ status: 403, body: { code: 'NOT_ADMITTED' } });
  kept.append(other.entries(1));
  expect(await kept.results(1)).toMatchObject([{ status: 'stored' }]);
});
