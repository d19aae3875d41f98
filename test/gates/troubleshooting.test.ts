import { VERDICTS } from '../../src/doctor';
import { ERROR_CODES } from '../../src/protocol';
import { filesBelow, textOf } from './source-files';

const documented = new Set([...textOf('docs/troubleshooting.md').matchAll(/`([A-Z][A-Z_0-9]+)`/g)].map(([, code]) => code));

/** Codes of errors for people that the sources make. */
const made = filesBelow('src', ['.ts'])
  .filter((path) => !/\.test\.ts$|\/testing\//.test(path))
  .flatMap((path) => [...textOf(path).matchAll(/new (?:CliError|PeerError)\(\s*'([A-Z_0-9]+)'/g)].map(([, code]) => ({ path, code })));

describe('docs/troubleshooting.md', () => {
  test('has every code that a relay can answer', () => {
    expect(ERROR_CODES.filter((code) => !documented.has(code))).toEqual([]);
  });

  test('has every verdict of a check', () => {
    expect(VERDICTS.filter((code) => !documented.has(code))).toEqual([]);
  });

  test('has every code that the sources tell people', () => {
    expect(made.length).toBeGreaterThan(20);
    expect(made.filter(({ code }) => !documented.has(code))).toEqual([]);
  });
});
