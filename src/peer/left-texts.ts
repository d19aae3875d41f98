/**
 * What a block's text was when it left its note and nobody knew yet whether for good: its id was taken out, or it vanished and the user is
 * asked. Where it is put back, the text that stands there by then is compared with that, and not with what other devices made of it meanwhile.
 */
import type { BoundBullet } from '../note';
import type { Core } from './core';

const PREFIX = 'left/';

export class LeftTexts {
  private readonly texts = new Map<string, readonly BoundBullet[]>();

  constructor(private readonly core: () => Core) {}

  async load(): Promise<void> {
    for (const { key, value } of await this.core().store.scan('meta', PREFIX)) this.texts.set(key.slice(PREFIX.length), JSON.parse(new TextDecoder().decode(value)) as readonly BoundBullet[]);
  }

  of(blockId: string): readonly BoundBullet[] | null {
    return this.texts.get(blockId) ?? null;
  }

  remember(blockId: string, bullets: readonly BoundBullet[]): void {
    this.texts.set(blockId, bullets);
    this.save(blockId, new TextEncoder().encode(JSON.stringify(bullets)));
  }

  /** The block is bound again, or it ended. */
  forget(blockId: string): void {
    if (this.texts.delete(blockId)) this.save(blockId, null);
  }

  private save(blockId: string, value: Uint8Array | null): void {
    this.core().track(this.core().store.write([{ table: 'meta', key: `${PREFIX}${blockId}`, value }], 'relaxed'));
  }
}
