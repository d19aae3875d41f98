/** What a locale gives to day names. Months count from 0, weekdays from Sunday = 0. */
export interface DayLocale {
  /** Every way a month may be written; the first is what is written. */
  readonly months: NamesOf;
  /** As `months`, in the form that follows a day of the month (Russian "января"). */
  readonly monthsOfDay: NamesOf;
  readonly shortMonths: NamesOf;
  readonly weekdays: NamesOf;
  readonly shortWeekdays: NamesOf;
  readonly shortestWeekdays: NamesOf;
  readonly weekStartsOn: Weekday;
  readonly firstWeekContainsDate: 1 | 4;
  ordinal(number: number, token: string): string;
}

export type NamesOf = readonly (readonly string[])[];
export type Weekday = 0 | 1 | 2 | 3 | 4 | 5 | 6;

/**
 * Names and weeks of a BCP 47 locale, from `Intl`. All kinds of English have the names of American English, as in moment ("Sep", not "Sept"). A locale
 * that `Intl` does not know gives English.
 */
export function dayLocale(tag: string): DayLocale {
  const locale = known(tag);
  const names = locale.language === 'en' ? 'en-US' : locale.toString();
  const months = Array.from({ length: 12 }, (_, month) => new Date(Date.UTC(2023, month, 15)));
  // 1 January 2023 was a Sunday.
  const weekdays = Array.from({ length: 7 }, (_, weekday) => new Date(Date.UTC(2023, 0, 1 + weekday)));
  const alone = namesOf(names, months, { month: 'long' }, 'month');
  const ofDay = namesOf(names, months, { month: 'long', day: 'numeric' }, 'month');
  const short = namesOf(names, months, { month: 'short' }, 'month');
  const shortOfDay = namesOf(names, months, { month: 'short', day: 'numeric' }, 'month');
  const shortWeekdays = namesOf(names, weekdays, { weekday: 'short' }, 'weekday');
  return {
    months: both(alone, ofDay),
    monthsOfDay: both(ofDay, alone),
    shortMonths: withoutDots(both(short, shortOfDay)),
    weekdays: both(namesOf(names, weekdays, { weekday: 'long' }, 'weekday')),
    shortWeekdays: withoutDots(both(shortWeekdays)),
    shortestWeekdays: shortWeekdays.map((name) => [[...name.replace(/\.$/, '')].slice(0, 2).join('')]),
    ...weekOf(locale),
    ordinal: ordinalsOf(locale.language),
  };
}

function known(tag: string): Intl.Locale {
  try {
    const locale = new Intl.Locale(tag.replace(/_/g, '-'));
    if (Intl.DateTimeFormat.supportedLocalesOf(locale.toString()).length > 0) return locale;
  } catch {
    // Not even the form of a locale: English.
  }
  return new Intl.Locale('en-US');
}

function namesOf(locale: string, days: readonly Date[], options: Intl.DateTimeFormatOptions, part: 'month' | 'weekday'): string[] {
  const format = new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC', calendar: 'gregory', numberingSystem: 'latn' });
  return days.map((day) => (format.formatToParts(day).find(({ type }) => type === part)?.value ?? format.format(day)).normalize('NFC'));
}

function both(first: readonly string[], second: readonly string[] = []): string[][] {
  return first.map((name, index) => [...new Set([name, second[index] ?? name])]);
}

/** Abbreviations may be read without their dot, or with one that Intl leaves out and moment has. */
function withoutDots(names: readonly (readonly string[])[]): string[][] {
  return names.map((all) => [...new Set([...all, ...all.map((name) => (name.endsWith('.') ? name.slice(0, -1) : `${name}.`))])]);
}

/** Not in TypeScript's library yet; a method in newer engines, a property in older ones, missing in some. */
interface WeekInfo {
  readonly firstDay: number;
  readonly minimalDays?: number;
}

function weekOf(locale: Intl.Locale): Pick<DayLocale, 'weekStartsOn' | 'firstWeekContainsDate'> {
  const source = locale as Intl.Locale & { getWeekInfo?: () => WeekInfo; weekInfo?: WeekInfo };
  const info = source.getWeekInfo?.() ?? source.weekInfo;
  const region = locale.maximize().region ?? '';
  const firstDay = info?.firstDay ?? (SUNDAY_REGIONS.has(region) ? 7 : 1);
  const minimalDays = info?.minimalDays ?? (firstDay === 1 && region !== 'TR' ? 4 : 1);
  return { weekStartsOn: (firstDay % 7) as Weekday, firstWeekContainsDate: minimalDays >= 4 ? 4 : 1 };
}

const SUNDAY_REGIONS = new Set(['US', 'CA', 'MX', 'BR', 'JP', 'KR', 'TW', 'HK', 'IN', 'IL', 'ZA', 'PH', 'TH', 'CO', 'PE', 'VE']);

const DOT = new Set(['de', 'da', 'nb', 'nn', 'no', 'fi', 'cs', 'sk', 'pl', 'hu', 'hr', 'sl', 'sr', 'bs', 'is', 'et', 'lv', 'fo']);
const CIRCLE = new Set(['es', 'it', 'pt', 'gl']);

/** English and the commonest regular ones as moment writes them; the bare number elsewhere. */
function ordinalsOf(language: string): DayLocale['ordinal'] {
  if (language === 'en') return englishOrdinal;
  if (DOT.has(language)) return (number) => `${number}.`;
  if (CIRCLE.has(language)) return (number) => `${number}º`;
  if (language === 'fr') return frenchOrdinal;
  return (number) => String(number);
}

function englishOrdinal(number: number): string {
  const teens = Math.floor((number % 100) / 10) === 1;
  return number + ((teens ? undefined : ['th', 'st', 'nd', 'rd'][number % 10]) ?? 'th');
}

function frenchOrdinal(number: number, token: string): string {
  if (number === 1) return /^w/i.test(token) ? '1re' : '1er';
  return token === 'Do' ? String(number) : `${number}e`;
}
