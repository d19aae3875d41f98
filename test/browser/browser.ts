import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core';
import { chromiumArguments, findChromium } from './chromium.mjs';

let shared: Browser | null = null;

/** The one browser of a test file; ended by `closeBrowser` in `afterAll`. */
async function browser(): Promise<Browser> {
  if (shared) return shared;
  const { path, missing } = findChromium();
  if (!path) throw new Error(missing);
  shared = await chromium.launch({ executablePath: path, args: chromiumArguments });
  return shared;
}

/** A device: storage of its own. */
export async function newDevice(options: BrowserContextOptions = {}): Promise<BrowserContext> {
  return (await browser()).newContext(options);
}

export async function closeBrowser(): Promise<void> {
  await shared?.close();
  shared = null;
}
