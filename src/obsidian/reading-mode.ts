/** Live blocks in reading mode: the same quiet mark and dimmed id as in the editor. */
import type { MarkdownPostProcessorContext } from 'obsidian';
import { isBlockwireId } from '../outline';
import type { BlockStatus } from '../peer';
import { blockStateText, stateClass } from './status/block-state';

const ID = /[ \t]\^(bw-[^\s^]+)[ \t]*$/;

/** @param stateOf the state of a block that is live in this note, null for an id that is not */
export function markLiveBlocks(el: HTMLElement, context: MarkdownPostProcessorContext, stateOf: (blockId: string, path: string) => BlockStatus['state'] | null): void {
  const section = context.getSectionInfo(el);
  if (!section || !section.text.includes('^bw-')) return;
  const lines = section.text.split('\n').slice(section.lineStart, section.lineEnd + 1);
  const items = el.findAll('li[data-line]');
  for (const id of idLines(lines)) {
    const state = stateOf(id.blockId, context.sourcePath);
    if (state === null) continue;
    const item = itemAt(items, id.line);
    if (!item) continue;
    item.addClass('blockwire-reading', stateClass(state));
    item.setAttribute('title', blockStateText(state));
    dimId(item, `^${id.blockId}`);
  }
}

/** Lines (from 0) of a section that end with an id. */
export function idLines(lines: readonly string[]): { blockId: string; line: number }[] {
  return lines.flatMap((text, line) => {
    const blockId = ID.exec(text)?.[1];
    return blockId === undefined || !isBlockwireId(blockId) ? [] : [{ blockId, line }];
  });
}

/** The innermost item that starts on or before a line: an id may end an item's later line. */
function itemAt(items: readonly HTMLElement[], line: number): HTMLElement | null {
  let found: HTMLElement | null = null;
  let at = -1;
  for (const item of items) {
    const start = Number(item.getAttribute('data-line'));
    if (start <= line && start > at) {
      found = item;
      at = start;
    }
  }
  return found;
}

/** The app leaves ids out where it takes them for such; where it shows one, it is dimmed. */
function dimId(item: HTMLElement, id: string): void {
  const walker = item.ownerDocument.createTreeWalker(item, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const at = node.textContent?.lastIndexOf(id) ?? -1;
    if (at < 0) continue;
    const rest = (node as Text).splitText(at);
    rest.splitText(id.length);
    const span = createSpan({ cls: 'blockwire-id', text: id });
    rest.replaceWith(span);
    return;
  }
}
