import { chromium } from 'playwright-core';
import { chromiumArguments, findChromium } from './chromium.mjs';

/** One Chromium for all test files: Jest's global set-up. */
export default async function start() {
  const { path, missing } = findChromium();
  if (!path) throw new Error(missing);
  const server = await chromium.launchServer({ executablePath: path, args: chromiumArguments, host: '127.0.0.1' });
  process.env['BLOCKWIRE_BROWSER'] = server.wsEndpoint();
  globalThis.blockwireBrowser = server;
}
