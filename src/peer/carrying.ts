/**
 * Bullets that this user moved from one live block to another: what other devices type into them where they were, before they hear of it, is
 * typed again here, on the author's device alone, where they are now.
 */
import { ROOT } from '../document';
import type { BulletId, Edit, LiveDocument, Placing } from '../document';
import { diffText, rebase } from '../note';
import type { Facts } from '../note';
import type { Core } from './core';

/** How long late edits are looked for. */
const CARRIED_FOR = 30 * 24 * 60 * 60 * 1000;
const PREFIX = 'carry/';

interface Carry {
  readonly to: string;
  readonly newId: string;
  /** The old bullet's text as far as it has been carried. */
  readonly seen: string;
  readonly since: number;
  /** It stood where it was again, by a move or a join of another device, and was taken out there, last by this: who puts it back knowing that means it. */
  readonly clearedBy?: Placing;
}

export class Carrying {
  /** Block -> bullet -> where it went. */
  private readonly carries = new Map<string, Map<string, Carry>>();
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly core: () => Core) {}

  async load(): Promise<void> {
    const { store, clock } = this.core();
    for (const { key, value } of await store.scan('meta', PREFIX)) {
      const carry = JSON.parse(new TextDecoder().decode(value)) as Carry;
      const [blockId, id] = key.slice(PREFIX.length).split('/');
      if (blockId === undefined || id === undefined || carry.since < clock.now() - CARRIED_FOR) await store.write([{ table: 'meta', key, value: null }], 'relaxed');
      else this.of(blockId).set(id, carry);
    }
  }

  /** Bullets have gone from one block to another by an edit just made. */
  went(transferred: Facts['transferred']): void {
    const core = this.core();
    for (const { blockId, id, to, newId } of transferred) {
      const seen = core.documents.get(blockId)?.textOf(id);
      if (seen !== undefined) this.put(blockId, id, { to, newId, seen, since: core.clock.now() });
      // Moved on: what was carried to where it is no more goes the whole way.
      for (const [block, carries] of this.carries) for (const [bullet, carry] of carries) if (carry.to === blockId && carry.newId === id) this.put(block, bullet, { ...carry, to, newId });
    }
  }

  has(blockId: string): boolean {
    return this.carries.has(blockId);
  }

  /** A block that bullets went from has news. One at a time: what is under way has not yet noted what it carried. */
  carry(blockId: string): Promise<void> {
    const run = this.turn.then(() => this.carryAlone(blockId));
    this.turn = run.catch(() => undefined);
    return run;
  }

  private async carryAlone(blockId: string): Promise<void> {
    const core = this.core();
    const source = await core.documents.hold(blockId);
    for (const [id, carry] of [...this.of(blockId)]) {
      if (!(carry.clearedBy && source.isPlacedAfter(id, carry.clearedBy)) && (await this.isTwice(blockId, id, carry))) {
        const change = core.documents.edit(blockId, removal(source, id))?.change;
        const clearedBy = source.placing(id);
        if (clearedBy) this.put(blockId, id, { ...carry, clearedBy });
        if (change) core.notes.documentChanged(blockId, change);
      }
    }
    for (const [id, carry] of [...this.of(blockId)]) {
      const now = source.textOf(id);
      if (now === undefined || now === carry.seen) continue;
      const target = await core.documents.hold(carry.to);
      const text = target.get(carry.newId)?.text;
      if (text !== undefined) {
        const late = diffText(carry.seen, now);
        const changes = text === carry.seen ? late : rebase(late, diffText(carry.seen, text));
        const change = changes.length > 0 ? core.documents.edit(carry.to, [{ type: 'text', id: carry.newId, changes }])?.change : null;
        if (change) core.notes.documentChanged(carry.to, change);
      }
      this.put(blockId, id, { ...carry, seen: now });
      core.documents.release(carry.to);
    }
    core.documents.release(blockId);
  }

  /** Whether a bullet that went elsewhere stands where it was, too. */
  private async isTwice(blockId: string, id: string, carry: Carry): Promise<boolean> {
    const { documents, index } = this.core();
    // A block that was nested under another keeps its bullets, and stands nowhere.
    if (carry.to === blockId || index.block(blockId)?.fate !== 'live' || !isShown(documents.get(blockId), id)) return false;
    const target = await documents.hold(carry.to);
    const isThere = isShown(target, carry.newId);
    documents.release(carry.to);
    return isThere;
  }

  private put(blockId: string, id: string, carry: Carry): void {
    this.of(blockId).set(id, carry);
    const { store, track } = this.core();
    track(store.write([{ table: 'meta', key: `${PREFIX}${blockId}/${id}`, value: new TextEncoder().encode(JSON.stringify(carry)) }], 'relaxed'));
  }

  private of(blockId: string): Map<string, Carry> {
    let carries = this.carries.get(blockId);
    if (!carries) this.carries.set(blockId, (carries = new Map<string, Carry>()));
    return carries;
  }
}

/** Whether a bullet's text stands in its block, be it as a part of the bullet that it was joined to. */
function isShown(document: LiveDocument | undefined, id: BulletId): boolean {
  return document?.get(document.shownBy(id)) !== undefined;
}

/** The edits that take a bullet out, with its text out of the bullet that it was joined to. */
function removal(document: LiveDocument, id: BulletId): Edit[] {
  const joined = document.get(id) === undefined;
  return [...(joined ? [{ type: 'restore', id, to: { parent: ROOT, after: null } } as const] : []), { type: 'trash', id }];
}
