import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HTTP_STATUS } from './answers';
import { closeCodeOf, ERROR_MEANINGS, errorOfCloseCode } from './error-meanings';
import { ERROR_CODES } from './errors';

const document = readFileSync(join(__dirname, 'PROTOCOL.md'), 'utf8');

test('[P40] the table of errors is the one in the code', () => {
  const table = document.slice(document.indexOf('<!-- errors -->'), document.indexOf('<!-- /errors -->'));
  const rows = table.split('\n').filter((line) => /^\| `/.test(line));
  expect(rows).toEqual(
    ERROR_CODES.map((code, number) => {
      const { retry, sentence, hint } = ERROR_MEANINGS[code];
      return `| \`${code}\` | ${number} | ${HTTP_STATUS[code]} | ${retry} | ${sentence} ${hint} |`;
    }),
  );
});

test('[P40] every code has sentences for people', () => {
  for (const code of ERROR_CODES) {
    expect(ERROR_MEANINGS[code].sentence).toMatch(/^[A-Z].*\.$/);
    expect(ERROR_MEANINGS[code].hint).toMatch(/^[A-Z].*\.$/);
  }
});

test('[P41] every code has a close code of its own, and others have none', () => {
  for (const code of ERROR_CODES) expect(errorOfCloseCode(closeCodeOf(code))).toBe(code);
  expect(new Set(ERROR_CODES.map(closeCodeOf)).size).toBe(ERROR_CODES.length);
  for (const code of [1000, 1001, 1006, 3999, 4000 + ERROR_CODES.length]) expect(errorOfCloseCode(code)).toBeNull();
});

test('every rule before the relay’s own is cited by a test here or in crypto/', () => {
  const rules = [...document.slice(0, document.indexOf('## Relay\n')).matchAll(/^- \*\*(\[P\d+\])\*\*/gm)].map((match) => match[1] ?? '');
  const tests = [__dirname, join(__dirname, '../crypto')].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => readFileSync(join(folder, name), 'utf8')),
  );
  expect(rules.length).toBeGreaterThan(25);
  expect(rules.filter((rule) => !tests.some((text) => text.includes(rule)))).toEqual([]);
});

test('every rule has a number of its own, in ascending order', () => {
  const numbers = [...document.matchAll(/^- \*\*\[P(\d+)\]\*\*/gm)].map((match) => Number(match[1]));
  expect(numbers.length).toBeGreaterThan(40);
  expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
});
