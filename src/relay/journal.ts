/** Structured lines about what the relay does. No text, key, token, ticket or address goes in; identifiers are cut to 8 digits. */
export type Fields = Readonly<Record<string, string | number | boolean>>;
export type Journal = (event: string, fields?: Fields) => void;

export const SILENT: Journal = () => undefined;

/** @returns a journal that writes one line an event: time, event, name=value pairs */
export function lineJournal(write: (line: string) => void, now: () => number = Date.now): Journal {
  return (event, fields = {}) => {
    const pairs = Object.entries(fields).map(([name, value]) => ` ${name}=${typeof value === 'string' ? quoted(value) : String(value)}`);
    write(`${new Date(now()).toISOString()} ${event}${pairs.join('')}\n`);
  };
}

/** Enough of an identifier to follow it through a log. */
export function short(id: string): string {
  return id.slice(0, 8);
}

function quoted(value: string): string {
  return /^[\w.:/-]+$/.test(value) ? value : JSON.stringify(value);
}
