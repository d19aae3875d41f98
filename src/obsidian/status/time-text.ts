/** Moments as people say them. Times in ms since the epoch; `locale` as in `Intl`. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "2 s ago", "5 min ago", "at 08:12", "on 3 May, 08:12". */
export function momentText(at: number, now: number, locale?: string): string {
  const age = Math.max(0, now - at);
  if (age < 2_000) return 'just now';
  if (age < MINUTE) return `${Math.floor(age / 1000)} s ago`;
  if (age < HOUR) return `${Math.floor(age / MINUTE)} min ago`;
  const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }).format(at);
  if (sameDay(at, now)) return `at ${clock}`;
  return `on ${new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', ...(now - at > 300 * DAY && { year: 'numeric' }) }).format(at)}, ${clock}`;
}

/** "2026-11-22 08.12.05", in local time: for names of files. */
export function fileTime(at: number): string {
  const local = new Date(at - new Date(at).getTimezoneOffset() * MINUTE);
  return local.toISOString().slice(0, 19).replace('T', ' ').replaceAll(':', '.');
}

/** "3 minutes", "2 days": how long something has lasted. */
export function durationText(ms: number): string {
  if (ms < MINUTE) return 'less than a minute';
  if (ms < HOUR) return count(Math.floor(ms / MINUTE), 'minute');
  if (ms < DAY) return count(Math.floor(ms / HOUR), 'hour');
  return count(Math.floor(ms / DAY), 'day');
}

export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

function sameDay(a: number, b: number): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString();
}
