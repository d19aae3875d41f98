import type * as Y from 'yjs';
import { hashRecord } from './digest';
import { Bullet } from './tree';
import { DEFAULT_ATTRIBUTES, ROOT } from './types';
import type { Attributes, BulletId, BulletView, PlainBullet, TrashedBullet } from './types';

/** A bullet of a document with what is read from its registers, cached until they change. */
export class BulletState extends Bullet {
  /** null while a seeded text is as it was, and for a bullet whose text isn't here. */
  ytext: Y.Text | null = null;
  attributes: Attributes = DEFAULT_ATTRIBUTES;
  /** Its part of the document's digest. */
  summed: Uint32Array | null = null;
  private known: string | null = '';
  private cached: BulletView | null = null;

  /** @param text null = to be read from the Y.Text when it is asked for */
  setText(ytext: Y.Text | null, text: string | null): void {
    this.ytext = ytext;
    this.known = text;
    this.cached = null;
  }

  setAttributes(attributes: Attributes): void {
    this.attributes = attributes;
    this.cached = null;
  }

  /** The bullet's own text if it was asked for since it last changed. */
  get knownText(): string | null {
    return this.known;
  }

  ownText(): string {
    // eslint-disable-next-line @typescript-eslint/no-base-to-string -- Y.Text has a toString of its own, which its types leave out
    return (this.known ??= this.ytext?.toString() ?? '');
  }

  /** The bullet's own text and that of the bullets joined to it. */
  text(): string {
    if (this.parts.length === 0) return this.ownText();
    return this.segments().map((bullet) => bullet.ownText()).join('');
  }

  /** The bullets that the text is made of, in its order: this one, each part and its parts. */
  segments(): BulletState[] {
    const segments: BulletState[] = [];
    const stack: BulletState[] = [this];
    for (let bullet = stack.pop(); bullet; bullet = stack.pop()) {
      segments.push(bullet);
      for (const part of [...bullet.parts].reverse()) stack.push(part as BulletState);
    }
    return segments;
  }

  /** The bullet that shows this one's text: itself unless it was joined to another. */
  shownBy(): BulletState {
    return this.owner ? (this.owner as BulletState).shownBy() : this;
  }

  /** Its text is another: that of a part or the list of parts changed. */
  invalidate(): void {
    this.cached = null;
  }

  view(): BulletView {
    if (!this.cached || this.stale) {
      this.cached = {
        id: this.id,
        parent: this.parent?.id ?? null,
        text: this.text(),
        attributes: this.shownAttributes(),
        children: this.stale || !this.cached ? this.children.map((child) => child.id) : this.cached.children,
      };
      this.stale = false;
    }
    return this.cached;
  }

  record(): Uint32Array {
    return hashRecord({
      id: this.id,
      parent: this.parent?.id ?? '',
      after: this.after?.id ?? '',
      text: this.text(),
      attributes: this.shownAttributes(),
    });
  }

  plain(): PlainBullet {
    const top = this.alone();
    const stack: [BulletState, PlainBullet[]][] = [[this, top.children]];
    for (let next = stack.pop(); next; next = stack.pop()) {
      const [bullet, children] = next;
      for (const child of bullet.children as BulletState[]) {
        const plain = child.alone();
        children.push(plain);
        stack.push([child, plain.children]);
      }
    }
    return top;
  }

  /** null unless the bullet was put in the trash itself. */
  trashedView(): TrashedBullet | null {
    const trash = this.trashed ? this.place?.trash : null;
    if (!trash) return null;
    return { id: this.id, time: trash.time, device: trash.device, mergedInto: trash.mergedInto, ...(trash.released ? { released: true } : {}), plain: this.plain(), from: this.place?.parent as BulletId };
  }

  private alone(): { text: string; attributes: Attributes; children: PlainBullet[] } {
    return { text: this.text(), attributes: this.shownAttributes(), children: [] };
  }

  /** The root's gap belongs to its note. */
  private shownAttributes(): Attributes {
    return this.id === ROOT && this.attributes.gap !== 0 ? { ...this.attributes, gap: 0 } : this.attributes;
  }
}
