import { addDays } from 'date-fns/addDays';
import { setISOWeek } from 'date-fns/setISOWeek';
import { setWeek } from 'date-fns/setWeek';
import type { DayLocale } from './day-locale';
import { dayLocale } from './day-locale';
import type { Field, Token } from './day-token';
import { fieldOf, folded, tokenOf } from './day-token';

/** A daily-note format that can't name days: it holds the time of day or another token that is unknown here. */
export class DayFormatError extends Error {
  override readonly name = 'DayFormatError';
  constructor(readonly token: string) {
    super(`The date format uses "${token}", which is no part of a day. Put words in [brackets].`);
  }
}

/** Days <-> names of one format in one locale. */
export interface DayNames {
  /** @throws RangeError if `day` is no ISO date */
  format(day: string): string;
  /** The day that a name stands for, or null if it's not exactly a name of this format, or the format leaves the day open. */
  parse(name: string): string | null;
}

/**
 * Reads one of moment's formats (`YYYY/MM/YYYY-MM-DD`, `Do [of] MMMM YYYY`, `GGGG-[W]WW-E`, …). A name is a note's path in the daily-note
 * folder, without extension; '/' in the format makes folders. Names are written in digits 0 to 9 whatever the locale.
 * @throws DayFormatError
 */
export function dayNames(format: string, locale: string): DayNames {
  const names = dayLocale(locale);
  const parts = partsOf(format, names);
  const tokens = parts.filter((part): part is Token => typeof part !== 'string');
  const pattern = new RegExp(`^${parts.map((part) => (typeof part === 'string' ? escaped(folded(part)) : `(${part.pattern})`)).join('')}$`, 'u');
  return {
    format(day) {
      const date = dateOf(day);
      return parts.map((part) => (typeof part === 'string' ? part : part.write(fieldOf(date, part.field, names)))).join('');
    },
    parse(name) {
      const match = pattern.exec(folded(name));
      if (!match) return null;
      const values = tokens.map((token, index) => token.read(match[index + 1] ?? ''));
      if (values.some((read) => read.length === 0)) return null;
      const days = new Set<string>();
      for (const date of candidates(tokens, values, names)) {
        if (tokens.every((token, index) => values[index]?.includes(fieldOf(date, token.field, names)))) days.add(dayOf(date));
      }
      const [day] = days;
      return days.size === 1 && day !== undefined ? day : null;
    },
  };
}

/** The name of a day. @throws DayFormatError, RangeError */
export function formatDay(format: string, day: string, locale: string): string {
  return dayNames(format, locale).format(day);
}

/** The day of a name; null if it is none of this format, and for a format that can't name days. Use `dayNames` for many. */
export function parseDay(format: string, name: string, locale: string): string | null {
  try {
    return dayNames(format, locale).parse(name);
  } catch (error) {
    if (error instanceof DayFormatError) return null;
    throw error;
  }
}

// Brackets and backslashes quote; the rest is moment's own tokens, longest first, or a character that stands for itself.
const PARTS =
  /(\[[^[]*\])|\\(?:Mo|M{1,4}|DDDo|Do|D{1,4}|do|d{1,4}|[wW][oO]?|.)|Mo|M{1,4}|DDDo|Do|D{1,4}|do|d{1,4}|w[ow]?|W[oW]?|Qo?|Y{1,6}|g{4,5}|gg|G{4,5}|GG|[eE]|[Hh]mm(?:ss)?|L{1,4}T?S?|.|\n/gu;

/** A single letter that means something to moment, though nothing to the name of a day. */
const MEANINGFUL = /^(?:[YyNaAhHkmsSxXzZlLgG]|[Hh]mm(?:ss)?|L+T?S?|Y+|g+|G+)$/;

function partsOf(format: string, locale: DayLocale): (string | Token)[] {
  const parts: (string | Token)[] = [];
  // moment puts a month's name in the form that follows a day where a day and only blanks or literals stand before it.
  const monthOfDay = /D[oD]?(?:\[[^[\]]*\]|\s)+MMMM?/.test(format);
  for (const [part, quoted] of format.matchAll(PARTS)) {
    if (quoted !== undefined) parts.push(quoted.slice(1, -1));
    else if (part.startsWith('\\')) parts.push(part.slice(1));
    else {
      const token = tokenOf(part, locale, monthOfDay);
      if (token) parts.push(token);
      else if (MEANINGFUL.test(part)) throw new DayFormatError(part);
      else parts.push(part);
    }
  }
  return parts;
}

/** Days that may have the values read; the caller checks each against all of them. */
function* candidates(tokens: readonly Token[], values: readonly (readonly number[])[], locale: DayLocale): Generator<Date> {
  const known = (field: Field) => values[tokens.findIndex((token) => token.field === field)];
  const weekYears = [...(known('isoWeekYear') ?? []), ...(known('weekYear') ?? [])];
  const years = known('year') ?? weekYears.flatMap((year) => [year - 1, year, year + 1]);
  const hasWeekday = known('weekday') ?? known('isoWeekday') ?? known('localeWeekday');
  for (const year of years) {
    for (const dayOfYear of known('dayOfYear') ?? []) yield addDays(dateFrom(year, 1, 1), dayOfYear - 1);
    for (const month of known('month') ?? []) {
      for (const day of known('day') ?? []) yield dateFrom(year, month, day);
    }
    if (!hasWeekday) continue;
    // A year of the calendar holds days of the week-years beside it.
    for (const weekYear of weekYears.length > 0 ? weekYears : [year - 1, year, year + 1]) {
      for (const week of known('isoWeek') ?? []) yield* daysAround(setISOWeek(dateFrom(weekYear, 1, 4), week));
      for (const week of known('week') ?? []) yield* daysAround(setWeek(dateFrom(weekYear, 1, 4), week, locale));
    }
  }
}

function* daysAround(date: Date): Generator<Date> {
  for (let days = -6; days <= 6; days++) yield addDays(date, days);
}

/** Noon, so that no change of clocks moves it to another day. */
function dateFrom(year: number, month: number, day: number): Date {
  const date = new Date(2000, month - 1, day, 12);
  date.setFullYear(year, month - 1, day);
  return date;
}

function dateOf(day: string): Date {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  const date = match ? dateFrom(Number(match[1]), Number(match[2]), Number(match[3])) : null;
  if (!date || dayOf(date) !== day) throw new RangeError(`Not an ISO date: ${day}`);
  return date;
}

function dayOf(date: Date): string {
  const two = (number: number) => String(number).padStart(2, '0');
  return `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
