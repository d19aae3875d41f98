/** What views show: blocks, devices, and a report that holds no text, key or address. */
import { ROOT } from '../document';
import { stateOf } from './block-state';
import type { Core } from './core';
import type { BlockStatus, DeviceStatus } from './ports';

const TITLE = 80;

export function blockStatuses(core: Core): readonly BlockStatus[] {
  const inbox = new Set(core.landing.inboxIds());
  const out: BlockStatus[] = [];
  for (const blockId of core.index.blockIds()) {
    if (core.index.block(blockId)?.fate !== 'live') continue;
    const path = core.notes.owners.get(blockId) ?? null;
    const document = core.documents.get(blockId);
    // Documents are in memory only where something shows them.
    const kept = document || path === null ? undefined : core.notes.summaryOf(path, blockId);
    const state = inbox.has(blockId) ? 'inbox' : path === null ? 'elsewhere' : stateOf(core, blockId);
    out.push({
      blockId,
      title: document ? (document.get(ROOT)?.text.split('\n', 1)[0] ?? '').slice(0, TITLE) : (kept?.title ?? ''),
      path,
      state,
      bullets: document?.size ?? kept?.bullets ?? 0,
      same: [...core.presence.equalAt(blockId)].map(([device, at]) => ({ device, name: nameOf(core, device), at })),
    });
  }
  return out;
}

export function deviceStatuses(core: Core): readonly DeviceStatus[] {
  const connected = new Set<string>(core.engine.status.peers.connected);
  return [...core.index.roster].map(([device, entry]) => ({
    device,
    name: entry.name,
    self: device === core.device,
    connected: device === core.device ? core.engine.status.phase === 'live' : connected.has(device),
    lastHeard: device === core.device ? core.clock.now() : core.presence.lastHeard(device),
  }));
}

export function reportOf(core: Core, signatures: string): string {
  const { status } = core.engine;
  const states = new Map<string, number>();
  for (const { state } of blockStatuses(core)) states.set(state, (states.get(state) ?? 0) + 1);
  return [
    '# Blockwire report',
    '',
    `- Time: ${new Date(core.clock.now()).toISOString()}`,
    `- Connection: ${status.phase}${status.transport ? ` by ${status.transport}` : ''}${status.problem ? ` (${status.problem.code})` : ''}`,
    `- Waiting to be sent: ${status.unacknowledged}`,
    `- Behind: ${status.behind}`,
    `- Devices: ${core.index.roster.size}, connected now: ${status.peers.connected.length}`,
    `- Blocks: ${[...states].map(([state, count]) => `${count} ${state}`).join(', ') || 'none'}`,
    `- Questions waiting: ${core.questions.list().map(({ kind }) => kind).join(', ') || 'none'}`,
    `- Median time to the relay and back: ${status.latency === null ? 'not measured' : `${Math.round(status.latency)} ms`}`,
    `- Signatures by: ${signatures}`,
    '',
  ].join('\n');
}

function nameOf(core: Core, device: string): string {
  return [...core.index.roster].find(([id]) => id === device)?.[1].name ?? 'Another device';
}
