/** nginx and Caddy as docs/proxies.md sets them up, on free ports of this computer. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';

export type ProxyName = 'nginx' | 'caddy';

export interface RunningProxy {
  /** Of the site, without a path. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Where the proxy's own answer stands in the settings. */
export const OWN_SITE = 'Your own site';

export function isInstalled(name: ProxyName): boolean {
  return spawnSync(name, [name === 'nginx' ? '-v' : 'version'], { stdio: 'ignore' }).error === undefined;
}

/** @param scratch holds cert.pem and key.pem @throws Error with what the proxy printed when it does not start */
export async function startProxy(name: ProxyName, scratch: string, relayPort: number): Promise<RunningProxy> {
  const port = await freePort();
  const directory = join(scratch, name);
  mkdirSync(directory);
  const settings = settingsOf(name).replaceAll('127.0.0.1:4747', `127.0.0.1:${relayPort}`);
  const file = join(directory, 'settings');
  const cert = join(scratch, 'cert.pem');
  const key = join(scratch, 'key.pem');
  if (name === 'nginx') {
    const own = settings
      .replace('443 ssl', `127.0.0.1:${port} ssl`)
      .replace('relay.example.org;', '127.0.0.1;')
      .replace('/etc/ssl/relay.example.org.pem', cert)
      .replace('/etc/ssl/relay.example.org.key', key);
    const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((each) => `${each}_temp_path ${directory}/${each};`).join('\n');
    // Started by root its workers are nobody, who may not write here.
    const user = process.getuid?.() === 0 ? 'user root;\n' : '';
    writeFileSync(file, `${user}daemon off;\npid ${directory}/pid;\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n${places}\n${own}}\n`);
  } else {
    const own = settings.replace('relay.example.org {', `https://127.0.0.1:${port} {\n  tls ${cert} ${key}`);
    writeFileSync(file, `{\n  admin off\n  auto_https disable_redirects\n}\n${own}`);
  }
  const args = name === 'nginx' ? ['-c', file, '-p', directory] : ['run', '--adapter', 'caddyfile', '--config', file];
  const child = spawn(name, args, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, HOME: directory, XDG_DATA_HOME: directory, XDG_CONFIG_HOME: directory } });
  let printed = '';
  child.stderr.on('data', (chunk: Buffer) => (printed = (printed + chunk.toString()).slice(-4_000)));
  const ended = once(child, 'exit');
  const url = `https://127.0.0.1:${port}`;
  for (let tries = 0; ; tries++) {
    const answer = await fetch(url).then((response) => response.text(), () => null);
    if (answer === OWN_SITE) break;
    if (tries > 100 || child.exitCode !== null) {
      child.kill('SIGKILL');
      throw new Error(`${name} did not start: ${printed}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    url,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** The settings in the documentation, as they are. */
function settingsOf(name: ProxyName): string {
  const match = new RegExp(`\`\`\`${name}\n([\\s\\S]*?)\`\`\``).exec(readFileSync('docs/proxies.md', 'utf8'));
  if (match?.[1] === undefined) throw new Error(`docs/proxies.md has no settings for ${name}.`);
  return match[1];
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
