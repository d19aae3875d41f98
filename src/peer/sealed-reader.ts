/** What the sealed bytes of frames hold, for a person who looks at them on this device: read with its own key, changing nothing, kept nowhere. */
import { ROOT, updateWords } from '../document';
import type { EntryHeader } from '../protocol';
import { decodeBody, type Cipher } from '../sync';
import type { Core } from './core';
import { INDEX_ID } from './index-document';

export interface EntryWords {
  readonly header: EntryHeader;
  /** Author's clock, ms since the epoch; null for a part of something larger. */
  readonly time: number | null;
  /** What it holds, a line each. */
  readonly lines: readonly string[];
}

export class SealedReader {
  constructor(
    private readonly core: () => Core,
    private readonly cipher: Cipher,
  ) {}

  /** What a person calls a document or device, by its id on the wire; null if this device knows neither. */
  nameOf(id: string): string | null {
    const { documents, index, notes } = this.core();
    const device = index.device(id as EntryHeader['device']);
    if (device) return device.name;
    const alias = id as EntryHeader['alias'];
    if (alias === documents.aliasOf(INDEX_ID)) return 'Index of the space';
    const blockId = documents.blockOf(alias);
    if (blockId === undefined) return null;
    const path = notes.owners.get(blockId);
    const title = documents.get(blockId)?.get(ROOT)?.text ?? (path === undefined ? undefined : notes.summaryOf(path, blockId)?.title);
    return title?.split('\n', 1)[0] || 'A block that is not open';
  }

  /** @throws CipherError when this device can't open it; BodyError or Error when what is in it is damaged */
  async entry(bytes: Uint8Array): Promise<EntryWords> {
    const { header, body } = await this.cipher.open(bytes);
    if (header.parts > 1) return { header, time: null, lines: [`part ${header.part + 1} of ${header.parts}, ${body.length} B of a larger value`] };
    const { time, updates } = decodeBody(body);
    return { header, time, lines: updates.flatMap((update) => updateWords(update)) };
  }

  /** As JSON. @throws CipherError */
  async presence(from: EntryHeader['device'] | null, bytes: Uint8Array): Promise<string> {
    const { device } = this.core();
    return new TextDecoder().decode(await this.cipher.openPresence(from ?? (device as EntryHeader['device']), bytes));
  }
}
