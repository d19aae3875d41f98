/** What a question is about, to be seen before it is answered: each block as it is, and what would go. */
import { ROOT } from '../document';
import type { BulletId, DocumentTree } from '../document';
import type { BoundBlock } from '../note';
import type { Core } from './core';
import { idsOf } from './found-text';
import type { Loss, LossLine, Question } from './ports';
import { isGateKind } from './question-words';
import { placeOf } from './questions';

const TITLE = 80;

/** @returns in the order of the question's blocks; those whose document is not there are left out */
export async function lossesOf(core: Core, questionId: string): Promise<readonly Loss[]> {
  const question = core.questions.get(questionId);
  if (!question || !isGateKind(question.kind)) return [];
  const losses: Loss[] = [];
  for (const blockId of question.blockIds) {
    if (!(await core.documents.has(blockId))) continue;
    const document = await core.documents.hold(blockId);
    try {
      const lines = linesOf(document, await shownOf(core, question, blockId));
      losses.push({
        blockId,
        path: placeOf(question, blockId),
        title: (document.get(ROOT)?.text.split('\n', 1)[0] ?? '').slice(0, TITLE),
        gone: lines.filter(({ kind }) => kind === 'removed').length,
        lines,
      });
    } finally {
      core.documents.release(blockId);
    }
  }
  return losses;
}

/** The block as its note shows it; null where it is gone as a whole. */
async function shownOf(core: Core, { kind }: Question, blockId: string): Promise<BoundBlock | null> {
  const path = kind === 'older-version' || kind === 'emptied' ? core.notes.owners.get(blockId) : undefined;
  return path === undefined ? null : core.notes.withDocuments(path, (session) => session.block(blockId) ?? null);
}

function linesOf(tree: DocumentTree, shown: BoundBlock | null): LossLine[] {
  const there = new Map(shown?.bullets.map((bullet) => [bullet.id, bullet]));
  const lines: LossLine[] = [];
  const depths = new Map<BulletId, number>();
  const known = new Set<BulletId>();
  /** Bullets that only the file has, by the one before them. */
  const extra = new Map<BulletId, LossLine[]>();
  let last: BulletId = ROOT;
  for (const bullet of shown?.bullets ?? []) {
    if (tree.get(bullet.id)) last = bullet.id;
    else extra.set(last, [...(extra.get(last) ?? []), { kind: 'added', depth: bullet.depth, text: bullet.text }]);
  }
  for (const id of idsOf(tree)) {
    const view = tree.get(id);
    if (!view || known.has(id)) continue;
    known.add(id);
    const depth = view.parent === null ? 0 : (depths.get(view.parent) ?? 0) + 1;
    depths.set(id, depth);
    const bullet = there.get(id);
    if (bullet?.text === view.text) lines.push({ kind: 'kept', depth, text: view.text });
    else {
      lines.push({ kind: 'removed', depth, text: view.text });
      if (bullet && bullet.text !== '') lines.push({ kind: 'added', depth: bullet.depth, text: bullet.text });
    }
    lines.push(...(extra.get(id) ?? []));
  }
  return lines;
}
