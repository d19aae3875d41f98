import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { DocumentError } from './errors';
import type { LiveDocument } from './live-document';
import type { Author } from './local-edits';
import type { Change, PlainBullet } from './types';

/** A state of a block that can be looked at again. */
export interface Version {
  /** When the last of its edits was taken in, ms since 1970. */
  readonly time: number;
  /** Whose edits it holds beyond the version before it. */
  readonly devices: readonly string[];
  /** Bullets with other text, bullets created, moved or restored, and bullets trashed since the version before. */
  readonly texts: number;
  readonly places: number;
  readonly trashed: number;
  /** From `LiveDocument.snapshot`. */
  readonly snapshot: Uint8Array;
}

const FORMAT = 1;
const KEPT = 200;
const KEPT_BYTES = 512 * 1024;
const MINUTE = 60 * 1000;
const DAY = 24 * 60 * MINUTE;
/** Up to which age, in ms, one version is kept of each so many ms; beyond the last of them, one a week. */
const THINNED = [
  { age: 60 * MINUTE, each: 1 },
  { age: DAY, each: 10 * MINUTE },
  { age: 30 * DAY, each: DAY },
];

/** The versions of one block, oldest first, each with a time of its own; when there are too many, or too many bytes, the oldest go. */
export class VersionLog {
  private kept: Version[] = [];
  private readonly devices = new Set<string>();
  private readonly texts = new Set<string>();
  private readonly places = new Set<string>();
  private readonly trashed = new Set<string>();
  private time = 0;

  get versions(): readonly Version[] {
    return this.kept;
  }

  /** Notes what an apply or merge changed; cheap, for every keystroke. */
  note(by: Author, change: Change): void {
    this.devices.add(by.device);
    this.time = by.time;
    for (const id of change.texts) this.texts.add(id);
    for (const id of change.places) this.places.add(id);
    for (const id of change.trashed) {
      this.places.delete(id);
      this.trashed.add(id);
    }
  }

  /** Makes a version of what was noted since the last one; null if that is nothing. Costs by the document: for quiet moments. */
  cut(document: LiveDocument): Version | null {
    if (this.devices.size === 0) return null;
    const version: Version = {
      time: Math.max(this.time, (this.kept.at(-1)?.time ?? -1) + 1),
      devices: [...this.devices],
      texts: this.texts.size,
      places: this.places.size,
      trashed: this.trashed.size,
      snapshot: document.snapshot(),
    };
    for (const set of [this.devices, this.texts, this.places, this.trashed]) set.clear();
    this.kept.push(version);
    let bytes = this.kept.reduce((sum, { snapshot }) => sum + snapshot.length, 0);
    while (this.kept.length > KEPT || (bytes > KEPT_BYTES && this.kept.length > 1)) bytes -= this.kept.shift()?.snapshot.length ?? 0;
    return version;
  }

  /** Keeps fewer versions the older they are: of each stretch of time the last, which then counts for the devices and changes of the others. */
  thin(now: number): void {
    const kept: Version[] = [];
    for (const version of this.kept) {
      const last = kept.at(-1);
      if (!last || stretchOf(last.time, now) !== stretchOf(version.time, now)) kept.push(version);
      else {
        kept[kept.length - 1] = {
          ...version,
          devices: [...new Set([...last.devices, ...version.devices])],
          texts: last.texts + version.texts,
          places: last.places + version.places,
          trashed: last.trashed + version.trashed,
        };
      }
    }
    this.kept = kept;
  }

  encode(): Uint8Array {
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, FORMAT);
    encoding.writeVarUint(encoder, this.kept.length);
    for (const { time, devices, texts, places, trashed, snapshot } of this.kept) {
      encoding.writeVarUint(encoder, time);
      encoding.writeVarUint(encoder, devices.length);
      for (const device of devices) encoding.writeVarString(encoder, device);
      for (const count of [texts, places, trashed]) encoding.writeVarUint(encoder, count);
      encoding.writeVarUint8Array(encoder, snapshot);
    }
    return encoding.toUint8Array(encoder);
  }

  /** @throws DocumentError BAD_UPDATE, NEWER_SCHEMA */
  static decode(bytes: Uint8Array): VersionLog {
    const log = new VersionLog();
    try {
      const decoder = decoding.createDecoder(bytes);
      const format = decoding.readVarUint(decoder);
      if (format > FORMAT) throw new DocumentError('NEWER_SCHEMA', 'The versions of this block were stored by a newer Blockwire.');
      for (let count = decoding.readVarUint(decoder); count > 0; count--) {
        const time = decoding.readVarUint(decoder);
        const devices: string[] = [];
        for (let many = decoding.readVarUint(decoder); many > 0; many--) devices.push(decoding.readVarString(decoder));
        const texts = decoding.readVarUint(decoder);
        const places = decoding.readVarUint(decoder);
        const trashed = decoding.readVarUint(decoder);
        log.kept.push({ time, devices, texts, places, trashed, snapshot: decoding.readVarUint8Array(decoder).slice() });
      }
    } catch (error) {
      throw error instanceof DocumentError ? error : new DocumentError('BAD_UPDATE', 'The versions of this block cannot be read.');
    }
    return log;
  }
}

/** Names the stretch of time that a version is the only one of. */
function stretchOf(time: number, now: number): string {
  const each = THINNED.find(({ age }) => now - time <= age)?.each ?? 7 * DAY;
  return `${each}/${Math.floor(time / each)}`;
}

/** The block as it was. @throws DocumentError BAD_UPDATE if the version isn't one of this document */
export function plainAt(document: LiveDocument, version: Version): PlainBullet {
  return document.at(version.snapshot).plain();
}

/** The block as it was, in canonical Markdown. @throws DocumentError BAD_UPDATE if the version isn't one of this document */
export function textAt(document: LiveDocument, version: Version): string {
  return document.at(version.snapshot).canonical();
}
