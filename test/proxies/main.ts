/** Sends devices through each proxy that is installed, and says what came of it. Exit status 1 when something did not work. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { decodePollAnswer, decodeRelayFrame, encodeFrame, encodePollRequest, fromBase64Url, LIMITS, parseLink, pollUrl, TOKEN_BYTES, type ClientFrame, type PollAnswer, type PollRequest } from '../../src/protocol';
import { startRelay } from '../../src/relay';
import { TestDevice, TestSpace } from '../../src/relay/testing/device';
import { isInstalled, OWN_SITE, startProxy, type ProxyName } from './proxy';

const [scratch = '', silence = '65'] = process.argv.slice(2);
const ORIGIN = 'app://obsidian.md';
const PREFIX = '/blockwire';

type Check = (url: string, site: string) => Promise<string>;

async function founded(url: string, ticket: string): Promise<TestDevice> {
  const device = new TestDevice(url, new TestSpace());
  assert.equal((await device.found(ticket)).status, 200);
  await device.session();
  return device;
}

async function poll(url: string, request: PollRequest): Promise<PollAnswer> {
  const response = await fetch(pollUrl(url), { method: 'POST', body: encodePollRequest(request).slice(), headers: { origin: ORIGIN } });
  assert.equal(response.status, 200);
  return decodePollAnswer(new Uint8Array(await response.arrayBuffer()));
}

async function through(name: ProxyName): Promise<boolean> {
  const relay = await startRelay({ data: join(scratch, `${name}-data`), port: 0, path: ['', PREFIX], behindProxy: true, limits: { requests: { perSecond: 0.001, burst: 40 } } });
  const proxy = await startProxy(name, scratch, relay.port);
  const url = proxy.url + PREFIX;
  const ticket = async (): Promise<string> => {
    const link = parseLink((await relay.relay.newSetupLink(url)).link);
    assert(link.type === 'setup');
    return link.ticket;
  };
  const checks: Record<string, Check> = {
    'the path leads to this very relay, others do not': async () => {
      const health = (await (await fetch(`${url}/health?nonce=abc`)).json()) as { proof: unknown };
      assert.equal(health.proof, relay.relay.proofOf('abc'));
      assert.equal(await (await fetch(`${proxy.url}/v1/session`)).text(), OWN_SITE);
      return '';
    },
    'one CORS header on answers and errors': async () => {
      const answers = [
        await fetch(`${url}/v1/session`, { method: 'OPTIONS', headers: { origin: ORIGIN, 'access-control-request-method': 'POST' } }),
        await fetch(`${url}/v1/none`, { headers: { origin: ORIGIN } }),
        await fetch(`${url}/v1/session`, { method: 'POST', body: '{', headers: { origin: ORIGIN } }),
        await fetch(`${url}/v1/session`, { method: 'POST', body: 'x'.repeat(2 * LIMITS.requestBody), headers: { origin: ORIGIN } }),
        await fetch(pollUrl(url), { method: 'POST', body: encodePollRequest({ type: 'begin', token: randomBytes(TOKEN_BYTES) }).slice(), headers: { origin: ORIGIN } }),
      ];
      for (const { headers } of answers) assert.equal(headers.get('access-control-allow-origin'), ORIGIN);
      return answers.map(({ status }) => status).join(' ');
    },
    'an upgrade without a session is 401, with CORS': async () => {
      const refused = await new TestDevice(url, new TestSpace()).socket({ protocols: ['blockwire.1'], headers: { origin: ORIGIN } }).catch((error: unknown) => error);
      assert.match(JSON.stringify(refused), /"status":401/);
      assert.match(JSON.stringify(refused), /"access-control-allow-origin":"app:\/\/obsidian.md"/);
      return '';
    },
    'a WebSocket carries entries both ways, a large frame too': async () => {
      const first = await founded(url, await ticket());
      const second = new TestDevice(url, first.space);
      assert.equal((await second.join()).status, 200);
      const [a, b] = [await first.open(), await second.open()];
      const large = first.entry({}, LIMITS.entry - 1_000);
      a.append([large]);
      assert.equal(Buffer.compare((await b.entries(1))[0]?.bytes ?? Buffer.of(), large.bytes), 0);
      const began = performance.now();
      b.append([second.entry()]);
      await a.entries(1);
      const took = performance.now() - began;
      await Promise.all([a.close(), b.close()]);
      return `${took.toFixed(1)} ms from device to device`;
    },
    [`a WebSocket outlives ${silence} s without a word`]: async () => {
      const device = await founded(url, await ticket());
      const socket = await device.open();
      await new Promise((resolve) => setTimeout(resolve, Number(silence) * 1_000));
      socket.append([device.entry()]);
      assert.equal((await socket.results(1))[0]?.status, 'stored');
      await socket.close();
      return '';
    },
    'plain requests carry frames, and wait 25 s for the first': async () => {
      const device = await founded(url, await ticket());
      const begun = await poll(url, { type: 'begin', token: fromBase64Url(device.token, TOKEN_BYTES) });
      assert(begun.type === 'begun');
      const { link } = begun;
      const up = (number: number, frame: ClientFrame): Promise<PollAnswer> => poll(url, { type: 'up', link, number, frames: [encodeFrame(frame)] });
      const down = async (received: number): Promise<string[]> => {
        const answer = await poll(url, { type: 'down', link, received, hold: LIMITS.pollHold });
        assert(answer.type === 'batch');
        return answer.frames.map((bytes) => decodeRelayFrame(bytes).type);
      };
      await up(1, { type: 'open', cursors: [], visible: true });
      assert.deepEqual(await down(0), ['welcome']);
      const began = performance.now();
      assert.deepEqual(await down(1), []);
      const held = performance.now() - began;
      assert(held > LIMITS.pollHold - 500);
      await up(2, { type: 'append', entries: [device.entry({}, LIMITS.entry - 1_000).bytes] });
      assert.deepEqual(await down(1), ['appended']);
      await poll(url, { type: 'end', link });
      return `held ${(held / 1_000).toFixed(1)} s`;
    },
    'requests are counted by the client, not by the header it writes': async () => {
      // Runs last: it uses up what this address may ask.
      for (let i = 0; i < 60; i++) {
        const response = await fetch(`${url}/v1/join`, { method: 'POST', body: '{', headers: { 'x-forwarded-for': `192.0.2.${i}`, origin: ORIGIN } });
        if (response.status === 429) return `429 after ${i}`;
      }
      throw new Error('A client that writes another address each time is never slowed down.');
    },
  };
  const results: [string, string][] = [];
  const run = async ([what, check]: [string, Check]): Promise<void> => {
    results.push([what, await check(url, proxy.url).then((text) => `works  ${text}`, (error: unknown) => `FAILS  ${String(error)}`)]);
  };
  const all = Object.entries(checks);
  await Promise.all(all.slice(0, -1).map(run));
  for (const last of all.slice(-1)) await run(last);
  await proxy.stop();
  await relay.stop();
  for (const [what] of all) console.log(`${name.padEnd(6)} ${what.padEnd(66)} ${results.find(([each]) => each === what)?.[1] ?? ''}`.trimEnd());
  return results.every(([, result]) => result.startsWith('works'));
}

const names: readonly ProxyName[] = ['nginx', 'caddy'];
const missing = names.filter((name) => !isInstalled(name));
if (missing.length > 0) console.log(`Not installed: ${missing.join(', ')}. On Debian: apt-get install ${missing.join(' ')}`);
const outcomes = await Promise.all(names.filter((name) => !missing.includes(name)).map(through));
process.exit(missing.length === 0 && outcomes.every(Boolean) ? 0 : 1);
