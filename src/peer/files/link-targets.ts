import type { LiveDocument } from '../../document';
import { attachmentLinks } from '../../outline';
import { idsOf } from '../found-text';

/** Targets of the links to files in a block's text. */
export function targetsOf(document: LiveDocument): Set<string> {
  const targets = new Set<string>();
  for (const id of idsOf(document)) for (const { target } of attachmentLinks(document.get(id)?.text ?? '')) targets.add(target);
  return targets;
}
