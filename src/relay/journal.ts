/** Structured lines about what the relay does. No text, key, token, ticket or address goes in; identifiers are cut to 8 digits. */
export type Fields = Readonly<Record<string, string | number | boolean>>;
export type Journal = (event: string, fields?: Fields) => void;

export const SILENT: Journal = () => undefined;

/** @returns a journal that writes one line an event: time, event, name=value pairs */
export function lineJournal(write: (line: string) => void, now: () => number = Date.now): Journal {
  return (event, fields = {}) => {
    const pairs = Object.entries(fields).map(([name, value]) => ` ${name}=${typeof value === 'string' ? quoted(masked(value)) : String(value)}`);
    write(`${new Date(now()).toISOString()} ${event}${pairs.join('')}\n`);
  };
}

/** Enough of an identifier to follow it through a log. */
export function short(id: string): string {
  return id.slice(0, 8);
}

/** Texts of the system's errors may quote what came over the wire: without addresses, and without anything as long as a token or an id. */
export function masked(text: string): string {
  return text
    .replace(/[\w-]{16,}/g, (run) => (/[\d_]|[A-Z]/.test(run) ? '…' : run))
    .replace(/\b\d{1,3}(\.\d{1,3}){3}\b/g, '…')
    .replace(/[\da-f]{0,4}(:[\da-f]{0,4}){2,7}/gi, (run) => (/[\da-f]/i.test(run) ? '…' : run));
}

function quoted(value: string): string {
  return /^[\w.:/-]+$/.test(value) ? value : JSON.stringify(value);
}
