/** What is in a frame, in words: its fields, and its entries as this device's own key opens them. */
import type { Frame } from '../../protocol';
import type { Peer } from '../../peer';
import { timeText } from './frame-cells';
import { entriesOf } from './frame-log';

/** One part of a frame. */
export interface FramePart {
  readonly title: string;
  readonly lines: readonly string[];
}

/** Entries of one frame that are opened. */
const ENTRIES = 50;

/** @param sealed null while this device does not run: nothing is opened then */
export async function frameParts(frame: Frame, sealed: Peer['sealed'] | null): Promise<FramePart[]> {
  const name = (id: string): string => sealed?.nameOf(id) ?? id.slice(0, 8);
  const { type: _type, ...rest } = frame;
  const fields = Object.entries(rest).filter(([key]) => key !== 'entries' && key !== 'bytes').map(([key, value]) => `${key}: ${valueText(value, name)}`); // prettier-ignore
  const parts: FramePart[] = fields.length > 0 ? [{ title: 'Fields', lines: fields }] : [];
  const entries = entriesOf(frame);
  for (const bytes of entries.slice(0, ENTRIES)) parts.push(await entryPart(bytes, sealed, name));
  if (entries.length > ENTRIES) parts.push({ title: `${entries.length - ENTRIES} entries more`, lines: [] });
  if (frame.type === 'presence') {
    const text = (await sealed?.presence('device' in frame ? frame.device : null, frame.bytes).catch(() => null)) ?? null;
    parts.push({ title: 'Presence', lines: text === null ? [SEALED] : Object.entries(JSON.parse(text) as object).map(([key, value]) => `${key}: ${valueText(value, name)}`) });
  }
  return parts;
}

const SEALED = 'Sealed: this device can’t open it.';

async function entryPart(bytes: Uint8Array, sealed: Peer['sealed'] | null, name: (id: string) => string): Promise<FramePart> {
  try {
    if (sealed === null) throw new Error(SEALED);
    const { header, time, lines } = await sealed.entry(bytes);
    const { kind, lane, counter } = header;
    const title = [`${name(header.alias)}: ${kind} of ${name(header.device)}`, `${lane} ${counter}`, `${bytes.length} B`, time === null ? '' : `written ${timeText(time)}`];
    return { title: title.filter(Boolean).join(', '), lines };
  } catch (error) {
    return { title: `${bytes.length} B`, lines: [error instanceof Error && error.message !== SEALED ? `${SEALED} ${error.message}` : SEALED] };
  }
}

function valueText(value: unknown, name: (id: string) => string): string {
  if (typeof value === 'string') return /^[0-9a-f]{32}$/.test(value) ? name(value) : value;
  if (value instanceof Uint8Array) return `${value.length} B`;
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map((one) => valueText(one, name)).join(', ');
  if (typeof value !== 'object' || value === null) return value === null ? 'none' : JSON.stringify(value);
  return Object.entries(value).map(([key, one]) => `${key} ${valueText(one, name)}`).join(' '); // prettier-ignore
}
