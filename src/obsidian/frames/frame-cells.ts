/** A frame as a line of words, and whether it fits a filter; both as `blockwire inspect` has them. */
import type { FrameRow } from './frame-log';

export const COLUMNS = ['time', 'direction', 'kind', 'document', 'entries', 'size', 'ack', 'lane', 'transport', 'code'] as const;
export type Column = (typeof COLUMNS)[number];
export type Cells = Readonly<Record<Column, string>>;

/** @param nameOf what a document is called here, null if it is not known */
export function cellsOf(row: FrameRow, nameOf: (alias: string) => string | null): Cells {
  const [first, ...others] = row.documents;
  const document = first === undefined ? '' : (nameOf(first) ?? first.slice(0, 8));
  return {
    time: timeText(row.time),
    direction: row.direction,
    kind: row.kind,
    document: others.length > 0 ? `${document} +${others.length}` : document,
    entries: row.entries === 0 ? '' : String(row.entries),
    size: row.size === 0 ? '' : `${row.size} B`,
    ack: row.acknowledgedAfter === null ? '' : `${row.acknowledgedAfter} ms`,
    lane: row.lane ?? '',
    transport: row.transport,
    code: row.code ?? '',
  };
}

/** All words of the filter fit: `name=value` a column that begins so, any other word some column that holds it. */
export function fits(cells: Cells, filter: string): boolean {
  return filter.toLowerCase().split(/\s+/).every((word) => {
    const [, name, value = ''] = /^([a-z]+)=(.*)$/.exec(word) ?? [];
    const column = COLUMNS.find((one) => one === name);
    return column === undefined ? Object.values<string>(cells).some((cell) => cell.toLowerCase().includes(word)) : cells[column].toLowerCase().startsWith(value);
  }); // prettier-ignore
}

/** "08:12:05.123", local time. */
export function timeText(time: number): string {
  return new Date(time - new Date(time).getTimezoneOffset() * 60_000).toISOString().slice(11, 23);
}
