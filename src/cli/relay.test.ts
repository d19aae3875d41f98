import { createServer, type Server } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseLink } from '../protocol';
import { startRelay } from '../relay';
import { bundle, Program } from '../relay/testing/built';
import { TestDevice, TestSpace, type TestSocket } from '../relay/testing/device';
import { runCommandLine } from './program';
import type { Terminal } from './terminal';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'blockwire-cli-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

class TestTerminal implements Terminal {
  text = '';
  errors = '';
  isTty = false;
  environment = { XDG_DATA_HOME: directory };
  interrupt: () => void = () => undefined;
  nextLine(): Promise<null> {
    return Promise.resolve(null);
  }
  readonly interrupted = new Promise<void>((resolve) => (this.interrupt = resolve));
  /** Answers of other programs by their command line. */
  readonly programs = new Map<string, { status: number | null; out: string }>();
  readonly ran: string[] = [];
  private wake: () => void = () => undefined;

  out(text: string): void {
    this.text += text;
    this.wake();
  }
  error(text: string): void {
    this.errors += text;
    this.wake();
  }
  async run(program: string, args: readonly string[]): Promise<{ status: number | null; out: string; error: string }> {
    const line = [program, ...args].join(' ');
    this.ran.push(line.replace(/\d{4,5}$/, 'PORT'));
    return { status: null, out: '', error: '', ...this.programs.get(line.replace(/\d{4,5}$/, 'PORT')) };
  }
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    for (const deadline = Date.now() + 8_000; Date.now() < deadline; ) {
      const match = pattern.exec(this.text + this.errors);
      if (match !== null) return match;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 1_000);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    throw new Error(`Never printed ${pattern}:\n${this.text}${this.errors}`);
  }
}

async function run(...args: string[]): Promise<{ status: number; text: string; errors: string }> {
  const terminal = new TestTerminal();
  const status = await runCommandLine(args, terminal);
  return { status, text: terminal.text, errors: terminal.errors };
}

describe('the command line', () => {
  test('nothing typed shows the help and is a usage error', async () => {
    const { status, errors } = await run();
    expect(status).toBe(2);
    expect(errors).toContain('Usage: blockwire');
    expect(errors).toContain('relay');
  });

  test('--help and --version are fine', async () => {
    expect(await run('--help')).toMatchObject({ status: 0, errors: '' });
    expect((await run('relay', '--help')).text).toContain('--public-url');
    expect((await run('--version')).text).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test.each([
    [['rely'], 'Did you mean relay'],
    [['relay', '--prot', '1'], 'Did you mean --port'],
    [['relay', '--port', '70000'], 'from 0 to 65535'],
    [['relay', '--port', '-1'], 'from 0 to 65535'],
    [['relay', '--files-quota', 'lots'], 'A size is'],
    [['relay', '--webtransport', 'here'], 'Give a port'],
    [['relay', '--processes', '0'], 'from 1 to 64'],
    [['relay', '--processes', '65'], 'from 1 to 64'],
    [['relay', '--processes', 'two'], 'from 1 to 64'],
    [['relay', '--processes', '2', '--tls-cert', 'a.pem', '--tls-key', 'a.pem'], 'one process only'],
    [['relay', 'extra'], 'too many arguments'],
    [['relay', '--host', '0.0.0.0'], 'without TLS'],
    [['relay', '--host', '0.0.0.0', '--behind-proxy'], '--public-url'],
    [['relay', '--tls-cert', 'a.pem'], '--tls-key'],
    [['relay', '--tls-cert', '/no/such', '--tls-key', '/no/such'], "can't be read"],
    [['relay', '--public-url', 'http://relay.example'], 'with TLS'],
    [['relay', '--public-url', 'relay.example'], 'https://'],
    [['relay', '--public-url', 'https://a.example', '--tailscale'], 'either'],
  ])('%j is a usage error that helps', async (args, words) => {
    const { status, errors, text } = await run(...args);
    expect(status).toBe(2);
    expect(errors).toMatch(/^blockwire: [A-Z_]+: /);
    expect(errors).toContain(words);
    expect(text).toBe('');
  });
});

describe('blockwire relay', () => {
  /** Runs until `during` is done, then interrupts. */
  async function relay(args: string[], during: (terminal: TestTerminal) => Promise<void>, terminal = new TestTerminal()): Promise<TestTerminal> {
    const status = runCommandLine(['relay', '--port', '0', ...args], terminal);
    try {
      await Promise.race([during(terminal), status.then(() => Promise.reject(new Error(`It ended: ${terminal.errors}`)))]);
    } finally {
      terminal.interrupt();
    }
    expect(await status).toBe(0);
    return terminal;
  }

  test('says that its link is for this computer, keeps its data by default, and shows the link until it is used', async () => {
    let shown = '';
    await relay([], async (terminal) => {
      [shown] = await terminal.printed(/obsidian:\/\/\S+/);
      await terminal.printed(/this computer only/);
      await terminal.printed(new RegExp(`${directory}/blockwire/relay.db`));
    });
    const ticket = /t=([\w-]+)/.exec(shown)?.[1] ?? '';
    await relay([], async (terminal) => {
      const [again] = await terminal.printed(/obsidian:\/\/\S+/);
      expect(again).toContain(ticket);
      const link = parseLink(again);
      if (link.type !== 'setup') throw new Error('Not a set-up link.');
      expect((await new TestDevice(link.relay, new TestSpace()).found(link.ticket)).status).toBe(200);
    });
    const third = await relay([], async (terminal) => void (await terminal.printed(/One space uses this relay/)));
    expect(third.text).not.toContain('obsidian://');
    await relay(['--new-space'], async (terminal) => {
      const [fresh] = await terminal.printed(/obsidian:\/\/\S+/);
      expect(fresh).not.toContain(ticket);
    });
  });

  test('a port or data in use is said in words', async () => {
    const running = await startRelay({ data: join(directory, 'blockwire'), port: 0 });
    try {
      const port = await run('relay', '--port', String(running.port), '--data', join(directory, 'other'));
      expect(port).toMatchObject({ status: 1, errors: expect.stringMatching(/^blockwire: PORT_IN_USE: Port \d+ on 127.0.0.1 is taken/) as string });
      const data = await run('relay', '--port', '0');
      expect(data).toMatchObject({ status: 1, errors: expect.stringMatching(/^blockwire: DATA_IN_USE: Another relay is using/) as string });
    } finally {
      await running.stop();
    }
  });

  test('a damaged file is said in words and left as it is', async () => {
    writeFileSync(join(directory, 'relay.db'), 'This is no database, whatever its name says. '.repeat(100));
    expect(await run('relay', '--port', '0', '--data', directory)).toMatchObject({ status: 1, errors: expect.stringContaining('DATA_CORRUPT') as string });
  });

  describe('with a public address', () => {
    let proxy: Server;
    let target = '';
    let answer: 'relay' | 'nothing' | 'redirect' = 'relay';
    let url = '';
    beforeEach(async () => {
      answer = 'relay';
      // A proxy that keeps the prefix, as Caddy does.
      proxy = createServer((request, response) => {
        if (answer === 'nothing') return void response.writeHead(502).end('Bad gateway');
        if (answer === 'redirect') return void response.writeHead(301, { location: 'https://elsewhere.example/' }).end();
        fetch(target + (request.url ?? ''))
          .then(async (from) => response.writeHead(from.status).end(await from.text()))
          .catch(() => response.writeHead(502).end());
      });
      await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
      url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/blockwire`;
    });
    afterEach(() => {
      proxy.closeAllConnections();
      proxy.close();
    });

    test('fetches it before it prints a link with it, path included', async () => {
      await relay(['--public-url', url], async (terminal) => {
        [, target = ''] = await terminal.printed(/listens on {2}(\S+)/);
        const [link] = await terminal.printed(/obsidian:\/\/\S+/);
        expect(parseLink(link)).toMatchObject({ relay: url });
      });
    });

    test.each([
      ['nothing', 'PROXY_NO_RELAY'],
      ['redirect', 'REDIRECTED'],
    ] as const)('%s there: says so, goes on trying, and prints no link until it is right', async (wrong, code) => {
      answer = wrong;
      await relay(['--public-url', url], async (terminal) => {
        [, target = ''] = await terminal.printed(/listens on {2}(\S+)/);
        await terminal.printed(new RegExp(`${code}.*`));
        expect(terminal.text).not.toContain('obsidian://');
        answer = 'relay';
        await terminal.printed(/obsidian:\/\/\S+/);
      });
    });

    test('another relay there is told apart', async () => {
      const other = await startRelay({ data: join(directory, 'other'), port: 0, path: ['', '/blockwire'] });
      target = other.url;
      try {
        await relay(['--public-url', url], async (terminal) => void (await terminal.printed(/OTHER_RELAY/)));
      } finally {
        await other.stop();
      }
    });

    test('nobody there is told apart', async () => {
      proxy.close();
      await relay(['--public-url', url], async (terminal) => void (await terminal.printed(/UNREACHABLE.*ECONNREFUSED/)));
    });
  });

  describe('--tailscale', () => {
    test('without the program, or not connected, says what to do', async () => {
      expect(await run('relay', '--port', '0', '--tailscale')).toMatchObject({ status: 1, errors: expect.stringContaining('NO_TAILSCALE') as string });
      const terminal = new TestTerminal();
      terminal.programs.set('tailscale status --json', { status: 1, out: '{"BackendState":"Stopped"}' });
      expect(await runCommandLine(['relay', '--port', '0', '--tailscale'], terminal)).toBe(1);
      expect(terminal.errors).toContain('tailscale up');
    });

    test('leaves alone what Tailscale serves already', async () => {
      const terminal = new TestTerminal();
      terminal.programs.set('tailscale status --json', { status: 0, out: '{"Self":{"DNSName":"nowhere.invalid."}}' });
      terminal.programs.set('tailscale serve status --json', { status: 0, out: '{"TCP":{"443":{"HTTPS":true}}}' });
      expect(await runCommandLine(['relay', '--port', '0', '--tailscale'], terminal)).toBe(1);
      expect(terminal.errors).toContain('TAILSCALE_IN_USE');
      expect(terminal.ran).toEqual(['tailscale status --json', 'tailscale serve status --json']);
    });
  });
});

describe.each([
  ['as a process', []],
  ['as a process, with two more for its WebSockets', ['--processes', '2']],
])('%s', (_, more) => {
  let file: string;
  beforeAll(() => {
    file = bundle('src/cli/main.ts', 'blockwire');
    bundle('src/relay/processes/socket-process.ts', 'socket-process');
  });

  async function startProcess(port = '0'): Promise<{ program: Program; url: string }> {
    const program = Program.start(file, ['relay', '--port', port, '--data', directory, ...more]);
    const [, url = ''] = await program.printed(/listens on {2}(\S+)/);
    await program.printed(/Stop with Ctrl-C/);
    return { program, url };
  }

  async function readAll(socket: TestSocket): Promise<Set<string>> {
    socket.send({ type: 'read', request: 1, after: 0, compact: false, aliases: null });
    const pages = await socket.pages(1);
    return new Set(pages.flatMap(({ entries }) => entries).map(({ bytes }) => Buffer.from(bytes).toString('hex')));
  }

  test('kill -9 while entries stream in loses none that was acknowledged', async () => {
    let { program, url } = await startProcess();
    const parsed = parseLink(/obsidian:\/\/\S+/.exec(program.out)?.[0] ?? '');
    if (parsed.type !== 'setup') throw new Error('Not a set-up link.');
    const laptop = new TestDevice(url, new TestSpace());
    await laptop.found(parsed.ticket);
    const acknowledged = new Set<string>();
    try {
      for (let round = 0; round < 2; round++) {
        const socket = await laptop.open();
        const sent = new Map<number, string>();
        let isDead = false;
        let stored = 0;
        while (!isDead) {
          const entries = laptop.entries(20);
          for (const { header, bytes } of entries) sent.set(header.counter, Buffer.from(bytes).toString('hex'));
          socket.append(entries);
          const frame = await socket.until('an answer or the end', () => (socket.frames.some(({ type }) => type === 'appended') ? true : socket.closed));
          if (frame !== true) break;
          for (const result of (await socket.next('appended')).results) {
            if (result.status !== 'stored') throw new Error(`It was ${result.status}.`);
            acknowledged.add(sent.get(result.counter) ?? '');
            stored++;
          }
          if (stored > 300 + round * 200 && !isDead) {
            isDead = true;
            // Unacknowledged entries are on their way when the process dies.
            socket.append(laptop.entries(100));
            expect(await program.end('SIGKILL')).toBeNull();
          }
        }
        await socket.end();
        for (const frame of socket.frames) {
          if (frame.type !== 'appended') continue;
          for (const result of frame.results) if (result.status === 'stored' && sent.has(result.counter)) acknowledged.add(sent.get(result.counter) ?? '');
        }
        const { port } = new URL(url);
        ({ program, url } = await startProcess(port));
        const again = await laptop.open();
        const held = await readAll(again);
        const lost = [...acknowledged].filter((bytes) => !held.has(bytes));
        expect(lost).toEqual([]);
        laptop.resumeAt(again.welcome?.lanes[0]?.counter ?? 0);
        await again.close();
      }
      expect(acknowledged.size).toBeGreaterThan(700);
    } finally {
      await program.end('SIGKILL');
    }
  }, 40_000);

  test.each(['SIGINT', 'SIGTERM'] as const)('%s ends it in order, with status 0', async (signal) => {
    const { program } = await startProcess();
    expect(await program.end(signal)).toBe(0);
    expect(program.out).toContain('The relay has stopped');
  }, 20_000);
});
