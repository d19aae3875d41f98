import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const candidates = [
  process.env['BLOCKWIRE_CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];
const packages = ['chromium', 'fonts-liberation', 'fonts-noto-color-emoji'];

/** Command-line arguments for a Chromium that runs in a container and talks to nobody. */
export const chromiumArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Finds a Chromium that starts; with `install`, gets one by apt-get where this is a root Debian or Ubuntu.
 * @param {{ install?: boolean, log?: (line: string) => void }} options
 * @returns {{ path: string, missing?: undefined } | { path?: undefined, missing: string }} `missing` is one line for people
 */
export function findChromium({ install = false, log = () => {} } = {}) {
  const found = candidates.find((path) => path && existsSync(path) && starts(path));
  if (found) return { path: found };
  if (!install || process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get'))
    return { missing: 'no Chromium found. Install the package chromium, or name one in BLOCKWIRE_CHROMIUM.' };
  log(`Installing ${packages.join(', ')} by apt-get.`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update', '-q'], ['install', '-y', '-q', '--no-install-recommends', ...packages]]) {
    const { status, stderr } = spawnSync('apt-get', args, { env, encoding: 'utf8', timeout: 300_000 });
    if (status !== 0) return { missing: `apt-get ${args[0]} failed: ${(stderr ?? '').trim().split('\n').at(-1) ?? ''}` };
  }
  const installed = candidates.find((path) => path && existsSync(path) && starts(path));
  return installed ? { path: installed } : { missing: "apt-get's chromium does not start here (on Ubuntu it is a snap). Name another in BLOCKWIRE_CHROMIUM." };
}

function starts(path) {
  return spawnSync(path, ['--version'], { timeout: 20_000 }).status === 0;
}
