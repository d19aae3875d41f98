import { filesBelow, textOf } from './source-files';

/** Numbered rules: `[P12]` at the start of a line, a list item or a table cell of a PROTOCOL.md or SPEC.md. */
function rulesOf(text: string): string[] {
  return [...text.matchAll(/^\s*(?:[-*|]\s*|#+\s*)?(?:\*\*|`)?\[([A-Z]+\d+[a-z]?)\]/gm)].map((match) => match[1] ?? '');
}
/** Rules cited in the names of tests; one bracket may hold several: `[P12, P13]`. */
function citedIn(text: string): string[] {
  return [...text.matchAll(/\[([A-Z]+\d+[a-z]?(?:[,;] ?[A-Z]+\d+[a-z]?)*)\]/g)].flatMap((match) => (match[1] ?? '').split(/[,;] ?/));
}

const documents = filesBelow('src', ['PROTOCOL.md', 'SPEC.md']);
const rules = documents.flatMap((path) => rulesOf(textOf(path)));
const cited = new Set([...filesBelow('src', ['.test.ts']), ...filesBelow('test', ['.test.ts'])].flatMap((path) => citedIn(testNames(textOf(path)))));

function testNames(text: string): string {
  return [...text.matchAll(/\b(?:test|it|describe)(?:\.\w+)*(?:\([^'"`]*?\))?\(\s*(?:\w+\([^)]*\)\s*,\s*)?(['"`])((?:\\.|(?!\1)[\s\S])*)\1/g)].map((match) => match[2]).join('\n');
}

describe('numbered rules', () => {
  test('there are some, each number once', () => {
    expect(rules.length).toBeGreaterThan(0);
    expect(rules.filter((rule, i) => rules.indexOf(rule) !== i)).toEqual([]);
  });

  test('each is cited in the name of a test', () => {
    expect(rules.filter((rule) => !cited.has(rule))).toEqual([]);
  });

  test('the reader of rules and names works', () => {
    expect(rulesOf('- [P1] a\n[P2] b, see [P1]\n| [P3] | c |\n**[S4]** d')).toEqual(['P1', 'P2', 'P3', 'S4']);
    expect(citedIn(testNames("test('[P1] a', f); it.each(rows)('b [P2, P3]', f); x('[P4]')"))).toEqual(['P1', 'P2', 'P3']);
  });
});
