/** One editor's hold on a note: the `OpenNote` that the binding calls. */
import { idRange, offsetOf, positionAt } from '../note';
import type { UndoMark } from '../note';
import type { TextChange } from '../document';
import type { Core } from './core';
import type { NoteSession } from './note-session';

import type { BlockRange, EditOrigin, Editor, MakeUndo, NotePath, NoteText, OpenNote, RemoteCursor } from './ports';
import { stateOf } from './block-state';

export class EditorHold implements OpenNote {
  private closed = false;

  constructor(
    private readonly core: Core,
    private readonly session: NoteSession,
    private readonly editor: Editor,
  ) {}

  get path(): NotePath {
    return this.session.path;
  }

  get ready(): boolean {
    return this.session.ready;
  }

  edited(changes: readonly TextChange[], text: NoteText, origin: EditOrigin): readonly UndoMark[] | null {
    return this.closed ? null : this.session.edited(this.editor, changes, text, origin);
  }

  undo(changes: readonly TextChange[], marks: readonly UndoMark[], make: MakeUndo): readonly UndoMark[] | null {
    return this.closed ? null : this.session.undo(this.editor, changes, marks, make);
  }

  cursorMoved(): void {
    if (this.closed || !this.session.ready) return;
    this.core.making.cursorMoved(this.session, this.editor);
    this.core.lives.cursorMoved(this.session, this.editor);
  }

  composed(): void {
    if (!this.closed && this.session.ready) this.session.showUnwritten();
  }

  get blocks(): readonly BlockRange[] {
    if (!this.session.ready) return [];
    const bound = this.session.bound.blocks.map((block): BlockRange => {
      const id = idRange(this.session.bound, block);
      const transfer = this.core.files?.transferOf(block.blockId);
      return { blockId: block.blockId, from: block.from, to: block.to, idFrom: id.from, idTo: id.to, state: stateOf(this.core, block.blockId), ...(transfer !== undefined && { transfer }) };
    });
    return [...bound, ...this.core.lives.appearing.inactiveIn(this.session)].sort((a, b) => a.from - b.from);
  }

  get cursors(): readonly RemoteCursor[] {
    const cursors: RemoteCursor[] = [];
    for (const block of this.session.ready ? this.session.bound.blocks : []) {
      for (const { device, selection } of this.core.presence.selectionsIn(block.blockId)) {
        const [anchor, head] = [selection.anchor, selection.head].map(({ bullet, offset }) =>
          offsetOf(this.session.bound, { blockId: block.blockId, id: bullet, offset }),
        );
        if (typeof anchor !== 'number' || typeof head !== 'number') continue;
        cursors.push({ device, deviceName: this.core.index.device(device)?.name ?? 'Another device', anchor, head });
      }
    }
    return cursors;
  }

  select(selection: { anchor: number; head: number } | null): void {
    if (this.closed || !this.session.ready) return;
    const anchor = selection && positionAt(this.session.bound, selection.anchor);
    const head = selection && positionAt(this.session.bound, selection.head);
    const inOneBlock = anchor && head && anchor.blockId === head.blockId;
    this.core.presence.select(
      inOneBlock
        ? { block: head.blockId, anchor: { bullet: anchor.id, offset: anchor.offset }, head: { bullet: head.id, offset: head.offset } }
        : null,
    );
  }

  renamed(path: NotePath): void {
    this.core.notes.renamed(this.session.path, path);
  }

  close(): void {
    if (this.closed) return;
    if (this.session.ready) {
      // To close a note is to leave its lines.
      this.core.making.cursorMoved(this.session, this.editor, -1);
    }
    this.closed = true;
    this.core.presence.select(null);
    this.session.detach(this.editor);
    this.core.notes.closed(this.session);
  }
}
