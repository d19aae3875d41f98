import { getDayOfYear } from 'date-fns/getDayOfYear';
import { getISODay } from 'date-fns/getISODay';
import { getISOWeek } from 'date-fns/getISOWeek';
import { getISOWeekYear } from 'date-fns/getISOWeekYear';
import { getQuarter } from 'date-fns/getQuarter';
import { getWeek } from 'date-fns/getWeek';
import { getWeekYear } from 'date-fns/getWeekYear';
import type { DayLocale, NamesOf } from './day-locale';

/** What of a day a token stands for, as a number. */
export type Field =
  | 'year'
  | 'month'
  | 'day'
  | 'dayOfYear'
  | 'weekday'
  | 'isoWeekday'
  | 'localeWeekday'
  | 'week'
  | 'isoWeek'
  | 'weekYear'
  | 'isoWeekYear'
  | 'quarter';

export interface Token {
  readonly field: Field;
  /** Regular expression without groups that matches everything that `read` may take. */
  readonly pattern: string;
  write(value: number): string;
  /** The values that a text may stand for; none if it isn't written as this token. */
  read(text: string): readonly number[];
}

/** The number that a field has on a day (a local date). Months count from 1, `weekday` from Sunday = 0, `isoWeekday` from Monday = 1. */
export function fieldOf(date: Date, field: Field, locale: DayLocale): number {
  switch (field) {
    case 'year':
      return date.getFullYear();
    case 'month':
      return date.getMonth() + 1;
    case 'day':
      return date.getDate();
    case 'dayOfYear':
      return getDayOfYear(date);
    case 'weekday':
      return date.getDay();
    case 'isoWeekday':
      return getISODay(date);
    case 'localeWeekday':
      return (date.getDay() - locale.weekStartsOn + 7) % 7;
    case 'week':
      return getWeek(date, locale);
    case 'isoWeek':
      return getISOWeek(date);
    case 'weekYear':
      return getWeekYear(date, locale);
    case 'isoWeekYear':
      return getISOWeekYear(date);
    case 'quarter':
      return getQuarter(date);
  }
}

/** Two digits of a year stand for 1969 to 2068, as in moment. */
function century(short: number): number {
  return short > 68 ? 1900 + short : 2000 + short;
}

const NUMBERS: Readonly<Record<string, readonly [Field, number]>> = {
  YYYY: ['year', 4],
  gggg: ['weekYear', 4],
  GGGG: ['isoWeekYear', 4],
  M: ['month', 1],
  MM: ['month', 2],
  D: ['day', 1],
  DD: ['day', 2],
  DDD: ['dayOfYear', 1],
  DDDD: ['dayOfYear', 3],
  d: ['weekday', 1],
  E: ['isoWeekday', 1],
  e: ['localeWeekday', 1],
  w: ['week', 1],
  ww: ['week', 2],
  W: ['isoWeek', 1],
  WW: ['isoWeek', 2],
  Q: ['quarter', 1],
};
const SHORT_YEARS: Readonly<Record<string, Field>> = { YY: 'year', gg: 'weekYear', GG: 'isoWeekYear' };
const ORDINALS: Readonly<Record<string, Field>> = {
  Mo: 'month',
  Do: 'day',
  DDDo: 'dayOfYear',
  do: 'weekday',
  wo: 'week',
  Wo: 'isoWeek',
  Qo: 'quarter',
};

/** One of moment's tokens in a locale, null if it does not belong in the name of a day. `afterDay`: a day of the month stands right before it. */
export function tokenOf(token: string, locale: DayLocale, afterDay: boolean): Token | null {
  const number = NUMBERS[token];
  if (number) return numberToken(number[0], number[1]);
  const year = SHORT_YEARS[token];
  if (year) {
    const write = (value: number) => String(value % 100).padStart(2, '0');
    return { field: year, pattern: '\\d{2}', write, read: (text) => [century(Number(text))] };
  }
  const ordinal = ORDINALS[token];
  if (ordinal) {
    const write = (value: number) => locale.ordinal(value, token);
    const read = (text: string) => {
      const value = Number.parseInt(text, 10);
      return folded(write(value)) === folded(text) ? [value] : [];
    };
    return { field: ordinal, pattern: '\\d{1,3}(?:\\p{L}{1,2}|[.º])?', write, read };
  }
  switch (token) {
    case 'MMMM':
      return nameToken('month', afterDay ? locale.monthsOfDay : locale.months, 1);
    case 'MMM':
      return nameToken('month', locale.shortMonths, 1);
    case 'dddd':
      return nameToken('weekday', locale.weekdays, 0);
    case 'ddd':
      return nameToken('weekday', locale.shortWeekdays, 0);
    case 'dd':
      return nameToken('weekday', locale.shortestWeekdays, 0);
    default:
      return null;
  }
}

function numberToken(field: Field, width: number): Token {
  const write = (value: number) => String(value).padStart(width, '0');
  const widest = field === 'dayOfYear' ? 3 : width === 4 ? 4 : /[dD]ay$/.test(field) && field !== 'day' ? 1 : field === 'quarter' ? 1 : 2;
  return {
    field,
    pattern: width === widest ? `\\d{${width}}` : `\\d{${width},${widest}}`,
    write,
    read: (text) => (write(Number(text)) === text ? [Number(text)] : []),
  };
}

function nameToken(field: Field, names: NamesOf, first: number): Token {
  const values = new Map<string, number[]>();
  names.forEach((all, index) => {
    for (const name of new Set(all.map(folded))) values.set(name, [...(values.get(name) ?? []), index + first]);
  });
  const alternatives = [...values.keys()].sort((a, b) => b.length - a.length).map((name) => name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  return {
    field,
    pattern: `(?:${alternatives.join('|')})`,
    write: (value) => names[value - first]?.[0] ?? '',
    read: (text) => values.get(folded(text)) ?? [],
  };
}

/** For comparing names: case and the way that accents are composed don't count (macOS decomposes them in file names). */
export function folded(text: string): string {
  return text.normalize('NFC').toLowerCase();
}
