/**
 * What people typed and took away, kept beside the system: which marks must stand, may stand, or must be gone, and what stands
 * outside of live blocks. It knows texts only, nothing of documents.
 */
import type { SimDevice } from './device';
import { compareOutside, MARK, marksIn, outsideOf, regionsOf } from './regions';

interface Mark {
  readonly by: string;
  /** In which period between two quiet ones it was typed, and when. */
  readonly period: number;
  readonly at: number;
  /** Live blocks it has stood in; with none it is plain text, and its device's own affair. */
  readonly blocks: Set<string>;
  /** How often it may stand: copies of blocks are meant. */
  most: number;
  /** Who took it away and did not bring it back. */
  readonly removers: Set<string>;
  /** It may be gone for good: a crash took it, or its block ended. */
  may: boolean;
  /** It was nowhere in a quiet period: it stays away unless somebody brings it. */
  gone: boolean;
  /** Another program wrote it into a file, and no peer has read it there. */
  unread: boolean;
}

/** What was typed this long before a crash of power may be lost, ms: strict writes come once a second, and a disk takes its time. */
const AT_RISK = 3_500;
/** The same for a program that was killed: a write may be under way. */
const UNWRITTEN = 100;

export class Ledger {
  readonly marks = new Map<string, Mark>();
  readonly complaints: string[] = [];
  period = 0;
  /** Blocks in which somebody removed lines in this period, and those who edited them. */
  private readonly removedIn = new Map<string, Set<string>>();
  private readonly editors = new Map<string, Set<string>>();
  /** Who parted a bullet before a mark in this period: what follows becomes another bullet, on each of them by itself. */
  private readonly parted = new Map<string, Set<string>>();
  /** Blocks out of which, or back into which, plain text went in this period or the last: what was released follows rules of its own. */
  private loose = new Set<string>();
  private loosened = new Set<string>();
  private readonly outside = new Map<string, readonly string[]>();

  constructor(private readonly now: () => number) {}

  /** @param inFile by another program */
  typed(mark: string, by: string, inFile = false): void {
    this.marks.set(mark, { by, period: this.period, at: this.now(), blocks: new Set(), most: 1, removers: new Set(), may: false, gone: false, unread: inFile });
  }

  /** A peer read a text: what stands in it is its affair from now on. */
  read(text: string): void {
    for (const letter of text.match(MARK) ?? []) {
      const known = this.marks.get(letter);
      if (known !== undefined) known.unread = false;
    }
  }

  /** A person, or a program in the person's name, changed a text. `joins`: lines that went became part of another. */
  changed(device: SimDevice, path: string, before: string, after: string, joins = false): void {
    if (before === after) return;
    const [was, is] = [marksIn(before), marksIn(after)];
    const count = countOf(was);
    const left = countOf(is);
    const touched = new Set<string>();
    const lines = [linesOf(before), linesOf(after)] as const;
    for (const [blockId, had] of lines[0]) if (!joins && (lines[1].get(blockId) ?? 0) < had) addTo(this.removedIn, blockId, device.name);
    for (const { mark, blockId } of [...was, ...is]) {
      touched.add(blockId);
      this.marks.get(mark)?.blocks.add(blockId);
    }
    for (const region of [...regionsOf(before), ...regionsOf(after)]) touched.add(region.blockId);
    for (const blockId of touched) addTo(this.editors, blockId, device.name);
    for (const { mark, blockId } of was) {
      const known = this.marks.get(mark);
      if (known === undefined || (left.get(mark) ?? 0) >= (count.get(mark) ?? 0)) continue;
      known.removers.add(device.name);
      if (after.includes(mark)) this.loosened.add(blockId);
      addTo(this.removedIn, blockId, device.name);
    }
    for (const { mark, blockId } of is) {
      if (before.includes(mark) && !count.has(mark)) this.loosened.add(blockId);
      const known = this.marks.get(mark);
      if (known === undefined || (count.get(mark) ?? 0) >= (left.get(mark) ?? 0)) continue;
      known.gone = false;
      known.removers.delete(device.name);
      known.most = Math.max(known.most, left.get(mark) ?? 0);
    }
    this.outside.set(keyOf(device, path), outsideOf(after));
  }

  /**
   * A bullet was parted: what stands from `mark` to its end is another bullet now. Where two devices part the same bullet apart from each
   * other, each has made a bullet of its own of it: that is a limit of what is promised.
   */
  split(device: SimDevice, after: string, mark: string): void {
    const rest = after.slice(after.indexOf(mark) + 1).split(/\n[ \t]*(?:[-*+]|\d+[.)])[ \t]/, 1)[0] ?? '';
    for (const { mark: moved } of marksIn(rest, [{ blockId: '', from: 0, to: rest.length }])) {
      const before = this.parted.get(moved)?.size ?? 0;
      addTo(this.parted, moved, device.name);
      const known = this.marks.get(moved);
      if (known !== undefined && before > 0) known.most += (this.parted.get(moved)?.size ?? 0) - before;
    }
  }

  /** A text of a device as it is taken to be from now on. */
  knows(device: SimDevice, path: string, text: string): void {
    this.outside.set(keyOf(device, path), outsideOf(text));
  }

  forgets(device: SimDevice, path: string): void {
    this.outside.delete(keyOf(device, path));
  }

  /** A block was copied: its marks stand twice from now on. */
  copied(text: string): void {
    for (const { mark } of marksIn(text)) {
      const known = this.marks.get(mark);
      if (known !== undefined) known.most += 1;
    }
  }

  /** Some text was pasted into a device's notes, one of which is this. */
  pasted(clipboard: string, note: string): void {
    for (const [letter, mark] of this.marks) if (clipboard.includes(letter) && note.includes(letter)) mark.most += 1;
  }

  /** [I5] What stands outside of live blocks is the user's alone; what was released from one may be added. */
  checkOutside(device: SimDevice, path: string, after: string, when: string): void {
    const key = keyOf(device, path);
    const before = this.outside.get(key);
    if (before !== undefined) {
      const { added, lost } = compareOutside(before, after);
      if (lost.length > 0) this.complain(`[I5] ${device.name} ${path} ${when}: changed outside of live blocks:\n${lost.join('\n')}\nin\n${after}`);
      else if (added.some((line) => /[\u3400-\u4dbf]/.test(line))) this.complain(`[I5] ${device.name} ${path} ${when}: somebody's private line arrived: ${added.join('|')}`);
    }
    this.outside.set(key, outsideOf(after));
  }

  /** A program was killed: what was typed in the last moments, and not written yet, may be lost. */
  killed(device: SimDevice): void {
    for (const mark of this.marks.values()) {
      if (mark.by === device.name && mark.at > this.now() - UNWRITTEN) mark.may = true;
      // It may have taken away, or brought back, what others still see.
      mark.gone = false;
    }
    for (const names of this.editors.values()) names.add('a crash');
  }

  /**
   * Power went on a device: its disk lost what it had done last, and its files are newer than what it knows of them. What was typed there
   * may be taken for another program's when it starts again, and its bullet stand twice: that is a limit of what is promised.
   * @param texts of its notes
   */
  lostPower(device: SimDevice, texts: readonly string[]): void {
    this.killed(device);
    const late = new Set([...this.marks].flatMap(([letter, mark]) => (mark.at > this.now() - AT_RISK ? [letter] : [])));
    const beside = new Set(texts.flatMap((text) => text.split('\n')).filter((line) => [...line].some((letter) => late.has(letter))).flatMap((line) => [...line]));
    for (const [letter, mark] of this.marks) {
      const isLate = late.has(letter);
      if (isLate || beside.has(letter) || (mark.by === device.name && mark.period === this.period)) mark.most += 1;
      if (!isLate) continue;
      if (mark.by === device.name) mark.may = true;
    }
  }

  /** All of a block's marks may go: it was deleted, or stopped. */
  ended(blockId: string): void {
    for (const mark of this.marks.values()) if (mark.blocks.has(blockId)) mark.may = true;
    addTo(this.removedIn, blockId, 'its end');
    addTo(this.editors, blockId, 'its end');
  }

  /** Blocks whose ids mean nothing to anybody: what was typed in them since is their device's own affair. */
  unheard(blockIds: ReadonlySet<string>): void {
    for (const mark of this.marks.values()) if (mark.blocks.size > 0 && [...mark.blocks].every((id) => blockIds.has(id))) mark.may = true;
  }

  /** Everything may go, e.g. by an older backup of the only place where it was. */
  allMayGo(which: (mark: { readonly by: string; readonly at: number }) => boolean): void {
    for (const mark of this.marks.values()) {
      if (which(mark)) mark.may = true;
      mark.gone = false;
    }
  }

  /** [I1] [I2] [I4] [I6] Judges what every device shows once all is quiet, and begins the next period. */
  judge(shown: ReadonlyMap<string, ReadonlyMap<string, string>>): void {
    for (const mark of this.marks.values()) {
      if (![...mark.blocks].some((blockId) => this.loose.has(blockId) || this.loosened.has(blockId))) continue;
      mark.may = true;
      mark.gone = false;
    }
    // A line was taken away while others edited that block: what they put under it went with it, and can be had back from the trash.
    const clashed = new Set([...this.removedIn].filter(([blockId]) => (this.editors.get(blockId)?.size ?? 0) > 1).map(([blockId]) => blockId));
    for (const mark of this.marks.values()) if ([...mark.blocks].some((blockId) => clashed.has(blockId))) mark.may = true;
    const counts = new Map([...shown].map(([name, blocks]) => [name, countOf([...blocks.values()].flatMap((text) => [...text].map((mark) => ({ mark }))))]));
    for (const [letter, mark] of this.marks) {
      const found = [...counts].map(([name, count]) => [name, count.get(letter) ?? 0] as const);
      for (const [name, count] of found) {
        if (count > mark.most) this.complain(`[I4] ${letter} by ${mark.by} stands ${count} times on ${name}`);
        // What one program writes into a file, and another engine overwrites before any peer has read it, is beyond every peer.
        if (count === 0 && mark.blocks.size > 0 && !mark.may && !mark.unread && mark.removers.size === 0) this.complain(`[I1] ${letter} by ${mark.by} is lost on ${name}`);
        if (count > 0 && mark.gone) this.complain(`[I4] ${letter} by ${mark.by} was gone and came back on ${name}`);
      }
      if (found.every(([, count]) => count === 0)) mark.gone = true;
    }
    this.loose = this.loosened;
    this.loosened = new Set();
    this.period += 1;
    this.removedIn.clear();
    this.parted.clear();
    this.editors.clear();
  }

  complain(what: string): void {
    if (this.complaints.length < 50) this.complaints.push(what);
  }
}

function keyOf(device: SimDevice, path: string): string {
  return `${device.name} ${path}`;
}

/** Lines of each block. */
function linesOf(text: string): Map<string, number> {
  return new Map(regionsOf(text).map(({ blockId, from, to }) => [blockId, text.slice(from, to).split('\n').length]));
}

function countOf(list: readonly { readonly mark: string }[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { mark } of list) counts.set(mark, (counts.get(mark) ?? 0) + 1);
  return counts;
}

function addTo(map: Map<string, Set<string>>, key: string, value: string): void {
  const set = map.get(key) ?? new Set();
  set.add(value);
  map.set(key, set);
}
