import fc from 'fast-check';
import { DayFormatError, dayNames, formatDay, parseDay } from '.';

const day = fc
  .date({ min: new Date('1971-01-01T00:00:00Z'), max: new Date('2067-12-31T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

describe('a day is named', () => {
  test.each([
    ['YYYY-MM-DD', '2026-11-22', '2026-11-22'],
    ['YYYY/MM/YYYY-MM-DD', '2026-01-02', '2026/01/2026-01-02'],
    ['Do [of] MMMM YYYY', '2026-11-22', '22nd of November 2026'],
    ['Do [of] MMMM, YYYY', '2026-11-01', '1st of November, 2026'],
    ['dddd Do MMM YY', '2026-11-13', 'Friday 13th Nov 26'],
    ['D.M.YYYY', '2026-02-03', '3.2.2026'],
    ['YYYY[_]MM[_]DD', '2024-05-02', '2024_05_02'],
    ['YYYY_MM_DD', '2024-05-02', '2024_05_02'],
    ['[Daily]/YYYY/MM-MMMM/YYYY-MM-DD-dddd', '2024-05-02', 'Daily/2024/05-May/2024-05-02-Thursday'],
    ['GGGG-[W]WW-E', '2027-01-01', '2026-W53-5'],
    ['gggg-[w]ww-e', '2027-01-01', '2027-w01-5'],
    ['YYYY-DDDD', '2024-12-31', '2024-366'],
    ['YYYY DDD', '2024-01-05', '2024 5'],
    ['YYYY [Q]Q/Qo M Mo w wo W Wo DDDo d do dd ddd D', '2026-11-22', '2026 Q4/4th 11 11th 48 48th 47 47th 326th 0 0th Su Sun 22'],
    ['GG gg YY', '2026-11-22', '26 26 26'],
    ['\\YYYYY', '2026-11-22', 'Y2026'],
    ['[]YYYY[]', '2026-11-22', '2026'],
  ])('%s', (format, iso, name) => {
    expect(formatDay(format, iso, 'en')).toBe(name);
  });

  test.each([
    ['de', 'D. MMMM YYYY, dddd', '22. November 2026, Sonntag'],
    ['de', 'Do MMMM YYYY dd', '22. November 2026 So'],
    ['fr', 'dddd Do MMMM YYYY', 'dimanche 22 novembre 2026'],
    ['es', 'Do MMMM YYYY', '22º noviembre 2026'],
    ['ru', 'D MMMM YYYY', '22 ноября 2026'],
    ['ru', 'YYYY MMMM', '2026 ноябрь'],
    ['ja', 'YYYY[年]M[月]D[日] dddd', '2026年11月22日 日曜日'],
    ['de', 'gggg-ww-e', '2026-47-6'],
    ['en-GB', 'MMM gggg-ww-e', 'Nov 2026-47-6'],
    ['not a locale!', 'MMMM', 'November'],
  ])('in %s by %s', (locale, format, name) => expect(formatDay(format, '2026-11-22', locale)).toBe(name));

  test('English months are moment’s wherever English is spoken', () => {
    expect(formatDay('MMM', '2026-09-01', 'en-GB')).toBe('Sep');
    expect(formatDay('MMM', '2026-09-01', 'en-AU')).toBe('Sep');
  });
});

describe('a name is read', () => {
  const formats = [
    'YYYY-MM-DD',
    'YYYY/MM/YYYY-MM-DD',
    'YYYYMMDD',
    'Do [of] MMMM YYYY',
    'dddd, MMMM Do YYYY',
    'ddd D MMM YY',
    'dd D MMM YYYY',
    'M-D-YYYY',
    'YYYY-DDDD',
    'YYYY/DDD',
    'YYYY [day] DDDo',
    'GGGG-[W]WW-E',
    'GGGG/Wo/dddd',
    'gggg-[w]ww-e',
    'GG W ddd',
    'gg w d',
    'YYYY-[Q]Q/MM/DD',
    'Qo Mo Do YYYY',
    '[a.b(c)*] YYYY\\.MM\\.DD',
  ];
  test.each(formats)('as the day that it was made from: %s', (format) => {
    fc.assert(
      fc.property(day, fc.constantFrom('en', 'en-GB', 'de', 'fr', 'ru', 'ja', 'cs', 'ar', 'pl', 'tr'), (iso, locale) => {
        const names = dayNames(format, locale);
        const name = names.format(iso);
        expect(names.parse(name)).toBe(iso);
        expect(names.parse(name.normalize('NFD'))).toBe(iso);
        expect(names.parse(`${name}x`)).toBeNull();
        expect(names.parse(`x/${name}`)).toBeNull();
      }),
      { numRuns: 40 },
    );
  });

  test.each([
    ['YYYY-MM-DD', '2026-11-22', '2026-11-22'],
    ['YYYY-MM-DD', '2026-02-29', null],
    ['YYYY-MM-DD', '2024-02-29', '2024-02-29'],
    ['YYYY-MM-DD', '2026-13-01', null],
    ['YYYY-MM-DD', '2026-1-01', null],
    ['YYYY-MM-DD', '2026-11-22 2', null],
    ['YYYY-MM-DD', 'a/2026-11-22', null],
    ['YYYY/MM/YYYY-MM-DD', '2026/10/2026-11-22', null],
    ['Do [of] MMMM YYYY', '22ND OF november 2026', '2026-11-22'],
    ['Do [of] MMMM YYYY', '22th of November 2026', null],
    ['dddd D MMMM YYYY', 'Monday 22 November 2026', null],
    ['D-M-YYYY', '02-03-2026', null],
    ['YY-MM-DD', '69-01-01', '1969-01-01'],
    ['GGGG-[W]WW-E', '2026-W54-1', null],
    ['GGGG-[W]WW-E', '2025-W53-1', null],
    ['YYYY-[W]WW-E', '2026-W47-7', '2026-11-22'],
    // 1 January and 30 December 2068: a year of the calendar beside the week of a week-year.
    ['YYYY-[W]WW-E', '2068-W52-7', null],
    ['GGGG MM DD', '2026 11 22', '2026-11-22'],
    ['GGGG MM DD', '1970 01 01', null],
    ['YYYY-MM', '2026-11', null],
    ['GGGG-[W]WW', '2026-W47', null],
    ['MM-DD', '11-22', null],
    ['dddd', 'Monday', null],
    ['[Note]', 'Note', null],
    ['', '', null],
    ['YYYY-MM-DD HH', '2026-11-22 10', null],
  ])('by %s: %s', (format, name, iso) => expect(parseDay(format, name, 'en')).toBe(iso));

  test('with or without the dots of abbreviations', () => {
    expect(parseDay('D MMM YYYY', '3 janv. 2026', 'fr')).toBe('2026-01-03');
    expect(parseDay('D MMM YYYY', '3 janv 2026', 'fr')).toBe('2026-01-03');
    expect(parseDay('ddd D.M.YYYY', 'So. 22.11.2026', 'de')).toBe('2026-11-22');
  });
});

test('what is no part of a day is refused', () => {
  for (const format of ['YYYY-MM-DD HH', 'HHmm', 'x', 'YYYYY', 'LL', 'a']) expect(() => dayNames(format, 'en')).toThrow(DayFormatError);
  expect(() => formatDay('YYYY', '2026-02-30', 'en')).toThrow(RangeError);
  expect(() => formatDay('YYYY', 'today', 'en')).toThrow(RangeError);
});
