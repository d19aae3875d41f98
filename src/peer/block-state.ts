/** What may truthfully be said of one block: here only, safe on the relay, the same on every device. */
import type { Core } from './core';
import type { BlockState } from './ports';

export function stateOf(core: Core, blockId: string): BlockState {
  if (core.questions.holds(blockId)) return 'held';
  if (core.engine.status.waiting.has(core.documents.aliasOf(blockId))) return 'here-only';
  const others = [...core.index.roster.keys()].filter((device) => device !== core.device);
  const everywhere = others.length > 0 && others.every((device) => core.presence.isEqual(blockId, device));
  return everywhere ? 'same-everywhere' : 'on-relay';
}
