/** Two people at their keyboards: seeded random typing on two devices, each hearing of the other at any moment. For tests. */
import { locateAll } from './locate';
import { Device } from './spec-device';
import { diffText, mapOffset } from './text-diff';
import * as keys from './typist';
import type { Page, Press } from './typist';

/** A small deterministic generator, [0, 1). */
export function random(seed: number): () => number {
  let state = (seed * 2654435761 + 1) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export type Key =
  | 'word' | 'enter' | 'soft break' | 'backspace' | 'join' | 'tab' | 'shift tab' | 'up' | 'down' | 'cut' | 'paste' | 'delete line'
  | 'blank line' | 'fence' | 'task' | 'undo' | 'redo' | 'go' | 'go above' | 'go below' | 'go end' | 'left' | 'right' | 'end' | 'plain' | 'hear';

const WEIGHTS: readonly (readonly [Key, number])[] = [
  ['word', 30], ['enter', 14], ['soft break', 3], ['backspace', 8], ['join', 2], ['tab', 5], ['shift tab', 4], ['up', 3], ['down', 3], ['cut', 2], ['paste', 2],
  ['delete line', 1], ['blank line', 2], ['fence', 1], ['task', 2], ['undo', 3], ['redo', 1], ['go', 12], ['go above', 1], ['go below', 2], ['go end', 1],
  ['left', 2], ['right', 2], ['end', 2], ['plain', 2], ['hear', 20],
];

export interface Stroke {
  readonly who: 0 | 1;
  readonly key: Key;
  /** [0, 1): which place, how many. */
  readonly x: number;
}

/** Strokes of a seed. `keys` leaves out others. */
export function strokes(seed: number, count: number, without: readonly Key[] = []): Stroke[] {
  const next = random(seed);
  const weights = WEIGHTS.filter(([key]) => !without.includes(key));
  const total = weights.reduce((sum, [, weight]) => sum + weight, 0);
  let who: 0 | 1 = 0;
  return Array.from({ length: count }, () => {
    if (next() < 0.3) who = who === 0 ? 1 : 0;
    let at = next() * total;
    const key = weights.find(([, weight]) => (at -= weight) < 0)?.[0] ?? 'word';
    return { who, key, x: next() };
  });
}

class Person {
  cursor = 0;
  words = 0;
  clip = '';
  readonly inbox: { blockId: string; update: Uint8Array }[] = [];

  constructor(
    readonly device: Device,
    readonly unit: string,
  ) {}

  get page(): Page {
    return { text: this.device.text, cursor: this.cursor, unit: this.unit };
  }

  press(press: Press | null): void {
    if (!press) return;
    this.following(() => this.device.edit(press.changes, press.origin), press.cursor);
    this.cursor = mapOffset(this.cursor, this.device.facts.at(-1)?.repairs ?? []);
    this.guard();
    check(this.device, 'pressed');
  }

  /** Lets the cursor go along with what `act` makes of the text. `cursor` is of the text after the user's own changes. */
  following(act: () => void, cursor?: number): void {
    const before = this.device.text;
    act();
    const { text } = this.device;
    this.cursor = cursor ?? (before === text ? this.cursor : mapOffset(this.cursor, diffText(before, text)));
    this.cursor = Math.min(this.cursor, text.length);
  }

  hear(): boolean {
    const message = this.inbox.shift();
    if (!message) return false;
    const before = outside(this.device);
    this.following(() => this.device.receive(message));
    check(this.device, 'heard');
    const after = outside(this.device);
    if (before !== after) throw new Error(`${this.device.name}: outside was\n${before}\nand is\n${after}`);
    return true;
  }

  stay(): void {
    const { blocks } = this.device.note;
    const isBlank = keys.lineAt(this.device.text, this.cursor).text.trim() === '';
    if (!isBlank && blocks.some((block) => this.cursor >= block.from + 2 && this.cursor <= block.to)) return;
    this.cursor = blocks[0]?.to ?? 0;
  }

  /** A place where the editor lets one type: never in or behind the id. */
  guard(): void {
    for (const block of this.device.note.blocks) {
      const [from, to] = [block.from + block.cut.from, block.from + block.cut.to];
      if (this.cursor > from && this.cursor <= to) this.cursor = from;
    }
  }
}

/** The text without its live blocks, what was released from them, and blank lines right behind them. */
export function outside({ note, text }: Device): string {
  const released = (note.released ?? []).flatMap((one) => {
    if (one.touched) return [];
    const to = one.bullets.reduce((end, { source }) => end + source.length + 1, one.from - 1);
    return [{ from: Math.max(0, one.from - 1), to, mark: '' }];
  });
  const cuts = [...note.blocks.map(({ from, to }) => ({ from, to, mark: '\u0000' })), ...released].sort((a, b) => a.from - b.from);
  let at = 0;
  let rest = '';
  for (const { from, to, mark } of cuts) {
    rest += text.slice(at, from) + mark;
    at = Math.max(at, to);
  }
  return (rest + text.slice(at)).replace(/\u0000\n+/g, '\u0000\n');
}

/** A word that nobody can part: one letter of its own. */
function wordOf(who: 0 | 1, index: number): string {
  return String.fromCharCode((who === 0 ? 0x4e00 : 0x3400) + index);
}

/** What reading the whole note afresh makes of its bound blocks. */
function afresh(device: Device): string {
  return locateAll(device.note, null, device.text).located.map(({ block, drafts }) => block.blockId + drafts.map(describe).join('')).join('');
}

function bound(device: Device): string {
  return device.note.blocks.map((block) => block.blockId + block.bullets.map(describe).join('')).join('');
}

function describe({ depth, text, attributes, source }: { depth: number; text: string; attributes: { marker: string; task: string | null; gap: number }; source: string }): string {
  return `\n${'  '.repeat(depth)}${JSON.stringify([text, attributes.marker, attributes.task, attributes.gap, source])}`;
}

/** @throws Error if the text, read afresh, is not what is bound, or what is bound is not what the document says */
export function check(device: Device, when: string): void {
  device.check();
  if (device.everDamaged) return;
  if ((device.facts.at(-1)?.damaged.length ?? 0) > 0) {
    device.everDamaged = true;
    return;
  }
  const [told, read] = [bound(device), afresh(device)];
  if (told !== read) throw new Error(`${device.name} ${when}: bound is\n${told}\nread afresh it is\n${read}\nin\n${device.text}`);
}

export class Storm {
  readonly people: readonly [Person, Person];

  /** @param stay nobody types outside a live block */
  constructor(
    texts: readonly [string, string],
    units: readonly [string, string],
    private readonly stay = false,
  ) {
    const [a, b] = [new Device('a', 1, texts[0], units[0]), new Device('b', 2, texts[1], units[1])];
    this.people = [new Person(a, units[0]), new Person(b, units[1])];
    a.makeLive();
    b.makeLive();
    this.settle();
  }

  /** Returns false if it stopped at something that is not for notes alone to decide. */
  play(list: readonly Stroke[]): boolean {
    for (const stroke of list) {
      this.stroke(stroke);
      this.post();
      if (this.isOver()) return false;
    }
    this.settle();
    return true;
  }

  /** Whether something happened that the peer decides and no note alone: a block that went, or went into another. */
  private isOver(): boolean {
    return this.people.some(({ device }) => device.facts.some((facts) => facts.absorbed.length + facts.vanished.length + facts.stripped.length > 0));
  }

  /** Everything is delivered. */
  settle(): void {
    for (const { device } of this.people) device.leaveLine();
    for (let round = 0; round < 200; round++) {
      this.post();
      const [a, b] = this.people;
      if (!a.hear() && !b.hear()) return;
      while (b.hear() || a.hear()) this.post();
    }
    throw new Error('the devices never came to rest');
  }

  private post(): void {
    const [a, b] = this.people;
    b.inbox.push(...a.device.send());
    a.inbox.push(...b.device.send());
  }

  /** @throws Error if a word that was typed doesn't stand exactly once on each device */
  count(): void {
    this.people.forEach(({ words }, who) => {
      for (let index = 0; index < words; index++) {
        const word = wordOf(who as 0 | 1, index);
        for (const { device } of this.people) {
          const count = device.text.split(word).length - 1;
          if (count !== 1) throw new Error(`${device.name}: ${word} stands ${count} times in\n${device.text}`);
        }
      }
    });
  }

  private stroke({ who, key, x }: Stroke): void {
    const person = this.people[who];
    const { device } = person;
    if (this.stay) person.stay();
    person.guard();
    if (this.stay && isLosing(person, key)) return;
    const at = (list: readonly number[]): void => {
      person.cursor = list[Math.floor(x * list.length)] ?? person.cursor;
      person.guard();
    };
    switch (key) {
      case 'word': {
        const word = `${who === 0 ? 'A' : 'b'}${person.words++};${x < 0.3 ? ' ' : ''}`;
        if (this.stay) return person.press(keys.letters(person.page, wordOf(who, person.words - 1)));
        for (const letter of word) {
          person.press(keys.letters(person.page, letter));
          if (x > 0.8) {
            this.post();
            person.hear();
          }
        }
        return;
      }
      case 'enter':
        return person.press(keys.enter(person.page));
      case 'soft break':
        return person.press(keys.softBreak(person.page));
      case 'backspace':
        for (let i = 0; i < 1 + x * 4; i++) {
          person.guard();
          person.press(keys.backspace(person.page));
        }
        return;
      case 'join':
        return person.press(keys.joinUp(person.page));
      case 'tab':
        return person.press(keys.indent(person.page));
      case 'shift tab':
        return person.press(keys.outdent(person.page));
      case 'up':
      case 'down':
        return person.press(keys.moveLines(person.page, key));
      case 'cut':
        if (onRoot(person)) return;
        person.clip = keys.lineAt(device.text, person.cursor).text;
        return person.press(keys.cutLine(person.page, 'cut'));
      case 'paste': {
        const { clip } = person;
        person.clip = '';
        return clip === '' ? undefined : person.press(keys.pasteLine(person.page, clip));
      }
      case 'delete line':
        return onRoot(person) ? undefined : person.press(keys.cutLine(person.page, 'delete'));
      case 'blank line':
        return person.press(keys.letters(person.page, '\n'));
      case 'fence':
        person.press(keys.softBreak(person.page));
        person.press(keys.letters(person.page, '```'));
        person.press(keys.enter(person.page));
        person.press(keys.letters(person.page, x < 0.5 ? '- c' : 'c'));
        person.press(keys.enter(person.page));
        return person.press(keys.letters(person.page, '```'));
      case 'task':
        return person.press(keys.toggleTask(person.page));
      case 'undo':
        return person.following(() => device.undo());
      case 'redo':
        return person.following(() => device.redo());
      case 'left':
        person.cursor = Math.max(0, person.cursor - 1);
        return;
      case 'right':
        person.cursor = Math.min(device.text.length, person.cursor + 1);
        return;
      case 'end':
        person.cursor = keys.lineAt(device.text, person.cursor).to;
        return;
      case 'go':
        return at(device.note.blocks.flatMap((block) => lineEnds(device.text, block.from, block.to)));
      case 'go above':
        return at(device.note.blocks.map((block) => Math.max(0, block.from - 1)));
      case 'go below':
        return at(device.note.blocks.map((block) => keys.lineAt(device.text, Math.min(device.text.length, block.to + 1)).to));
      case 'go end':
        return at([device.text.length]);
      case 'plain': {
        const { to } = keys.lineAt(device.text, person.cursor);
        person.cursor = to;
        person.press(keys.letters(person.page, '\n'));
        person.press(keys.letters(person.page, `plain${who}${person.words++}`));
        return;
      }
      case 'hear':
        for (let i = 0; i < 1 + x * 6; i++) person.hear();
        return;
    }
  }
}

/** Whether a key takes away an empty bullet, into which the other may be typing, or makes plain text the user's own. */
function isLosing(person: Person, key: Key): boolean {
  if (key === 'up' || key === 'down') return onRoot(person) || person.device.note.blocks.length > 1;
  const line = keys.lineAt(person.device.text, person.cursor).text;
  return (key === 'enter' || key === 'shift tab') && /^[ \t]*(?:[-*+]|\d+[.)])?[ \t]*(?:\[.\][ \t]*)?$/.test(line);
}

function onRoot({ device, cursor }: Person): boolean {
  return device.note.blocks.some((block) => cursor >= block.from && cursor <= keys.lineAt(device.text, block.from + block.cut.to).to);
}

function lineEnds(text: string, from: number, to: number): number[] {
  const ends: number[] = [];
  for (let at = from; at <= to; at = keys.lineAt(text, at).to + 1) ends.push(keys.lineAt(text, at).to);
  return ends;
}
