/** All live blocks as one Markdown text, note by note, without ids and with tags that make nothing live again. */
import { ROOT } from '../document';
import { renderBlock } from '../note';
import { findTags, parse } from '../outline';
import type { Core } from './core';

/** @returns '' if there are none; blocks that can't be read are named instead of given */
export async function exportBlocks(core: Core): Promise<string> {
  const { documents, index, notes, settings, vault } = core;
  const places = new Map<string, string[]>();
  for (const blockId of index.blockIds()) {
    const block = index.block(blockId);
    if (block?.fate !== 'live' || !(await documents.has(blockId))) continue;
    const { home } = block;
    const place = notes.owners.get(blockId)?.replace(/\.md$/, '') ?? home.day ?? home.path.replace(/\.md$/, '');
    const document = await documents.hold(blockId).catch(() => null);
    documents.release(blockId);
    const text = document?.get(ROOT) ? renderBlock(document, { indent: vault.defaultIndent, eol: '\n', tabSize: 4 }, '') : `- (the block ${blockId} can't be read on this device)`;
    places.set(place, [...(places.get(place) ?? []), text]);
  }
  const parts = [...places].sort(([a], [b]) => (a < b ? -1 : 1)).map(([place, texts]) => `## ${place}\n\n${texts.join('\n')}\n`);
  return parts.length === 0 ? '' : withoutTags(`# Live blocks\n\n${parts.join('\n')}`, settings().tag);
}

/** A backslash keeps a tag readable and from being one. */
function withoutTags(text: string, tag: string): string {
  let out = '';
  let at = 0;
  for (const { from } of findTags(parse(text), tag)) {
    out += `${text.slice(at, from)}\\`;
    at = from;
  }
  return out + text.slice(at);
}
