import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core';
import { chromiumArguments, findChromium } from './chromium.mjs';

let shared: Promise<Browser> | null = null;

/** The one browser of all tests (see browser-server.mjs), or one of its own where there is none. */
function browser(): Promise<Browser> {
  const endpoint = process.env['BLOCKWIRE_BROWSER'];
  if (endpoint) return chromium.connect(endpoint);
  const { path, missing } = findChromium();
  if (!path) throw new Error(missing);
  return chromium.launch({ executablePath: path, args: chromiumArguments });
}

/** A device: storage of its own. */
export async function newDevice(options: BrowserContextOptions = {}): Promise<BrowserContext> {
  shared ??= browser();
  return (await shared).newContext(options);
}

export async function closeBrowser(): Promise<void> {
  await (await shared)?.close();
  shared = null;
}
