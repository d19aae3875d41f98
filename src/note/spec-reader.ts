/** Reads `.spec.md` files: cases of what two devices do and what both end with. The format is told in README.md. */

export interface Step {
  readonly who: 'A' | 'B' | 'both';
  /** One line of a fence: a verb and its quoted arguments. */
  readonly line: string;
}

export interface Case {
  readonly title: string;
  readonly given: string;
  readonly steps: readonly Step[];
  /** Text expected, tabs as indent; by device where they differ. */
  readonly ends: { readonly A: string | null; readonly B: string | null };
  /** Texts expected in the trash of the first block, sorted; null if nothing is said. */
  readonly trash: readonly string[] | null;
}

/** @throws Error with the case's title where the format isn't kept */
export function readSpecs(markdown: string): Case[] {
  return markdown
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const title = section.slice(0, section.indexOf('\n')).trim();
      const fences = [...section.matchAll(/^(`{3,})(\w[\w ]*)\n([\s\S]*?)^\1$/gm)].map(([, , label, body]) => ({ label: label ?? '', body: (body ?? '').replace(/\n$/, '') }));
      const one = (label: string): string | null => fences.find((fence) => fence.label === label)?.body ?? null;
      const given = one('given');
      const both = one('both');
      const ends = { A: one('A ends') ?? both, B: one('B ends') ?? both };
      if (given === null || (ends.A === null && ends.B === null)) throw new Error(`${title}: needs a "given" and a "both" fence`);
      const steps: Step[] = [];
      for (const { label, body } of fences) {
        if (label !== 'A' && label !== 'B' && label !== 'meet') continue;
        if (label === 'meet') steps.push({ who: 'both', line: 'meet' });
        else for (const line of body.split('\n')) if (line.trim() !== '') steps.push({ who: label, line: line.trim() });
      }
      const trash = one('trash');
      return { title, given, steps, ends, trash: trash === null ? null : trash.split('\n').filter((line) => line !== '').sort() };
    });
}

/** The quoted arguments of a line, with \n, \t and \u{…} read. */
export function argumentsOf(line: string): string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, body = '']) =>
    body.replace(/\\(n|t|"|\\|u\{([0-9a-f]+)\})/gi, (_, code: string, hex?: string) =>
      hex ? String.fromCodePoint(parseInt(hex, 16)) : code === 'n' ? '\n' : code === 't' ? '\t' : code,
    ),
  );
}
