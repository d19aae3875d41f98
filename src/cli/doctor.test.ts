import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { credentialsFrom, pairingLinkOf } from '../folder';
import type { RunningRelay } from '../relay';
import { Harness } from '../relay/testing/harness';
import { Faults } from './doctor/testing/faults';
import { runCommandLine } from './program';
import { runToEnd, TestTerminal, type Outcome } from './testing/test-terminal';

const harness = new Harness();
const faults = new Faults();

const run = (args: readonly string[], lines: readonly string[] = []): Promise<Outcome> => runToEnd(join(harness.directory, 'data'), ['doctor', ...args], lines);

async function setUpLink(relay: RunningRelay): Promise<string> {
  return (await relay.relay.setupLink(relay.url)) ?? '';
}

/** @returns a directory that joined, and its pairing link */
async function joinedFolder(relay: RunningRelay): Promise<string> {
  const notes = join(harness.directory, 'notes');
  mkdirSync(notes);
  writeFileSync(join(notes, '2026-11-22.md'), '');
  const terminal = new TestTerminal(join(harness.directory, 'data'));
  const ended = runCommandLine(['folder', notes, '--yes', '--join', await setUpLink(relay)], terminal);
  await Promise.race([terminal.printed(/connection live/), ended]);
  terminal.interrupt();
  expect(await ended).toBe(0);
  return notes;
}

describe('the command line', () => {
  test.each([
    [[], "missing required argument 'target'"],
    [['https://a.example', 'more'], 'too many arguments'],
    [['https://a.example', '--idle', 'long'], 'from 0 to 3600'],
    [['https://a.example', '--idel', '3'], 'Did you mean --idle'],
    [['ftp://a.example'], 'BAD_ADDRESS'],
    [['no-such-directory'], 'BAD_ADDRESS'],
    [['-'], 'BAD_ADDRESS'],
    [['obsidian://blockwire?nonsense'], 'BAD_LINK'],
    [['DIRECTORY'], 'NOT_JOINED'],
  ] as [string[], string][])('%j is wrong: %s', async (args, message) => {
    const { status, text, errors } = await run(args.map((arg) => (arg === 'DIRECTORY' ? harness.directory : arg)));
    expect(errors).toContain(message);
    expect({ status, text }).toEqual({ status: 2, text: '' });
  });

  test('--help says what it takes and what the exit status means', async () => {
    const { status, text } = await run(['--help']);
    expect(status).toBe(0);
    for (const word of ['obsidian://', '--idle', '--json', 'Exit status']) expect(text).toContain(word);
  });
});

describe('what it says', () => {
  test('each hop a line, and 0 when all is well', async () => {
    const { url } = await harness.start();
    const { status, text, errors } = await run([url]);
    expect({ status, errors }).toEqual({ status: 0, errors: '' });
    expect(text).toMatch(/^ok +Address: [^]*\nok +WebSocket upgrade: [^]*\nnot tried +Session: [^]*\nEverything that was tried works\.\n$/);
  });

  test('the first hop that fails, its cure, and 1', async () => {
    const { status, text, errors } = await run([await faults.proxy(`http://127.0.0.1:${await faults.closedPort()}`, {})]);
    expect(status).toBe(1);
    expect(text).toMatch(/\nFAILS +Relay: .*\(HTTP 502\).* \(PROXY_NO_RELAY\)\n$/);
    expect(errors).toMatch(/^blockwire: PROXY_NO_RELAY: The first hop that fails: Relay\.\n {2}Start the relay/);
  });

  test('as JSON: the verdict, its hop, and all hops', async () => {
    const { url } = await harness.start({ path: '/elsewhere' });
    const { status, text, errors } = await run([url, '--json']);
    const { hops, ...verdict } = JSON.parse(text) as { hops: Record<string, string>[] };
    expect({ status, ...verdict }).toEqual({ status: 1, ok: false, verdict: 'WRONG_PATH', hop: 'http' });
    expect(hops.map(({ hop }) => hop)).toEqual(['address', 'dns', 'tcp', 'tls', 'phones', 'http']);
    expect(Object.keys(hops[0] ?? {})).toEqual(['hop', 'name', 'state', 'code', 'text', 'cure']);
    expect(errors).toMatch(/^blockwire: WRONG_PATH: /);
  });

  test('of a folder that joined, the live connection and its idle time too', async () => {
    const relay = await harness.start();
    const { status, text } = await run([await joinedFolder(relay), '--idle', '0.1']);
    expect(status).toBe(0);
    expect(text).toMatch(/ok +Key: .*\d{4} \d{4}[^]*ok +Live connection[^]*silent for 0\.1 s, to find[^]*ok +Idle line: /);
    expect(text).toMatch(/\nEverything that was tried works\.\n$/);
  });
});

describe('a link is a secret', () => {
  test('is read from an argument or from standard input, not used up, and never printed', async () => {
    const relay = await harness.start();
    const link = await setUpLink(relay);
    const pairing = pairingLinkOf(await credentialsFrom(await setUpLink(relay)));
    for (const each of [link, pairing]) {
      const secrets = [...new URL(each).searchParams.values()].filter((value) => value.length >= 16 && !value.includes('127.0.0.1'));
      expect(secrets).not.toEqual([]);
      for (const [args, lines] of [[[each], []], [['-'], [`  "${each}"`]], [[each, '--json'], []], [[each.slice(1)], []], [[each.slice(0, -9)], []], [[`https${each.slice(8)}`], []]] as [string[], string[]][]) {
        const { text, errors } = await run(args, lines);
        for (const secret of secrets) expect(text + errors).not.toContain(secret.slice(0, 12));
      }
    }
    expect((await run([pairing])).text).toContain('The relay has the space of this link.');
  });

  test('a set-up link still works after it was checked', async () => {
    const relay = await harness.start();
    const link = await setUpLink(relay);
    expect((await run([link])).status).toBe(0);
    await expect(credentialsFrom(link)).resolves.toBeDefined();
  });
});
