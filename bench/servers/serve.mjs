// A child process of the bench: answers its parent's calls over IPC and ends when the parent does.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Session } from 'node:inspector/promises';

/** @param {Record<string, (argument: any) => unknown>} methods */
export function serve(methods) {
  const all = { usage: () => ({ cpu: cpuSeconds(), rss: process.memoryUsage.rss() }), profile, ...methods };
  process.on('message', async ({ id, method, argument }) => {
    try {
      process.send?.({ id, value: await all[method](argument) });
    } catch (error) {
      process.send?.({ id, error: error instanceof Error ? error.stack : String(error) });
    }
  });
  process.on('disconnect', () => process.exit(0));
  process.send?.({ ready: true });
}

/** Starts a CPU profile, or ends it and writes it to a file. */
const session = new Session();
async function profile({ file }) {
  if (file === undefined) {
    session.connect();
    await session.post('Profiler.enable');
    return session.post('Profiler.start');
  }
  const { profile } = await session.post('Profiler.stop');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(profile));
  return session.disconnect();
}

/** CPU time of this process so far, user and system, in seconds. */
export function cpuSeconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** @param {import('node:http').Server} server @returns {Promise<number>} the port */
export function listen(server) {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: 0 }, () => resolve(server.address().port));
  });
}
