/** Ends the Chromium of `browser-server.mjs`: Jest's global tear-down. */
export default async function end() {
  await globalThis.blockwireBrowser?.close();
}
