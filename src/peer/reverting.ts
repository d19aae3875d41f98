/** What makes a document again what one of its versions was, as ordinary edits: they merge, and another restore undoes them. */
import { LiveDocument, ROOT } from '../document';
import type { BulletId, DocumentTree, Edit } from '../document';
import { diffText } from '../note';
import { idsOf } from './found-text';

const NAMES = ['marker', 'task', 'gap'] as const;
const NOBODY = { device: '', time: 0 };

/** Makes a document what another one is. @param make makes edits in it */
export function revert(document: LiveDocument, then: DocumentTree, make: (edits: readonly Edit[]) => void): void {
  for (let round = 0; round <= then.size; round += 1) {
    const edits = placesTo(document, then);
    if (edits.length === 0) break;
    make(edits);
  }
  make(textsTo(document, then));
}

/**
 * Bullets brought back, moved and trashed: to be made and asked for again until there are none, at most once a bullet. One that is taken out of a join shows only
 * then what hangs under it. And before `textsTo` is asked: it changes the text of another, too.
 */
function placesTo(document: LiveDocument, then: DocumentTree): Edit[] {
  const edits: Edit[] = [];
  const scratch = LiveDocument.load(0, document.encode(), []);
  const make = (edit: Edit): void => {
    scratch.apply([edit], NOBODY);
    edits.push(edit);
  };
  for (const parent of idsOf(then)) {
    const wanted = then.get(parent)?.children ?? [];
    const known = new Set(wanted);
    let after: BulletId | null = null;
    for (const id of wanted) {
      const there = scratch.get(id);
      const isJoined = !there && scratch.trashed(id)?.mergedInto !== null;
      if (!there) make({ type: 'restore', id, to: { parent, after } });
      else if (there.parent !== parent || before(scratch, parent, id, known) !== after) make({ type: 'move', id, to: { parent, after } });
      if (isJoined) return edits;
      after = id;
    }
  }
  for (const id of idsOf(scratch)) if (id !== ROOT && scratch.get(id) && !then.get(id)) make({ type: 'trash', id });
  return edits;
}

/** Texts and attributes of the bullets that are in both. */
function textsTo(document: DocumentTree, then: DocumentTree): Edit[] {
  const edits: Edit[] = [];
  for (const id of idsOf(then)) {
    const [is, was] = [document.get(id), then.get(id)];
    if (!is || !was) continue;
    if (is.text !== was.text) edits.push({ type: 'text', id, changes: diffText(is.text, was.text) });
    for (const name of NAMES) if (is.attributes[name] !== was.attributes[name]) edits.push({ type: 'attribute', id, name, value: was.attributes[name] });
  }
  return edits;
}

/** The nearest sibling before a bullet that the version has under this parent, too. */
function before(tree: DocumentTree, parent: BulletId, id: BulletId, known: ReadonlySet<BulletId>): BulletId | null {
  let last: BulletId | null = null;
  for (const child of tree.get(parent)?.children ?? []) {
    if (child === id) return last;
    if (known.has(child)) last = child;
  }
  return last;
}
