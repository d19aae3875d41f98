/** Two files of one name: the links get names that say which content they mean, and neither file is touched. */
import { importClientId } from '../../document';
import type { BulletId, Edit, LiveDocument, SharedFile } from '../../document';
import { attachmentLinks, targetIn } from '../../outline';
import type { Core } from '../core';
import { idsOf } from '../found-text';
import { applyChanges } from '../text-changes';
import { HERE } from '../update-rows';
import { distinctTarget } from './safe-path';

export interface DistinctNames {
  /** What the block's file is linked as from now on. */
  readonly theirs: string;
  /** The same for the file that this device had published under that name at the same time; null if there was none. */
  readonly own: string | null;
}

/**
 * Renames a target in a block's text and in its table.
 * @param own the content that this device published under the name and lost it to `entry`
 * @returns null if the name says its content already, so that another one would not help
 */
export function makeDistinct(core: Core, { blockId, target }: { readonly blockId: string; readonly target: string }, document: LiveDocument, entry: SharedFile, own: { readonly hash: string; readonly size: number } | null): DistinctNames | null {
  const { documents, notes } = core;
  const theirs = distinctTarget(target, entry.hash);
  const mine = own && distinctTarget(target, own.hash);
  if (target.includes(`-${entry.hash.slice(0, 6)}.`)) return null;
  let isMineUsed = false;
  const seen = new Map<BulletId, string>();
  const edits = idsOf(document).flatMap((id): Edit[] => {
    const text = document.get(id)?.text ?? '';
    const changes = attachmentLinks(text).flatMap((link) => {
      if (link.target !== target) return [];
      const isOwn = mine !== null && (documents.cameFrom(blockId, id) ?? HERE) === HERE;
      isMineUsed ||= isOwn;
      return [{ from: link.from, to: link.to, insert: targetIn(link.form, isOwn ? mine : theirs) }];
    });
    if (changes.length === 0) return [];
    seen.set(id, applyChanges(text, changes));
    return [{ type: 'text', id, changes }];
  });
  documents.setFile(blockId, theirs, { hash: entry.hash, size: entry.size, was: [], lost: entry.lost });
  if (own && mine !== null && isMineUsed) documents.setFile(blockId, mine, { ...own, was: [], lost: false });
  documents.setFile(blockId, target, null);
  // Another device that meets the same clash writes the same: it must stand once.
  const change = documents.edit(blockId, edits, { importAs: importClientId(document.digest(), `file ${target} ${entry.hash}`), seen })?.change;
  if (change) notes.documentChanged(blockId, change);
  const name = target.slice(target.lastIndexOf('/') + 1);
  core.problem('FILE_RENAMED', `A live block links ${name} of another device, and this vault has another file of that name, or a folder. The block says ${theirs.slice(theirs.lastIndexOf('/') + 1)} now; yours was not touched.`);
  return { theirs, own: isMineUsed ? mine : null };
}
