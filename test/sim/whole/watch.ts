/** What is looked at from outside: every frame on the wire, what devices claim of themselves, and how much is kept. */
import type { SimDevice } from './device';
import type { SimRelay } from './relay';
import { LIMITS, decodeClientFrame, readEntry } from '../../../src/protocol';

/** Most entries that the relay keeps of a document when all is quiet: two spans of a snapshot and what came meanwhile. */
const KEPT = 800;
const CANARY = Buffer.from('CANARY');

export class Watch {
  /** Nonces by the bytes that they sealed. */
  private readonly nonces = new Map<string, string>();

  constructor(private readonly complain: (what: string) => void) {}

  /** [I8] no nonce seals two things; [I9] no text in anything that leaves a device. */
  frame(frame: Uint8Array, to: 'relay' | 'device'): void {
    const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
    if (bytes.includes(CANARY)) this.complain('[I9] a canary is on the wire');
    if (frame.length > LIMITS.frame) this.complain(`a frame of ${frame.length} bytes`);
    if (to !== 'relay') return;
    const decoded = decodeClientFrame(frame);
    if (decoded.type !== 'append') return;
    for (const entry of decoded.entries) {
      const { nonce, ciphertext } = readEntry(entry);
      const key = Buffer.from(nonce).toString('hex');
      const what = Buffer.from(ciphertext.subarray(0, 48)).toString('hex') + String(ciphertext.length);
      const before = this.nonces.get(key);
      if (before !== undefined && before !== what) this.complain(`[I8] a nonce was used twice`);
      this.nonces.set(key, what);
    }
  }

  /** [I10] Who says "the same on" tells the truth. */
  claims(devices: readonly SimDevice[], shown: ReadonlyMap<string, ReadonlyMap<string, string>>): void {
    for (const device of devices) {
      for (const { blockId, state } of device.peer.blocks()) {
        if (state !== 'same-everywhere') continue;
        const texts = new Set([...shown.values()].map((blocks) => blocks.get(blockId)).filter((text) => text !== undefined));
        if (texts.size > 1) this.complain(`[I10] ${device.name} says that ${blockId} is the same everywhere, and it is not`);
      }
    }
  }

  /** [I11] Nothing piles up: queues are empty when all is quiet, and the log is as long as its snapshots allow. */
  bounds(devices: readonly SimDevice[], relay: SimRelay): void {
    for (const device of devices) {
      const pending = device.disk.rows.get('pending')?.size ?? 0;
      if (pending > 0) this.complain(`[I11] ${device.name} keeps ${pending} updates as unsent`);
    }
    const byDocument = new Map<string, number>();
    for (const { header } of relay.log.rows(relay.space)) byDocument.set(header.alias, (byDocument.get(header.alias) ?? 0) + 1);
    for (const [alias, count] of byDocument) if (count > KEPT) this.complain(`[I11] the relay keeps ${count} entries of ${alias}`);
  }
}
