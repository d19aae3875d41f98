/** Blockwire's relay in a process of its own. */
import { startRelay, type RunningRelay } from '../../src/relay';
import { parseLink } from '../../src/protocol';
import { serve } from './serve.mjs';

let running: RunningRelay | null = null;

serve({
  async start({ data, port }: { data: string; port?: number }): Promise<string> {
    running = await startRelay({ data, port: port ?? 0 });
    return running.url;
  },
  /** A ticket for one more space. */
  async ticket(): Promise<string> {
    const link = parseLink((await running?.relay.setupLink(running.url, true)) ?? '');
    if (link.type !== 'setup') throw new Error('The relay made no set-up link.');
    return link.ticket;
  },
});
