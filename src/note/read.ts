/** The changed text of a note -> what it means for the documents of its live blocks. */
import { parse } from '../outline';
import { ROOT } from '../document';
import { noteOf, withBullets } from './bound';
import { describedText, describing } from './described-text';
import { bearsMark, candidatesIn, marksOf } from './candidates';
import { isGone, remember, Retrieval } from './clipboard';
import type { Draft } from './draft';
import { fitEdits } from './fit';
import { freshBullets, identify, oldBullets } from './identity';
import type { FreshBullet, Identities, OldBullet } from './identity';
import { composeKept, keptStretches, originOf } from './kept';
import type { Kept } from './kept';
import { readKeystroke } from './keystroke';
import { locateAll, locateNearby } from './locate';
import type { Location } from './locate';
import { changedText, lineRange } from './note-text';
import { giveBack, giveBackToRoots } from './recurring';
import { carryReleased, releasedAt, releasedBefore, releasedParents, takeBack } from './released';
import { diffStructure } from './structure';
import type { Named } from './structure';
import { commonEnds } from './text-diff';
import type {
  Attributes, BoundBlock, BoundBullet, BoundNote, BulletId, Candidate, Clipboard, DocumentTree, Edit, Facts, NoteText, ReadContext, Reading, ReleasedText, RemovedBullet, TextChange,
} from './types';

export const NO_FACTS: Facts = {
  candidates: [], appeared: [], vanished: [], untagged: [], stripped: [], released: [], adopted: [], transferred: [], absorbed: [], copies: [], damaged: [], repairs: [],
};

/**
 * What the text of a note, changed by its user or found on disk, says of its live blocks. `changes` (ascending, of the text before) are
 * an editor's; null, or an origin of `outside` or `disk`, has everything told by content. Costs microseconds for a change within a line, the
 * size of the block for one of structure, the size of the note where ids or fences come or go.
 */
export function read(note: BoundNote, changes: readonly TextChange[] | null, text: NoteText, context: ReadContext): Reading {
  const own = context.origin === 'outside' || context.origin === 'disk' ? null : changes;
  if (own) {
    const quick = readKeystroke(note, own, text, marksOf(context), context.tree?.bind(context));
    if (quick) {
      const untagged = quick.roots.filter(({ before, after }) => lostMark(before, after, context)).map(({ blockId }) => blockId);
      return {
        note: quick.note,
        edits: quick.edits,
        facts: untagged.length > 0 ? { ...NO_FACTS, untagged } : NO_FACTS,
        clipboard: context.clipboard,
        unsettled: quick.ahead,
        reach: quick.reach,
      };
    }
  }
  const old = own ? undefined : describedText(note);
  if (old && old.length === text.length && old.toString() === text.toString()) {
    return { note: describing({ ...note }, text), edits: new Map(), facts: NO_FACTS, clipboard: context.clipboard, unsettled: [], reach: 'beyond' };
  }
  return readStructure(note, own, text, context);
}

function readStructure(note: BoundNote, changes: readonly TextChange[] | null, text: NoteText, context: ReadContext): Reading {
  let kept = changes ? keptStretches(changes, note.length) : null;
  let now = text;
  const old = describedText(note);
  let location = (changes && kept && old && locateNearby(note, old, changes, kept, text)) || locateAll(note, kept, text.toString());
  const repairs = kept && location.repairs.length === 0 ? giveBackToRoots(location.located, text, note.style.tabSize) : location.repairs;
  if (repairs.length > 0 && kept) {
    now = changedText(text, repairs);
    kept = composeKept(kept, keptStretches(repairs, text.length));
    location = locateAll(note, kept, now.toString(), true);
  }
  const released = changes ? carryReleased(carryReleased(note.released, changes), repairs) : undefined;
  return new Structure(note, kept, now, context, location, repairs, released ?? []).reading();
}

/** Bullets of one block as they are now. */
interface Fresh {
  readonly block: BoundBlock;
  readonly bullets: readonly BoundBullet[];
  readonly named: readonly Named[];
}

class Structure {
  private readonly old: readonly OldBullet[];
  private readonly fresh: readonly FreshBullet[];
  private readonly who: Identities;
  private readonly ids: BulletId[] = [];
  private readonly restored = new Map<string, Set<BulletId>>();
  /** Released bullets that came back, as their text was before. */
  private readonly back = new Map<BulletId, BoundBullet>();
  private readonly adopted = new Map<string, BulletId[]>();
  private readonly transferred: { blockId: string; id: BulletId; to: string; newId: BulletId }[] = [];
  private clipboard: Clipboard;

  constructor(
    private readonly before: BoundNote,
    private readonly kept: readonly Kept[] | null,
    private readonly text: NoteText,
    private readonly context: ReadContext,
    private readonly location: Location,
    private readonly repairs: readonly TextChange[],
    private readonly carried: readonly ReleasedText[],
  ) {
    const absorbed = location.absorbed.map(({ block }) => block);
    const blocks = [...location.located.map(({ block }) => block), ...absorbed, ...location.vanished].sort((a, b) => a.from - b.from);
    this.old = oldBullets(blocks);
    this.fresh = freshBullets(location.located.map(({ block, drafts }) => ({ blockId: block.blockId, drafts })));
    this.who = identify(this.old, this.fresh, kept);
    this.clipboard = context.clipboard;
  }

  reading(): Reading {
    this.name();
    const edits = new Map<string, readonly Edit[]>();
    const untagged: string[] = [];
    const unsettled: string[] = [];
    const released: { blockId: string; ids: BulletId[]; from: number }[] = [];
    const removed: RemovedBullet[] = [];
    const left: ReleasedText[] = [];
    const blocks: BoundBlock[] = this.location.untouched.map(({ block, shift }) =>
      shift === 0 ? block : { ...block, from: block.from + shift, to: block.to + shift },
    );
    for (const now of this.freshBlocks()) {
      const { blockId } = now.block;
      blocks.push(now.block);
      const leaving = this.leaving(blockId);
      if (leaving.released.length > 0) released.push({ blockId, ids: leaving.released.map(({ id }) => id), from: leaving.from });
      removed.push(...leaving.removed);
      const own = this.before.blocks.find((block) => block.blockId === blockId) as BoundBlock; // it was located from there
      const was = namedOf(own.bullets);
      const named = giveBack(now.named, this.finished());
      const list = diffStructure(was, named, {
        restored: this.restored.get(blockId),
        mergedInto: leaving.mergedInto,
        released: new Set(leaving.released.map(({ id }) => id)),
        releasedUnder: releasedParents(this.text, leaving.places, this.before.style.tabSize),
      });
      if (this.back.size > 0) list.push(...takeBack(this.back, named, this.before.released?.filter((one) => one.blockId === blockId) ?? [], this.context.tree?.(blockId)));
      for (const edit of list) {
        const at = edit.type === 'trash' && edit.released ? leaving.places.get(edit.id) : undefined;
        const text = at === undefined ? undefined : releasedAt(this.text, at, own, edit.id, leaving.places, this.before.style.tabSize);
        if (text) left.push(text);
      }
      if (lostMark(was[0]?.text ?? '', now.named[0]?.text ?? '', this.context)) untagged.push(blockId);
      const tree = this.context.tree?.(blockId);
      const ahead = tree !== undefined && list.length > 0 && !shows(tree, was);
      const fitted = ahead ? fitEdits(list, tree, was, this.kept === null) : list;
      if (fitted.length > 0) edits.set(blockId, fitted);
      if (this.restored.has(blockId) || ahead || named !== now.named) unsettled.push(blockId);
    }
    blocks.sort((a, b) => a.from - b.from);
    if (this.kept) {
      // A whole block that went can come back in pieces, pasted elsewhere.
      for (const block of this.location.vanished) removed.push(...this.vanishedPieces(block));
      this.clipboard = remember(this.clipboard, removed);
    }
    // What has come back into a block is no longer text on its own.
    const apart = [...this.carried, ...left].filter((one) => !this.back.has(one.head) && !blocks.some((block) => one.from >= block.from && one.from <= block.to));
    const note = noteOf(this.location.style, blocks, this.text, apart);
    const { appeared, copies, vanished, stripped, absorbed } = this.location;
    const facts: Facts = {
      ...NO_FACTS,
      candidates: this.candidates(note),
      appeared,
      copies,
      vanished: vanished.map(({ blockId, bullets }) => ({ blockId, bullets })),
      untagged,
      stripped: stripped.map(({ block, from }) => ({ blockId: block.blockId, from, bullets: block.bullets })),
      released,
      adopted: [...this.adopted].map(([blockId, ids]) => ({ blockId, ids })),
      transferred: this.transferred,
      absorbed: absorbed.map(({ block, into, rootFrom }) => ({ blockId: block.blockId, into, id: this.idAt(rootFrom) })),
      damaged: this.location.damaged,
      repairs: this.repairs,
    };
    return { note, edits, facts, clipboard: this.clipboard, unsettled, reach: this.reach(facts) };
  }

  private reach({ appeared, copies, vanished, stripped, absorbed, transferred, released, adopted, repairs }: Facts): Reading['reach'] {
    const isAny = (...lists: readonly (readonly unknown[])[]): boolean => lists.some(({ length }) => length > 0);
    if (!this.kept || isAny(appeared, copies, vanished, stripped, absorbed, transferred)) return 'beyond';
    return isAny(released, adopted, repairs) || !this.isWithinBlocks(this.kept) ? 'outside' : 'inside';
  }

  /** Whether nothing but live blocks was changed. */
  private isWithinBlocks(kept: readonly Kept[]): boolean {
    const { length, blocks } = this.before;
    let at = 0;
    let by = 0;
    for (const { from, to, shift } of [...kept, { from: length, to: length, shift: this.text.length - length }]) {
      // A last line that goes with the line end behind it leaves the one before it.
      const end = from + shift > 0 && this.text.sliceString(from + shift - 1, from + shift) === '\n' ? from - 1 : from;
      if ((from > at || shift !== by) && !blocks.some((block) => at >= block.from && at <= block.to && end <= block.to)) return false;
      at = to;
      by = shift;
    }
    return true;
  }

  /** Gives every bullet of now its id: its own, one from the clipboard, or a new one. */
  private name(): void {
    const { origin } = this.context;
    const fetching = origin === 'paste' || origin === 'undo' || origin === 'redo' || origin === 'move';
    const isUndoing = origin === 'undo' || origin === 'redo';
    const retrieval = new Retrieval(this.clipboard);
    const present = new Map<string, Set<BulletId>>();
    this.fresh.forEach(({ blockId }, index) => {
      const old = this.old[this.who.matching.oldOf[index] ?? -1];
      if (old?.block.blockId !== blockId) return;
      const ids = present.get(blockId) ?? new Set();
      present.set(blockId, ids.add(old.bullet.id));
    });
    this.fresh.forEach(({ blockId, draft }, index) => {
      const old = this.old[this.who.matching.oldOf[index] ?? -1];
      if (old?.block.blockId === blockId) return void this.ids.push(old.bullet.id);
      if (old) {
        const newId = this.context.newId();
        this.transferred.push({ blockId: old.block.blockId, id: old.bullet.id, to: blockId, newId });
        return void this.ids.push(newId);
      }
      const released = this.kept ? releasedBefore(this.before.released, blockId, draft, this.kept) : undefined;
      if (released && !present.get(blockId)?.has(released.id) && !this.restored.get(blockId)?.has(released.id) && !this.context.tree?.(blockId)?.get(released.id)) {
        this.restored.set(blockId, (this.restored.get(blockId) ?? new Set()).add(released.id));
        this.back.set(released.id, released);
        return void this.ids.push(released.id);
      }
      const back = fetching ? retrieval.take(blockId, draft.text, isGone(blockId, present.get(blockId) ?? new Set(), isUndoing)) : null;
      if (back?.blockId === blockId) {
        this.restored.set(blockId, (this.restored.get(blockId) ?? new Set()).add(back.id));
        return void this.ids.push(back.id);
      }
      const newId = this.context.newId();
      if (back) this.transferred.push({ blockId: back.blockId, id: back.id, to: blockId, newId });
      else if (this.wasOutside(draft)) this.adopted.set(blockId, [...(this.adopted.get(blockId) ?? []), newId]);
      this.ids.push(newId);
    });
    this.clipboard = retrieval.rest();
  }

  private wasOutside(draft: Draft): boolean {
    const first = draft.lines.find((line) => line.to > line.from);
    if (!this.kept || !first) return false;
    const at = originOf(this.kept, draft.from + first.from);
    return at >= 0 && !this.before.blocks.some((block) => at >= block.from && at <= block.to);
  }

  private freshBlocks(): Fresh[] {
    let base = 0;
    return this.location.located.map(({ block, drafts, cut }) => {
      const known = new Map(block.bullets.map((bullet) => [bullet.id, bullet]));
      const bullets = drafts.map((draft, index) => boundOf(draft, this.ids[base + index] as BulletId, known)); // name() gave each an id
      base += drafts.length;
      const from = drafts[0]?.from ?? block.from;
      const now = withBullets({ ...block, from, cut: { from: cut.from - from, to: cut.to - from } }, bullets);
      return { block: now, bullets, named: namedOf(bullets) };
    });
  }

  /** Id of a recurring task's next line -> that of its finished line. */
  private finished(): Map<BulletId, BulletId> {
    return new Map([...this.who.finished].map(([next, done]) => [this.ids[next] as BulletId, this.ids[done] as BulletId])); // name() gave each an id
  }

  /** What leaves a block, and how. */
  private leaving(blockId: string) {
    const released: BoundBullet[] = [];
    const removed: RemovedBullet[] = [];
    const mergedInto = new Map<BulletId, BulletId>();
    const places = new Map<BulletId, number>();
    let from = -1;
    this.old.forEach(({ block, bullet }, index) => {
      if (block.blockId !== blockId) return;
      const at = this.who.matching.freshOf[index] as number; // index of the list
      if (at !== -1 && this.fresh[at]?.blockId === blockId) return;
      const host = this.who.joined.get(index);
      const outside = this.who.outside.get(index);
      const hostText = host === undefined ? undefined : this.old[this.who.matching.oldOf[host] ?? -1]?.text;
      // Where the host's text shows nothing of it (it is part of, or behind, a damaged id) it must not come twice.
      const hidden = host !== undefined && hostText === this.fresh[host]?.text;
      if (host !== undefined && !hidden) mergedInto.set(bullet.id, this.ids[host] as BulletId);
      else if (outside !== undefined) {
        released.push(bullet);
        places.set(bullet.id, outside);
        if (from < 0) from = outside;
      }
      if (at !== -1) return;
      if (host === undefined) removed.push(removedOf(block, bullet));
      // Of one that was edited as it was joined, the document has another text than this.
      else if (unindented(this.fresh[host]?.text ?? '').includes(unindented(bullet.text))) removed.push({ ...removedOf(block, bullet), joined: true });
    });
    return { released, removed, mergedInto, places, from };
  }

  private vanishedPieces(block: BoundBlock): RemovedBullet[] {
    return this.old.flatMap(({ block: own, bullet }, index) =>
      own === block && bullet.id !== ROOT && this.who.matching.freshOf[index] === -1 ? [removedOf(block, bullet)] : [],
    );
  }

  private idAt(rootFrom: number): BulletId {
    const index = this.fresh.findIndex(({ draft }) => draft.lineFrom === rootFrom);
    return this.ids[index] ?? ROOT;
  }

  private candidates(note: BoundNote): readonly Candidate[] {
    const marks = marksOf(this.context);
    const changed = this.touched();
    const touched = lineRange(this.text, changed.from, changed.to);
    if (!bearsMark(this.text.sliceString(touched.from, touched.to), marks)) return [];
    const outline = this.location.outline ?? parse(this.text.toString(), note.style);
    return candidatesIn(note, outline, this.context, touched.from, touched.to);
  }

  /** The range that differs from the text before. */
  private touched(): { from: number; to: number } {
    const { kept } = this;
    if (!kept) return commonEnds(describedText(this.before)?.toString() ?? '', this.text.toString());
    const first = kept[0];
    const last = kept.at(-1);
    const from = first && first.from === 0 && first.shift === 0 ? first.to : 0;
    const to = last && last.to + last.shift === this.text.length ? last.from + last.shift : this.text.length;
    return { from: Math.min(from, to), to: Math.max(from, to) };
  }
}

function removedOf(block: BoundBlock, bullet: BoundBullet): RemovedBullet {
  return { blockId: block.blockId, id: bullet.id, text: bullet.text, attributes: bullet.attributes, depth: bullet.depth };
}

/** The draft as a bound bullet; the very value of before if nothing of it changed. */
export function boundOf(draft: Draft, id: BulletId, known: ReadonlyMap<BulletId, BoundBullet>): BoundBullet {
  const was = known.get(id);
  const { depth, source, lines, text, attributes } = draft;
  if (was && was.source === source && was.depth === depth && was.text === text && sameAttributes(was.attributes, attributes)) return was;
  return { id, depth, source, lines, text, attributes };
}

function sameAttributes(a: Attributes, b: Attributes): boolean {
  return a.marker === b.marker && a.task === b.task && a.gap === b.gap;
}

/** Bullets with their parents, as `diffStructure` wants them. */
export function namedOf(bullets: readonly BoundBullet[]): Named[] {
  const path: BulletId[] = [];
  return bullets.map(({ id, depth, text, attributes }) => {
    path.length = depth;
    const parent = path[depth - 1] ?? null;
    path.push(id);
    return { id, parent, text, attributes };
  });
}

/** A join may leave lines of a bullet deeper than they were. */
function unindented(text: string): string {
  return text.replace(/\n[ \t]+/g, '\n');
}

/** Whether a document is what the text showed before. */
function shows(tree: DocumentTree, was: readonly Named[]): boolean {
  return (
    tree.size === was.length &&
    was.every(({ id, parent, text, attributes }) => {
      const view = tree.get(id);
      return view?.text === text && view.parent === parent && view.attributes.task === attributes.task && view.attributes.marker === attributes.marker;
    })
  );
}

/** Whether a root's text had the tag, or a phrase, and has none any more. */
export function lostMark(before: string, after: string, context: Pick<ReadContext, 'tag' | 'phrases'>): boolean {
  const has = (text: string): boolean => bearsMark(text, marksOf(context));
  return before !== after && has(before) && !has(after);
}
