/**
 * What a file brought, and then its author too. A text that another sync engine carries may hold what somebody wrote and has not sent yet. It is
 * taken from the file as an import, under a client id of its own; when the author's own letters come it stands twice. The import
 * is told by that: the author's letters, written in ignorance of it, make the very text that the import made. Then the import goes.
 */
import type { Letter } from './letters';
import type { TextChange } from './types';

/** Edits that were found in a text outside. */
export interface Import {
  /** The client id that they were written under. */
  readonly client: number;
  /** The client id of the run that found them. */
  readonly run: number;
  /** What was known when they were found: client -> number of its items. */
  readonly known: ReadonlyMap<number, number>;
}

/** Letters of a text by the name of the first and their number. */
export type Span = readonly [client: number, clock: number, length: number];

/** What an import wrote into one text. */
export interface ImportedText extends Import {
  /** The whole text as it was found. */
  readonly found: string;
  /** It has gone as an echo of these letters; null = it stands, or some of it does. */
  readonly echoOf: readonly Span[] | null;
  /** What of it has gone by itself. */
  readonly parts?: readonly EchoedPart[];
}

/** Letters of an import, and those that they were an echo of. */
export interface EchoedPart {
  readonly own: readonly Span[];
  readonly echoOf: readonly Span[];
}

export interface Echo {
  /** The imports that it is. */
  readonly clients: readonly number[];
  readonly echoOf: readonly Span[];
  /** Its letters, where it is no more than a part of the only import. */
  readonly part: readonly Span[] | null;
  /** What takes them out of the text as it is now. */
  readonly changes: readonly TextChange[];
}

/** What makes words with others of its kind; of what is written without blanks each letter is a word. */
const WORD = /(?![\p{Ideographic}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}])[\p{L}\p{M}\p{N}\p{Cs}\u200d]/u;
/** Of a stretch, letters that are looked at. */
const MOST_LETTERS = 200;

/** Compares texts: ascending changes that make the second of the first. */
export type Diff = (before: string, after: string) => readonly TextChange[];

/**
 * The first import into a text that is nothing but an echo of one writer's letters, which came later. Blanks are not compared: which of two a word was typed
 * with can't be seen in a text.
 *
 * @param imports oldest first
 * @param own the client id of this run: what is written here is no original of anything found here
 */
export function findEcho(all: readonly Letter[], imports: readonly ImportedText[], own: number, diff: Diff): Echo | null {
  const letters = all.filter(isSolid);
  const importers = new Set(imports.map(({ client }) => client));
  const writers = new Set(letters.flatMap(({ client }) => (client === own || importers.has(client) ? [] : [client])));
  const gone = imports.filter(({ echoOf }) => echoOf !== null);
  for (const [at, one] of imports.entries()) {
    if (one.echoOf !== null) continue;
    const partly: (() => Echo | null)[] = [];
    const standing = imports.slice(0, at + 1).filter(({ echoOf }) => echoOf === null);
    // What stood there when it was found may have been an echo as well, whether that has gone or not.
    for (const group of [[one], ...(gone.length > 0 ? [[...gone, one]] : []), ...(standing.length > 1 ? [[...gone, ...standing]] : [])]) {
      const clients = new Set(group.map(({ client }) => client));
      const isKnown = ({ client, clock }: Letter): boolean => clients.has(client) || (!importers.has(client) && clock < (one.known.get(client) ?? 0));
      const brought = aligned(letters.filter((letter) => isKnown(letter) && (!letter.deleted || importers.has(letter.client))), clients, one.found.replace(/\s/g, ''), diff);
      if (!brought) continue;
      const fresh = group.filter(({ echoOf }) => echoOf === null).map(({ client }) => client);
      const parts = group.flatMap(({ parts: some }) => some ?? []);
      const known = namesIn([...group.flatMap(({ echoOf }) => echoOf ?? []), ...parts.flatMap(({ echoOf }) => echoOf)]);
      const out = namesIn(parts.flatMap((part) => part.own));
      const isFresh = (letter: Letter): boolean => fresh.includes(letter.client) && !out.has(nameOf(letter));
      const whole = { fresh: new Set(fresh), isFresh, isImported: ({ client }: Letter) => clients.has(client), known, run: one.run };
      const isNew = (letter: Letter): boolean => !isKnown(letter) && !known.has(nameOf(letter));
      // Of two imports of one text that under the greater client id goes, whatever device sees it.
      const authors = [...writers].filter((writer) => fresh.every((client) => writer <= client));
      const written = authors.map((writer) => letters.filter((letter) => letter.client === writer && isNew(letter)).sort((a, b) => a.clock - b.clock));
      const originals = (some: Group): readonly Letter[] | null => {
        for (const each of written) {
          const twins = twinsOf(letters, brought, some, each);
          if (twins) return twins;
        }
        return null;
      };
      // Several wrote it, or one in several runs: then it must be all that they wrote.
      const news = letters.filter((letter) => !letter.deleted && letter.client !== own && !importers.has(letter.client) && isNew(letter));
      const isAll = news.length === brought.filter(isFresh).length && news.every(({ client }) => fresh.every((each) => client < each));
      const twins = originals(whole) ?? (isAll ? twinsOf(letters, brought, whole, news) : null);
      if (twins) return { clients: fresh, echoOf: spansOf(twins), part: null, changes: withdrawal(all, isFresh) };
      if (fresh.length > 1) continue;
      partly.push(() => {
        for (const part of partsOf(stretchesOf(all, isFresh))) {
          const named = new Set(part);
          const isOne = (letter: Letter): boolean => named.has(letter);
          const same = originals({ ...whole, isFresh: isOne, isImported: (letter) => isOne(letter) || (clients.has(letter.client) && !isFresh(letter)) });
          if (same) return { clients: fresh, echoOf: spansOf(same), part: spansOf(part), changes: withdrawal(all, isOne) };
        }
        return null;
      });
    }
    // A file may bring words of several, or of this device, too: each stretch by itself, or what it begins or ends with.
    for (const find of partly) {
      const echo = find();
      if (echo) return echo;
    }
  }
  return null;
}

/** Whether what an import of another device wrote into a text is an echo of letters that it did not know; the changes that take it out, or null. */
export function findEchoOf(all: readonly Letter[], client: number): readonly TextChange[] | null {
  const letters = all.filter(isSolid);
  const imported = letters.filter((letter) => letter.client === client);
  const isOne = (letter: Letter): boolean => letter.client === client;
  const imports = { fresh: new Set([client]), isFresh: isOne, isImported: isOne, known: new Set<string>(), run: 0 };
  for (const writer of new Set(letters.map((letter) => letter.client))) {
    if (writer >= client) continue;
    const written = letters.filter((letter) => letter.client === writer && !letter.deleted).sort((a, b) => a.clock - b.clock);
    for (let start = 0; start + imported.length <= written.length; start++) {
      const stretch = written.slice(start, start + imported.length);
      const named = new Set(stretch);
      if (unitsOf(letters.filter((letter) => named.has(letter))) !== unitsOf(imported)) continue;
      const since = stretch[0]?.clock ?? 0;
      const brought = letters.filter((letter) => letter.client === client || (!letter.deleted && (letter.client !== writer || letter.clock < since)));
      if (twinsOf(letters, brought, imports, stretch)) return withdrawal(all, isOne);
    }
  }
  return null;
}

/** The letters among these that make a text, all of the imports' among them; null if they do not. */
function aligned(letters: readonly Letter[], imports: ReadonlySet<number>, text: string, diff: Diff): Letter[] | null {
  const at = letters.findIndex(({ client }) => imports.has(client));
  if (at < 0) return kept(letters, text, diff);
  let end = at;
  while (end < letters.length && imports.has(letters[end]?.client ?? 0)) end++;
  const run = letters.slice(at, end);
  const units = unitsOf(run);
  for (let from = text.indexOf(units); from >= 0; from = text.indexOf(units, from + 1)) {
    const left = kept(letters.slice(0, at), text.slice(0, from), diff);
    const right = left && aligned(letters.slice(end), imports, text.slice(from + units.length), diff);
    if (left && right) return [...left, ...run, ...right];
  }
  return null;
}

/** The letters that are left if a text is made of them by taking some away; null if it can't be. */
function kept(letters: readonly Letter[], text: string, diff: Diff): Letter[] | null {
  const changes = diff(unitsOf(letters), text);
  if (changes.some(({ insert }) => insert !== '')) return null;
  const left: Letter[] = [];
  let at = 0;
  for (const { from, to } of changes) {
    left.push(...letters.slice(at, from));
    at = to;
  }
  return [...left, ...letters.slice(at)];
}

interface Group {
  /** Imports of which something stands. */
  readonly fresh: ReadonlySet<number>;
  /** What of them is looked for. */
  readonly isFresh: (letter: Letter) => boolean;
  /** That, and what has gone before. */
  readonly isImported: (letter: Letter) => boolean;
  /** Names of the letters that these were echoes of. */
  readonly known: ReadonlySet<string>;
  readonly run: number;
}

/** As many of a writer's letters, in the order of writing, as imports brought, if these make the same text in their place; null if not. */
function twinsOf(letters: readonly Letter[], brought: readonly Letter[], { fresh, isFresh, isImported, known, run }: Group, written: readonly Letter[]): readonly Letter[] | null {
  const wanted = brought.filter(isFresh);
  const count = wanted.length;
  if (count === 0) return null;
  // A writer may have deleted some of it after it was found, or before.
  for (const all of [written.filter(({ deleted }) => !deleted), written]) {
    if (all.length < count) continue;
    const first = all.slice(0, count);
    if (unitsOf(first) !== unitsOf(wanted) && sortedUnits(first) !== sortedUnits(wanted)) continue;
    const names = new Set(first.map(nameOf));
    if (first.some(({ beside }) => beside.some((one) => one && fresh.has(one.client)))) continue;
    if (wanted.some((letter) => letter.beside.some((one) => one && names.has(nameOf(one))))) continue;
    const base = new Set(brought.filter((letter) => !isImported(letter)));
    // What this device wrote, or the file brought beside it, the author may not have known, and then it stands anywhere.
    for (const unknown of [[], [run], [run, ...fresh]]) {
      const isBase = (letter: Letter): boolean => base.has(letter) && !unknown.includes(letter.client);
      const isAlone = unknown.length > 1;
      const original = letters.filter((letter) => isBase(letter) || (!isAlone && known.has(nameOf(letter))) || names.has(nameOf(letter)));
      if (unitsOf(original) === unitsOf(brought.filter((letter) => (isAlone ? isFresh(letter) : isImported(letter)) || isBase(letter)))) return first;
    }
  }
  return null;
}

/** Letters of imports that nothing that stands there parts, blanks with them. */
function stretchesOf(all: readonly Letter[], isFresh: (letter: Letter) => boolean): Letter[][] {
  const stretches: Letter[][] = [[]];
  for (const letter of all) {
    if (letter.deleted) continue;
    if (isFresh(letter)) stretches.at(-1)?.push(letter);
    else if (stretches.at(-1)?.length !== 0) stretches.push([]);
  }
  return stretches.filter((stretch) => stretch.some(isSolid));
}

/** Stretches, longest first, and such beginnings and ends of them as are whole words. */
function partsOf(stretches: readonly Letter[][]): Letter[][] {
  const parts: Letter[][] = stretches.length > 1 ? [...stretches] : [];
  for (const stretch of stretches) {
    for (const [at, letter] of [...stretch.entries()].slice(1, MOST_LETTERS)) {
      const before = stretch[at - 1];
      if (!before || (WORD.test(before.unit) && WORD.test(letter.unit))) continue;
      // What stays has its blank on the side where the whole has it.
      if (isSolid(letter) === isSolid(stretch[0] ?? letter)) parts.push(stretch.slice(0, at));
      if (isSolid(before) === isSolid(stretch.at(-1) ?? before)) parts.push(stretch.slice(at));
    }
  }
  return parts.filter((part) => part.some(isSolid)).sort((a, b) => b.length - a.length);
}

function isSolid({ unit }: Letter): boolean {
  return unit.trim() !== '';
}

function nameOf({ client, clock }: { readonly client: number; readonly clock: number }): string {
  return `${client}.${clock}`;
}

function namesIn(spans: readonly Span[]): Set<string> {
  return new Set(spans.flatMap(namesOf));
}

function namesOf([client, clock, length]: Span): string[] {
  return Array.from({ length }, (_, i) => nameOf({ client, clock: clock + i }));
}

function spansOf(letters: readonly Letter[]): Span[] {
  const spans: Span[] = [];
  for (const { client, clock } of letters) {
    const last = spans.at(-1);
    if (last?.[0] === client && last[1] + last[2] === clock) spans[spans.length - 1] = [client, last[1], last[2] + 1];
    else spans.push([client, clock, 1]);
  }
  return spans;
}

/** The changes that take some letters out. */
export function withdrawal(letters: readonly Letter[], isOut: (letter: Letter) => boolean): TextChange[] {
  const changes: TextChange[] = [];
  let at = 0;
  for (const letter of letters) {
    if (letter.deleted) continue;
    const last = changes.at(-1);
    if (isOut(letter)) {
      if (last?.to === at) changes[changes.length - 1] = { ...last, to: at + 1 };
      else changes.push({ from: at, to: at + 1, insert: '' });
    }
    at += 1;
  }
  return changes;
}

function unitsOf(letters: readonly Letter[]): string {
  return letters.map(({ unit }) => unit).join('');
}

function sortedUnits(letters: readonly Letter[]): string {
  return letters.map(({ unit }) => unit).sort().join('');
}
