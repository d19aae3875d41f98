/** Two real folders with one live block each in the same note, a real relay, people who write in both files with any editor, and a file copier between the two. */
import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { SimRandom } from '../sim/random';
import { COPIER, FileCopier } from './file-copier';
import type { CopierOptions } from './file-copier';
import { FolderWorld, until } from './folder-world';
import type { TestFolder } from './folder-world';

const TODAY = '2026-11-22.md';
/** What stands around the block, with blanks that a careless writer would lose. */
const BEFORE = '# Day  \n\nSome words. \n\n* star\n   continued  \n';
const AFTER = '- behind\n\n```\n- no bullet \n```\nno line end   ';
const BLOCK = '- thoughts #live\n\t- alpha comes before all the other letters\n\t- beta is said to have been a house once\n';
const WORDS = ['buy', 'bread', 'call', 'mother', 'tomorrow', 'before', 'lunch', 'ask', 'garden', 'letter', 'train', 'about', 'because', 'window', 'paper', 'never', 'read', 'summer'];
/** Nobody opens a file, edits and saves it within so many ms after it came; it may be half written, too. */
const READ_FOR = 300;
/** What a file took away waits so long in a folder, in ms. */
const HOLD_FOR = 20_000;
const LETTERS = [...'bcdfghjklmnopqrstuvwxyz'];

export interface LifeOptions {
  readonly copier: CopierOptions;
  /** Edits of both together. */
  readonly edits: number;
  /** Longest pause between two edits, in ms. */
  readonly pause: number;
  /** For so many ms nothing may change at the end. */
  readonly quiet: number;
  /** Of a hundred edits so many delete a word or a bullet. */
  readonly deletions: number;
}

/** As files and people are. */
export const REAL_TIME: LifeOptions = { copier: COPIER, edits: 24, pause: 5_000, quiet: 10_000, deletions: 0 };

/** Late by up to three seconds in place of twenty, and over sooner. */
export const QUICK: LifeOptions = { copier: { ...COPIER, least: 200, most: 3_000 }, edits: 6, pause: 2_000, quiet: 1_500, deletions: 0 };

export class CopiedLife {
  private readonly random: SimRandom;
  /** Each has to stand once, or not at all where somebody deleted it. */
  private readonly marks: string[] = [];
  /** By whom, and whether with its bullet. */
  private readonly deleted = new Map<string, { readonly who: number; readonly bullet: string | null }>();
  /** Deleted, and then saved again by the same one, who had opened the file while an old copy showed it. */
  private readonly kept = new Set<string>();
  /** The marks that have stood in a bullet, by its other words: who deletes the bullet takes along what another writes into it meanwhile. */
  private readonly marksOf = new Map<string, Set<string>>();
  private readonly story: string[] = [];
  private sides: readonly TestFolder[] = [];

  constructor(
    seed: number,
    private readonly options: LifeOptions,
  ) {
    this.random = new SimRandom(seed);
  }

  /** @returns what is wrong at the end, with the story; empty if all is well */
  async run(): Promise<string> {
    const world = await FolderWorld.start();
    try {
      this.sides = await world.pair({ [TODAY]: '' }, { [TODAY]: '' });
      const copier = await this.begin();
      try {
        for (let edit = 0; edit < this.options.edits; edit += 1) {
          await pause(this.random.below(this.options.pause));
          await this.write(this.random.below(2));
        }
        copier.calm();
        await this.rest(copier);
        this.sides.forEach(({ clock }) => clock.skip(HOLD_FOR));
        await this.rest(copier);
      } finally {
        copier.stop();
      }
      const wrong = this.faults();
      return wrong.length === 0 ? '' : [...wrong, ...this.sides.map((side) => `--- ${side.log.join('\n')}\n${side.read(TODAY)}`), ...[...this.story, ...copier.log].sort()].join('\n');
    } finally {
      await world.end();
    }
  }

  private async begin(): Promise<FileCopier> {
    const [one, two] = this.sides as [TestFolder, TestFolder];
    one.write(TODAY, BEFORE + BLOCK + AFTER);
    await one.waitFor(TODAY, /\^bw-/);
    await until('it is the same', () => one.digest !== null && one.digest === two.digest);
    await two.waitFor(TODAY, /\^bw-/);
    // The block landed at the note's end there; the copier's first file has the rest.
    await two.saveByReplacing(TODAY, one.read(TODAY));
    await until('both are at rest', () => this.sides.every((side) => side.peer.report().unacknowledged === 0));
    const copier = new FileCopier([one.root, two.root], this.random, this.options.copier);
    copier.start();
    return copier;
  }

  /** Somebody opens the file as it is, adds words or a bullet, and saves it. */
  private async write(who: number): Promise<void> {
    const side = this.sides[who] as TestFolder;
    await until('the file is as somebody has read it', () => Date.now() - statSync(side.file(TODAY)).ctimeMs > READ_FOR);
    const text = side.read(TODAY);
    this.observe(text);
    for (const mark of this.marksIn(text)) if (this.deleted.get(mark)?.who === who) this.kept.add(mark);
    const lines = text.split('\n');
    if (this.options.deletions > 0 && this.random.below(100) < this.options.deletions) return this.remove(who, lines);
    const at = this.random.pick([...lines.keys()].filter((line) => lines[line]?.startsWith('\t- ')));
    const mark = this.mark();
    const line = lines[at] ?? '';
    const kind = this.random.below(3);
    if (kind === 0) lines[at] = `${line} ${mark}`;
    else if (kind === 1) lines[at] = line.replace('\t- ', `\t- ${mark} `);
    else lines.splice(at + 1, 0, `\t- ${this.words()} ${mark}`);
    this.story.push(`${Date.now()} ${who} writes ${mark}`);
    this.save(side, lines);
  }

  /** Somebody deletes a word that was written in this life, or a bullet of such words. */
  private remove(who: number, lines: string[]): void {
    const at = [...lines.keys()].filter((line) => this.marksIn(lines[line] ?? '').length > 0);
    if (at.length === 0) return;
    const line = this.random.pick(at);
    const text = lines[line] ?? '';
    const marks = this.marksIn(text);
    const isBullet = !/alpha|beta/.test(text) && this.random.below(2) === 0;
    const gone = isBullet ? marks : [this.random.pick(marks)];
    if (isBullet) lines.splice(line, 1);
    else lines[line] = text.replace(new RegExp(` ${gone[0]}|${gone[0]} `), '');
    for (const mark of gone) this.deleted.set(mark, { who, bullet: isBullet ? this.wordsOf(text) : null });
    this.story.push(`${Date.now()} ${who} deletes ${isBullet ? 'the bullet with ' : ''}${gone.join(' ')}`);
    this.save(this.sides[who] as TestFolder, lines);
  }

  private save(side: TestFolder, lines: readonly string[]): void {
    const changed = lines.join('\n');
    this.observe(changed);
    save(side.file(TODAY), changed, this.random.below(3));
  }

  private observe(text: string): void {
    for (const line of text.split('\n')) {
      const bullet = this.wordsOf(line);
      this.marksOf.set(bullet, new Set([...(this.marksOf.get(bullet) ?? []), ...this.marksIn(line)]));
    }
  }

  private wordsOf(line: string): string {
    return line.split(' ').filter((word) => !this.marks.includes(word)).join(' ');
  }

  private marksIn(line: string): string[] {
    return this.marks.filter((mark) => line.includes(mark));
  }

  /** Until nothing is on its way, and nothing has changed for a while. */
  private async rest(copier: FileCopier): Promise<void> {
    let [since, last] = [Date.now(), ''];
    const { most } = this.options.copier;
    await until(
      'all is at rest',
      () => {
        const now = this.sides.map((side) => side.read(TODAY)).join('\0');
        if (now !== last || !copier.isIdle || this.sides.some((side) => side.peer.report().unacknowledged > 0)) since = Date.now();
        last = now;
        return Date.now() - since > this.options.quiet;
      },
      (6 * most + 2 * this.options.quiet) / 1000 + 30,
    ).catch((error: unknown) => this.story.push(String(error)));
  }

  private faults(): string[] {
    const free = new Set([...this.deleted].flatMap(([mark, { bullet }]) => (bullet === null ? [mark] : [...(this.marksOf.get(bullet) ?? [])])));
    const wanted = [...this.marks.filter((mark) => !free.has(mark)), 'alpha', 'beta', 'thoughts', '^bw-'];
    const wrong = this.sides.flatMap((side, who) => {
      const text = side.read(TODAY);
      const counts = [
        ...wanted.filter((mark) => countOf(text, mark) !== 1).map((mark) => `${mark} stands ${countOf(text, mark)} times on ${who}`),
        ...[...free].filter((mark) => countOf(text, mark) > 1).map((mark) => `${mark}, deleted, stands ${countOf(text, mark)} times on ${who}`),
        ...[...this.deleted.keys()].filter((mark) => !this.kept.has(mark) && countOf(text, mark) === 1).map((mark) => `${mark}, deleted, stands on ${who}`),
      ];
      const isDamaged = !text.startsWith(BEFORE) || !text.endsWith(AFTER);
      return [...counts, ...(isDamaged ? [`what stands around the block has changed on ${who}`] : []), ...side.peer.report().pending.map(({ kind }) => `${who} asks: ${kind}`)];
    });
    const [one, two] = this.sides.map((side) => side.read(TODAY));
    return one === two ? wrong : [...wrong, 'the two folders differ'];
  }

  private words(): string {
    return Array.from({ length: 4 }, () => this.random.pick(WORDS)).join(' ');
  }

  /** A word that is like no other: bullets that are alike are taken for one. */
  private mark(): string {
    const mark = `${Array.from({ length: 5 }, () => this.random.pick(LETTERS)).join('')}${this.marks.length}`;
    this.marks.push(mark);
    return mark;
  }
}

/** In place, as Vim does with `backupcopy=no`, or by a temporary file; nothing comes between reading and saving. */
function save(file: string, text: string, how: number): void {
  if (how === 1) renameSync(file, `${file}~`);
  writeFileSync(how === 2 ? `${file}.new` : file, text);
  if (how === 1) rmSync(`${file}~`);
  if (how === 2) renameSync(`${file}.new`, file);
}

function countOf(text: string, part: string): number {
  return text.split(part).length - 1;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
