import type { Core } from './core';

/** Blocks that stand in notes that are open, and those that are to land there: read first when catching up. */
export function blocksInSight({ notes, vault, index }: Core): string[] {
  const open = notes.openSessions();
  const paths = new Set(open.map(({ path }) => path));
  const days = new Set(open.map(({ path }) => vault.dayOf(path)));
  const isDue = (id: string): boolean => {
    const home = index.block(id)?.home;
    return home !== undefined && !notes.owners.has(id) && (home.day === null ? paths.has(home.path) : days.has(home.day));
  };
  return [...open.flatMap(({ bound }) => bound.blocks.map(({ blockId }) => blockId)), ...(open.length > 0 ? [...index.blockIds()].filter(isDue) : [])];
}
