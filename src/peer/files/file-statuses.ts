/** What is shown of the files that are on their way, or can't be. */
import type { FileStatus, NotePath } from '../ports';
import { againOf, percentOf, problemOf } from './file-words';
import type { Transfer } from './transfer-queue';

/** One link of one block, as it stands in its note. */
export interface Link {
  readonly blockId: string;
  readonly target: string;
  readonly note: NotePath;
}

export function keyOf({ blockId, target }: Pick<Link, 'blockId' | 'target'>): string {
  return `${blockId}/${target}`;
}

/** Why a link's file is not even tried to be moved. */
export interface Refusal {
  readonly link: Link;
  readonly code: string;
  readonly direction: 'up' | 'down';
  readonly size: number;
}

const ORDER: readonly FileStatus['state'][] = ['moving', 'waiting', 'failed'];

/** @param isStuck nothing moves, whatever was begun */
export function fileStatuses(links: ReadonlyMap<string, Link>, transfers: readonly Transfer[], refused: ReadonlyMap<string, Refusal>, isStuck: boolean): readonly FileStatus[] {
  const all: FileStatus[] = [];
  for (const { direction, file, done, state, problem, uses } of transfers) {
    for (const use of uses) {
      const link = links.get(use);
      if (link) all.push({ id: use, ...link, direction, size: file.size, done, state: isStuck && state === 'moving' ? 'waiting' : state, problem, again: problem && againOf(problem.code) });
    }
  }
  for (const [id, { link, code, direction, size }] of refused) all.push({ id, ...link, direction, size, done: 0, state: 'failed', problem: problemOf(code), again: againOf(code) });
  return all.sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || (a.id < b.id ? -1 : 1));
}

/** What a block's mark says: "photo.jpg, 43 %"; undefined where nothing of it is on the way. */
export function transferText(files: readonly FileStatus[], blockId: string): string | undefined {
  // What would stand there for good is told in the status alone.
  const [first, ...others] = files.filter((file) => file.blockId === blockId && (file.state !== 'failed' || file.again === 'Try again'));
  if (!first) return undefined;
  const name = first.target.slice(first.target.lastIndexOf('/') + 1);
  const how = first.state === 'failed' ? (first.direction === 'up' ? ' not sent' : ' not fetched') : first.state === 'waiting' ? ' waits' : `, ${percentOf(first.size, first.done)} %`;
  return `${name}${how}${others.length > 0 ? `, ${others.length} more` : ''}`;
}
