import type { SharedFile } from '../../document';
import { decide } from './decide';
import type { Here, LinkRow } from './decide';

const [A, B, C] = ['a', 'b', 'c'].map((digit) => digit.repeat(64)) as [string, string, string];
const entry = (hash: string, was: string[] = [], lost = false): SharedFile => ({ hash, size: 1, was, lost });
const row = (more: Partial<LinkRow> = {}): LinkRow => ({ mine: false, base: null, at: 1000, path: null, ...more });
const here = (hash: string, mtime = 2000): Here => ({ hash, size: 1, mtime });

describe('a link to a file', () => {
  it.each([
    ['written here, with its file [A4]', undefined, row({ mine: true }), here(A), 'publish'],
    ['written elsewhere, that leads to a file of this vault by chance or on purpose [A4]', undefined, row(), here(A), 'nothing'],
    ['that was shared once and came back', undefined, row({ base: A }), here(A), 'publish'],
    ['that leads nowhere', undefined, row({ mine: true }), null, 'nothing'],
    ['whose file is not here', entry(A), row(), null, 'fetch'],
    ['whose file was deleted here [A9]', entry(A), row({ base: A }), null, 'deleted'],
    ['whose file was deleted here, and replaced elsewhere', entry(B, [A]), row({ base: A }), null, 'deleted'],
    ['to the same file', entry(A), row(), here(A), 'agreed'],
    ['to a file that the relay has lost [A10]', entry(A, [], true), row(), here(A), 'publish'],
    ['to a file changed here [A8]', entry(A), row({ base: A }), here(B), 'publish'],
    ['to a file replaced elsewhere [A8]', entry(B, [A]), row({ base: A }), here(A), 'replace'],
    ['to one replaced elsewhere several times', entry(C, [A, B]), row({ base: A }), here(A), 'replace'],
    ['to a file that is named as replaced and was never agreed to here [A8]', entry(B, [A]), row(), here(A), 'clash'],
    ['to an earlier file that its user put back', entry(B, [A]), row({ base: B }), here(A, 2000), 'publish'],
    ['to an earlier file that another engine put back', entry(B, [A]), row({ base: B, at: 1500 }), here(A, 1000), 'replace'],
    ['to a file changed here and elsewhere at once [A7]', entry(B, [A]), row({ base: A }), here(C), 'clash'],
    ['to another file of the same name [A7]', entry(A), row(), here(B), 'clash'],
    ['to a file that two devices published at once [A7]', entry(A), row({ mine: true, base: B }), here(B), 'clash'],
  ] as const)('%s', (_what, table, known, found, step) => expect(decide(table, known, found)).toBe(step));
});
