/**
 * Two devices with one live block, and another sync engine (iCloud, Syncthing) that carries the whole files of the same vault between them,
 * late and out of order. With `absences` each of them also goes offline, or off, and another program there writes into its file.
 */
import { SimRandom } from '../sim/random';
import { MemoryVault } from './memory-vault';
import { countOf, idIn } from './pair';
import { TestEditor } from './test-editor';
import type { Device } from './world';
import { World } from './world';

const TODAY = 'daily/2026-11-22.md';
const LETTERS = 'bcdfghjklmnopqrstuvwxyz';
const WORDS = ['buy', 'bread', 'call', 'mother', 'tomorrow', 'before', 'lunch', 'ask', 'garden', 'letter', 'train', 'about', 'because', 'window', 'paper', 'never', 'read', 'summer'];
const PAUSES = [10, 50, 300, 1_500, 4_000, 25_000];
const WITH_EDITOR = ['type', 'type', 'type', 'enter', 'save', 'save', 'close', 'carry', 'carry'];
const WITH_FILE = ['open', 'open', 'carry', 'carry', 'carry'];
const ABSENCES = ['offline', 'online', 'off'];
const WHILE_OFF = ['carry', 'carry', 'on'];

export interface SharedVaultOptions {
  readonly absences?: boolean;
  /** Another program writes into the file while Blockwire is off. */
  readonly jots?: boolean;
  /** The vaults tell from the start that another engine keeps them. */
  readonly known?: boolean;
}

interface Side {
  device: Device;
  editor: TestEditor | null;
  isOff: boolean;
  isOffline: boolean;
  /** The file that the engine last took from here, or put here. */
  sent: string | null;
  /** Written into the file by another program while Blockwire was off: what the engine overwrites of it is the engine's loss. */
  jotted: string[];
}

export class SharedVault {
  private readonly world: World;
  private readonly random: SimRandom;
  private readonly sides: Side[] = [];
  /** What was typed: each has to stand once. */
  private readonly marks: string[] = [];
  private readonly overwritten = new Set<string>();
  private readonly log: string[] = [];
  /** What the trace told of each side last. */
  private readonly shown: string[] = [];
  /** Saved files on their way: to which side, when they were saved. */
  private readonly travelling: { to: number; text: string; mtime: number }[] = [];

  constructor(
    seed: number,
    private readonly options: SharedVaultOptions = {},
  ) {
    this.world = new World(seed);
    this.random = new SimRandom(seed);
  }

  /** A whole life. Returns what is wrong at its end, with its story; empty if all is well. */
  async run(steps: number): Promise<string> {
    try {
      await this.start();
      for (let step = 0; step < steps; step += 1) await this.step();
      await this.settle();
      const wrong = this.faults();
      return wrong.length === 0 ? '' : [...wrong, ...this.sides.map((side) => textOn(side)), ...this.log].join('\n');
    } finally {
      await this.world.end();
    }
  }

  private async start(): Promise<void> {
    for (const name of ['One', 'Two']) {
      const vault = new MemoryVault('daily', '\t', () => this.world.clock.now());
      if (this.options.known) vault.engine = 'iCloud Drive';
      const device = await this.world.device(name, { vault });
      await device.live();
      this.sides.push({ device, editor: null, isOff: false, isOffline: false, sent: null, jotted: [] });
    }
    const [one, two] = this.sides as [Side, Side];
    one.device.vault.write(TODAY, '# Day\n- thoughts\n\t- alpha comes before all the other letters\n\t- beta is said to have been a house once\n- behind\n');
    await this.open(one);
    await one.device.peer.makeLive(TODAY, 1);
    one.device.vault.write(TODAY, one.editor?.content ?? '');
    two.device.vault.write(TODAY, textOn(one));
    two.device.peer.noteCreated(TODAY);
    await this.world.pass(5_000);
    if (idIn(textOn(two)) !== idIn(textOn(one))) throw new Error('The two begin with two blocks');
  }

  private async step(): Promise<void> {
    const who = this.random.below(2);
    const side = this.sides[who] as Side;
    const deed = this.random.pick(side.isOff ? [...WHILE_OFF, ...(this.options.jots ? ['jot'] : [])] : [...(side.editor ? WITH_EDITOR : WITH_FILE), ...(this.options.absences ? ABSENCES : [])]);
    this.log.push(`${who} ${deed}`);
    await this.perform(deed, who, side);
    await this.world.pass(this.random.pick(PAUSES));
    this.trace();
    // What the peer wrote into a closed note travels, too.
    this.sides.forEach((_, i) => this.send(i));
  }

  private trace(what?: string): void {
    if (process.env.PEER_TRACE === undefined) return;
    if (what) this.log.push(what);
    this.sides.forEach((side, who) => {
      const now = `   ${who} ${stateOf(side)} ${inBlock(side.editor?.content ?? textOn(side))}`;
      if (this.shown[who] !== now) this.log.push(now);
      this.shown[who] = now;
    });
  }

  private async perform(deed: string, who: number, side: Side): Promise<void> {
    const { editor } = side;
    if (deed === 'type' && editor) this.type(editor);
    else if (deed === 'enter' && editor) this.enter(editor);
    else if (deed === 'save') this.save(who);
    else if (deed === 'close') this.close(who);
    else if (deed === 'open') await this.open(side);
    else if (deed === 'carry') this.carry(who, side);
    else if (deed === 'jot') this.jot(side);
    else if (deed === 'offline') {
      side.isOffline = true;
      side.device.goOffline();
    } else if (deed === 'online') this.goOnline(side);
    else if (deed === 'off') {
      this.close(who);
      await side.device.stop();
      side.isOff = true;
    } else if (deed === 'on') await this.turnOn(side);
  }

  private async settle(): Promise<void> {
    for (const [who, side] of this.sides.entries()) {
      if (side.isOff) await this.turnOn(side);
      this.goOnline(side);
      this.close(who);
    }
    for (let i = 0; i < 20; i += 1) {
      await this.world.pass(3_000);
      this.trace(`settling ${i}`);
    }
    // The engine ends with the newest file on both sides.
    for (let round = 0; round < 3; round += 1) {
      const newest = this.sides.map(({ device }) => device.vault.files.get(TODAY)).sort((a, b) => (b?.mtime ?? 0) - (a?.mtime ?? 0))[0];
      for (const { device } of this.sides) {
        if (newest && device.vault.text(TODAY) !== newest.text) {
          device.vault.files.set(TODAY, { ...newest });
          device.peer.noteChanged(TODAY);
        }
      }
      await this.world.pass(60_000);
    }
  }

  private faults(): string[] {
    return this.sides.flatMap((side, i) => {
      const text = textOn(side);
      const { problems, peer } = side.device;
      const marks = this.marks.filter((mark) => countOf(text, mark) !== 1 && !(this.overwritten.has(mark) && countOf(text, mark) === 0));
      const isDamaged = countOf(text, 'alpha') !== 1 || countOf(text, '^bw-') !== 1;
      return [
        ...marks.map((mark) => `${mark} stands ${countOf(text, mark)} times on ${i}`),
        ...(isDamaged ? [`the note is damaged on ${i}`] : []),
        ...problems,
        ...peer.questions().map(({ kind }) => kind),
      ];
    });
  }

  // ---- what the two people do ----

  private async open(side: Side): Promise<void> {
    const editor = TestEditor.open(side.device.peer, TODAY, textOn(side));
    side.editor = editor;
    await this.world.until('bound', () => editor.hold?.ready === true);
  }

  private close(who: number): void {
    const side = this.sides[who] as Side;
    this.save(who);
    side.editor?.hold?.close();
    side.editor = null;
  }

  private type(editor: TestEditor): void {
    const line = this.random.pick(bulletLines(editor.content));
    const atEnd = this.random.chance(0.5);
    editor.cursor = atEnd ? line.to : line.from + 3;
    for (const letter of atEnd ? ` ${this.mark()}` : `${this.mark()} `) editor.replace(editor.cursor, editor.cursor, letter);
  }

  private enter(editor: TestEditor): void {
    const line = this.random.pick(bulletLines(editor.content));
    editor.replace(line.to, line.to, '\n\t- ');
    editor.replace(editor.cursor, editor.cursor, this.sentence());
  }

  /** Another program adds a bullet to the file, or words to one. */
  private jot(side: Side): void {
    const text = textOn(side);
    const line = this.random.pick(bulletLines(text));
    const mark = this.mark();
    const added = this.random.chance(0.5) ? `\n\t- ${this.words()} ${mark}` : ` ${mark}`;
    side.jotted.push(mark);
    side.device.vault.write(TODAY, text.slice(0, line.to) + added + text.slice(line.to));
  }

  private sentence(): string {
    return `${this.words()} ${this.mark()}`;
  }

  private words(): string {
    return Array.from({ length: 4 }, () => this.random.pick(WORDS)).join(' ');
  }

  private mark(): string {
    // A word that is like no other: bullets that are alike are taken for one.
    const mark = `${Array.from({ length: 5 }, () => this.random.pick([...LETTERS])).join('')}${this.marks.length}`;
    this.marks.push(mark);
    return mark;
  }

  private goOnline(side: Side): void {
    side.isOffline = false;
    if (!side.isOff) side.device.goOnline();
  }

  private async turnOn(side: Side): Promise<void> {
    const { vault, disk, credentials, name } = side.device;
    side.device = await this.world.device(name, { vault, disk, credentials, online: !side.isOffline });
    side.isOff = false;
    side.jotted = [];
  }

  // ---- the other engine ----

  private save(who: number): void {
    const { editor, device } = this.sides[who] as Side;
    if (!editor || device.vault.text(TODAY) === editor.content) return;
    device.vault.write(TODAY, editor.content);
    device.peer.noteChanged(TODAY);
    this.send(who);
  }

  private send(from: number): void {
    const side = this.sides[from] as Side;
    const file = side.device.vault.files.get(TODAY);
    if (!file || side.sent === file.text) return;
    side.sent = file.text;
    this.travelling.push({ to: 1 - from, ...file });
  }

  /** One of the files on their way arrives, not always the oldest; what was saved before it may still come after it. */
  private carry(who: number, side: Side): void {
    const mine = this.travelling.filter(({ to }) => to === who);
    const file = mine.length > 0 ? mine[this.random.below(Math.min(3, mine.length))] : undefined;
    if (!file) return;
    this.travelling.splice(this.travelling.indexOf(file), 1);
    for (const mark of side.jotted) if (!file.text.includes(mark)) this.overwritten.add(mark);
    side.jotted = [];
    side.device.vault.files.set(TODAY, { text: file.text, mtime: file.mtime });
    side.sent = file.text;
    if (side.isOff) return;
    // The app loads a changed file into its editor, whatever was typed there since.
    if (side.editor && side.editor.content !== file.text) side.editor.reload(file.text);
    side.device.peer.noteChanged(TODAY);
  }
}

function textOn({ device }: Side): string {
  return device.vault.text(TODAY);
}

function stateOf({ editor, isOff, isOffline }: Side): string {
  return `${isOff ? 'off' : editor ? 'editor' : 'file'}${isOffline ? ' offline' : ''}`;
}

function inBlock(text: string): string {
  return text.replace(/[^]*\^bw-\w+/, '').replace(/\n/g, '|');
}

function bulletLines(text: string): { from: number; to: number }[] {
  const lines: { from: number; to: number }[] = [];
  let at = 0;
  for (const line of text.split('\n')) {
    if (line.startsWith('\t- ')) lines.push({ from: at, to: at + line.length });
    at += line.length + 1;
  }
  return lines;
}
