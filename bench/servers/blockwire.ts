/** Blockwire's relay in a process of its own. */
import { findDeno, startRelay, type RunningRelay } from '../../src/relay';
import { parseLink, type Offer, type SpaceId } from '../../src/protocol';
import { serve } from './serve.mjs';

let running: RunningRelay | null = null;

serve({
  async start({ data, port, webTransport = false }: { data: string; port?: number; webTransport?: boolean }): Promise<string> {
    const deno = webTransport ? findDeno() : null;
    running = await startRelay({ data, port: port ?? 0, ...(deno !== null && { webTransport: { deno, port: 0 } }) });
    return running.url;
  },
  /** Where it takes sessions of WebTransport, once it does. */
  async offer(): Promise<Offer> {
    for (let i = 0; i < 1_000; i++) {
      const offer = running?.relay.offers.current;
      if (offer) return offer;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error('The relay offers no WebTransport.');
  },
  /** A ticket for one more space. */
  async ticket(): Promise<string> {
    const link = parseLink((await running?.relay.setupLink(running.url, true)) ?? '');
    if (link.type !== 'setup') throw new Error('The relay made no set-up link.');
    return link.ticket;
  },
  /** What the relay holds of a space: sealed entries, and documents that would be read entry by entry, having more than `most`. */
  async holds({ space, most }: { space: string; most: number }): Promise<{ entries: number; long: number }> {
    const entries = (await running?.relay.inspect(space as SpaceId, { entries: Infinity, bytes: 0 })) ?? [];
    const updates = new Map<string, number>();
    for (const { alias, kind } of entries) if (kind === 'update') updates.set(alias, (updates.get(alias) ?? 0) + 1);
    return { entries: entries.length, long: [...updates.values()].filter((count) => count > most).length };
  },
});
