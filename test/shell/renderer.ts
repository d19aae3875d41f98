import type { Component } from './events';
import { listMarker, sectionsOf } from './markdown-blocks';
import type { Section } from './markdown-blocks';
import { columns } from './list-items';

export interface SectionContext {
  docId: string;
  sourcePath: string;
  frontmatter: unknown;
  addChild(child: Component): void;
  getSectionInfo(el: HTMLElement): { text: string; lineStart: number; lineEnd: number } | null;
}
export type PostProcessor = ((el: HTMLElement, context: SectionContext) => unknown) & { sortOrder?: number };

const postProcessors: PostProcessor[] = [];

export function registerPostProcessor(processor: PostProcessor): () => void {
  postProcessors.push(processor);
  postProcessors.sort((a, b) => (a.sortOrder ?? 0) - (b.sortOrder ?? 0));
  return () => postProcessors.remove(processor);
}

/** Renders a note as reading mode does, section by section, and waits for its post-processors (assumption 13). */
export async function renderMarkdown(text: string, into: HTMLElement, sourcePath: string, owner: Component): Promise<void> {
  const lines = text.split('\n');
  const waiting: unknown[] = [];
  for (const section of sectionsOf(text)) {
    const el = into.createDiv({ cls: `el-${section.kind}` });
    renderSection(el, section, lines);
    const context: SectionContext = {
      docId: sourcePath,
      sourcePath,
      frontmatter: null,
      addChild: (child) => owner.addChild(child),
      getSectionInfo: (inner) => (el.contains(inner) ? { text, lineStart: section.from, lineEnd: section.to } : null),
    };
    for (const processor of postProcessors) waiting.push(processor(el, context));
  }
  await Promise.all(waiting);
}

function renderSection(el: HTMLElement, section: Section, lines: readonly string[]): void {
  const own = lines.slice(section.from, section.to + 1);
  const first = own[0] ?? '';
  switch (section.kind) {
    case 'frontmatter':
    case 'comment':
      return;
    case 'heading': {
      const [, marks = '#', title = ''] = /^(#+)\s+(.*)$/.exec(first) ?? [];
      inline(el.createEl(`h${marks.length}` as 'h1', { attr: { 'data-heading': title } }), title);
      return;
    }
    case 'rule':
      el.createEl('hr');
      return;
    case 'code': {
      const language = /^\s*(?:```+|~~~+)\s*(\S*)/.exec(first)?.[1];
      el.createEl('pre').createEl('code', { cls: language ? `language-${language}` : undefined, text: own.slice(1, -1).join('\n') });
      return;
    }
    case 'quote': {
      const inner = own.map((line) => line.replace(/^\s*> ?/, ''));
      const callout = /^\[!(\w+)\][+-]?\s*(.*)$/.exec(inner[0] ?? '');
      const box = callout ? el.createDiv({ cls: 'callout', attr: { 'data-callout': callout[1] ?? '' } }) : el.createEl('blockquote');
      if (callout) box.createDiv({ cls: 'callout-title', text: callout[2] || callout[1] });
      inlineLines(box.createEl('p'), callout ? inner.slice(1) : inner);
      return;
    }
    case 'table': {
      const rows = own.filter((line) => !/^\s*\|[\s:|-]+\|?\s*$/.test(line));
      const table = el.createEl('table');
      for (const [i, row] of rows.entries()) {
        const tr = table.createEl('tr');
        for (const cell of row.trim().replace(/^\||\|$/g, '').split('|')) inline(tr.createEl(i === 0 ? 'th' : 'td'), cell.trim());
      }
      return;
    }
    case 'list':
      renderList(el, own);
      return;
    case 'paragraph':
      inlineLines(el.createEl('p', { attr: { dir: 'auto' } }), own);
  }
}

function renderList(el: HTMLElement, lines: readonly string[]): void {
  const open: { column: number; list: HTMLElement; item: HTMLElement; text: HTMLElement }[] = [];
  let code: HTMLElement | null = null;
  for (const [n, line] of lines.entries()) {
    const current = open.at(-1);
    if (/^\s*(```|~~~)/.test(line) && current) {
      code = code ? null : current.item.createEl('pre').createEl('code');
      continue;
    }
    if (code) {
      code.appendText(`${line.trimStart()}\n`);
      continue;
    }
    const match = listMarker.exec(line);
    if (!match) {
      if (line.trim() && current) {
        current.text.createEl('br');
        inline(current.text, line.trim());
      }
      continue;
    }
    const column = columns(match[1] ?? '', 4);
    while (open.length > 0 && (open.at(-1)?.column ?? 0) >= column) open.pop();
    const parent = open.at(-1)?.item ?? el;
    const ordered = /\d/.test(match[2] ?? '');
    const last = parent.lastElementChild;
    const list = last && /^[UO]L$/.test(last.tagName) ? (last as HTMLElement) : parent.createEl(ordered ? 'ol' : 'ul', { cls: ordered ? '' : 'has-list-bullet' });
    const task = /^\[(.)\](?:\s+(.*))?$/.exec(match[3] ?? '');
    const item = list.createEl('li', { attr: { 'data-line': n, dir: 'auto' } });
    if (task) {
      item.addClass('task-list-item');
      item.toggleClass('is-checked', task[1] !== ' ');
      item.setAttr('data-task', task[1] === ' ' ? '' : (task[1] ?? ''));
      item.createEl('input', { cls: 'task-list-item-checkbox', type: 'checkbox', attr: { disabled: true, ...(task[1] !== ' ' && { checked: true }) } });
    }
    const text = item.createSpan();
    inline(text, (task ? task[2] : match[3]) ?? '');
    open.push({ column, list, item, text });
  }
}

function inlineLines(el: HTMLElement, lines: readonly string[]): void {
  for (const [i, line] of lines.entries()) {
    if (i > 0) el.createEl('br');
    inline(el, line.trim());
  }
}

const inlinePattern = /`([^`]+)`|\[\[([^\]|]+)(?:\|([^\]]+))?\]\]|\[([^\]]+)\]\(([^)\s]+)\)|\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*|~~([^~]+)~~|==([^=]+)==|((?:^|(?<=\s))#[\p{L}\p{N}_/-]*[\p{L}_/-][\p{L}\p{N}_/-]*)|(https?:\/\/[^\s)]+)/gu;

function inline(el: HTMLElement, source: string): void {
  const text = source.replace(/%%.*?%%/g, '').replace(/(^|\s)\^[A-Za-z0-9-]+\s*$/, '');
  let at = 0;
  for (const match of text.matchAll(inlinePattern)) {
    el.appendText(text.slice(at, match.index));
    at = match.index + match[0].length;
    const [, code, target, alias, label, href, bold, italic, struck, marked, tag, url] = match;
    if (code !== undefined) el.createEl('code', { text: code });
    else if (target !== undefined) el.createEl('a', { cls: 'internal-link', text: alias ?? target, href: target, attr: { 'data-href': target } });
    else if (href !== undefined) el.createEl('a', { cls: 'external-link', text: label, href, attr: { rel: 'noopener', target: '_blank' } });
    else if (bold !== undefined) el.createEl('strong', { text: bold });
    else if (italic !== undefined) el.createEl('em', { text: italic });
    else if (struck !== undefined) el.createEl('del', { text: struck });
    else if (marked !== undefined) el.createEl('mark', { text: marked });
    else if (tag !== undefined) el.createEl('a', { cls: 'tag', text: tag, href: tag });
    else if (url !== undefined) el.createEl('a', { cls: 'external-link', text: url, href: url, attr: { rel: 'noopener', target: '_blank' } });
  }
  el.appendText(text.slice(at));
}
