/** Whole devices whose users do anything, in any order, by a seed. What is typed is unique, so that it can be counted afterwards. */
import { SimRandom } from '../sim/random';
import type { Device } from './world';
import { World } from './world';
import { TestEditor } from './test-editor';

export interface LifeOptions {
  readonly devices: number;
  readonly steps: number;
  readonly deletes: boolean;
  readonly crashes: boolean;
}

interface Actor {
  readonly path: string;
  device: Device;
  editor: TestEditor | null;
  /** Nobody edits a file by hand in the seconds in which a device comes up again. */
  upAt: number;
  offline: boolean;
}

interface Line {
  readonly from: number;
  readonly to: number;
  readonly indent: string;
}

const FOLDERS = ['daily', 'journal', 'days'];
const INDENTS = ['\t', '    ', '  '];
/** What was typed later than this before a crash may be lost. */
const AT_RISK = 3_500;
const UP_AFTER = 8_000;

export class Life {
  readonly world: World;
  readonly log: string[] = [];
  /** Marks that must stand once everywhere in the end. */
  readonly expected = new Map<string, { at: number; by: number }>();
  /** Marks that may be gone. */
  readonly doubtful = new Set<string>();
  private readonly random: SimRandom;
  private readonly actors: Actor[] = [];
  private made = 0;

  constructor(
    readonly seed: number,
    private readonly options: LifeOptions,
  ) {
    this.world = new World(seed);
    this.random = new SimRandom(seed);
  }

  async run(): Promise<void> {
    for (let i = 0; i < this.options.devices; i += 1) {
      const folder = FOLDERS[i] ?? 'x';
      const device = await this.world.device(`D${i}`, { folder, indent: INDENTS[i] ?? '\t' });
      await device.live();
      const path = `${folder}/2026-11-22.md`;
      if (i === 0) device.vault.write(path, '# Day\n- before\n- thoughts\n\t- alpha\n\t- beta\n\t\t- gamma\n- behind\n');
      else device.vault.write(path, `Note ${i}\n`);
      this.actors.push({ path, device, editor: null, upAt: 0, offline: false });
    }
    const [first] = this.actors;
    if (!first) return;
    await this.openEditor(first);
    await first.device.peer.makeLive(first.path, 2);
    await this.world.until('it landed everywhere', () => this.actors.every(({ device, path, editor }) => (editor?.content ?? device.vault.text(path)).includes('gamma')));
    for (let step = 0; step < this.options.steps; step += 1) await this.act(step);
    await this.settle();
  }

  async end(): Promise<void> {
    await this.world.end();
  }

  // ---- what is found in the end ----

  /** Each device's block, with two blanks a level and without ids. */
  texts(): string[] {
    return this.actors.map(({ device, path }, i) => {
      const lines = device.vault.text(path).split('\n');
      const from = lines.findIndex((line) => line.includes('^bw-'));
      const found: string[] = [];
      for (let at = from; at >= 0 && at < lines.length && (at === from || /^\s/.test(lines[at] ?? '')); at += 1) found.push(lines[at] ?? '');
      const unit = i === 0 ? '\t' : (INDENTS[i] ?? '\t');
      return found.map((line) => {
        const lead = /^\s*/.exec(line)?.[0] ?? '';
        return `${'  '.repeat(Math.round(lead.replace(/\t/g, unit === '\t' ? '\t' : '    ').length / unit.length))}${line.trim().replace(/ \^bw-\w+/, '')}`;
      }).join('\n');
    });
  }

  digests(): (string | null)[] {
    const [block] = this.actors[0]?.device.peer.blocks() ?? [];
    return this.actors.map(({ device }) => device.peer.digest(block?.blockId ?? ''));
  }

  files(): string[] {
    return this.actors.map(({ device, path }) => device.vault.text(path));
  }

  problems(): string[] {
    return this.actors.flatMap(({ device }) => device.problems);
  }

  questions(): string[] {
    return this.actors.flatMap(({ device }) => device.peer.questions().map(({ kind }) => kind));
  }

  // ---- what users do ----

  private async act(step: number): Promise<void> {
    const actor = this.random.pick(this.actors);
    const deed = this.random.pick(this.deeds(actor));
    this.log.push(`${step} ${actor.device.name} ${deed}`);
    switch (deed) {
      case 'type':
        this.typeIn(actor);
        break;
      case 'enter':
        this.addBullet(actor);
        break;
      case 'move':
        this.moveLine(actor);
        break;
      case 'delete':
        this.deleteLine(actor);
        break;
      case 'indent':
        this.indentLine(actor);
        break;
      case 'open':
        await this.openEditor(actor);
        break;
      case 'close':
        this.closeEditor(actor);
        break;
      case 'save':
        this.save(actor);
        break;
      case 'file':
        this.editFile(actor);
        break;
      case 'offline':
        actor.offline = true;
        actor.device.goOffline();
        break;
      case 'online':
        actor.offline = false;
        actor.device.goOnline();
        break;
      case 'restart':
        await this.restart(actor);
        break;
      case 'crash':
        await this.crash(actor);
        break;
      case 'relay':
        this.world.restartRelay();
        break;
      default:
    }
    const pause = this.random.pick([0, 10, 100, 400, 1_500, 6_000]);
    await this.world.pass(pause);
    this.trace(`waited ${pause}`);
  }

  private deeds(actor: Actor): string[] {
    const { editor, offline } = actor;
    const writing = editor ? ['type', 'type', 'type', 'type', 'enter', 'enter', 'move', 'indent', 'save', 'save', 'close', ...(this.options.deletes ? ['delete'] : [])] : ['open', 'open', ...(actor.upAt <= this.world.clock.now() ? ['file', 'file'] : [])];
    return [...writing, ...writing, offline ? 'online' : 'offline', 'wait', 'relay', 'restart', ...(this.options.crashes ? ['crash'] : [])];
  }

  private mark(actor: Actor): string {
    const mark = `m${(this.made += 1)}.`;
    this.expected.set(mark, { at: this.world.clock.now(), by: this.actors.indexOf(actor) });
    return mark;
  }

  private lines(text: string): Line[] {
    const at = text.search(/^[^\n]*\^bw-/m);
    if (at < 0) return [];
    const lines: Line[] = [];
    for (let from = text.indexOf('\n', at) + 1; from > 0 && from < text.length; ) {
      const end = text.indexOf('\n', from);
      const to = end < 0 ? text.length : end;
      const indent = /^[ \t]+(?=- )/.exec(text.slice(from, to))?.[0];
      if (indent === undefined) break;
      lines.push({ from, to, indent });
      from = end < 0 ? 0 : end + 1;
    }
    return lines;
  }

  private typeIn({ editor }: Actor, actor = this.actorOf(editor)): void {
    if (!editor || !actor) return;
    const lines = this.lines(editor.content);
    if (lines.length === 0) return;
    const line = this.random.pick(lines);
    const head = line.from + line.indent.length + 2;
    const inside = editor.content.slice(head, line.to);
    // Between marks, so that none is split.
    const places = [0, inside.length, ...[...inside.matchAll(/\./g)].map((match) => match.index + 1)];
    let at = head + this.random.pick(places);
    for (const letter of this.mark(actor)) {
      editor.replace(at, at, letter);
      at += 1;
    }
  }

  private addBullet(actor: Actor): void {
    const { editor } = actor;
    const line = editor && this.pickLine(editor.content);
    if (!editor || !line) return;
    editor.replace(line.to, line.to, `\n${line.indent}- `, 'type');
    editor.replace(line.to + 1 + line.indent.length + 2, line.to + 1 + line.indent.length + 2, this.mark(actor), 'type');
  }

  private moveLine(actor: Actor): void {
    const { editor } = actor;
    const lines = editor ? this.lines(editor.content) : [];
    const index = this.random.below(Math.max(1, lines.length));
    const line = lines[index];
    const next = lines[index + 1];
    if (!editor || !line || !next || next.indent.length > line.indent.length || lines.length < 3) return;
    const text = editor.content.slice(line.from, line.to + 1);
    editor.replace(line.from, line.to + 1, '', 'cut');
    const target = this.pickLine(editor.content);
    if (target) editor.replace(target.from, target.from, target.indent + text.slice(line.indent.length), 'paste');
    else editor.replace(line.from, line.from, text, 'undo');
  }

  private deleteLine(actor: Actor): void {
    const { editor } = actor;
    const lines = editor ? this.lines(editor.content) : [];
    const index = this.random.below(Math.max(1, lines.length));
    const [line, next] = [lines[index], lines[index + 1]];
    if (!editor || !line || lines.length < 3 || (next && next.indent.length > line.indent.length)) return;
    editor.replace(line.from - 1, line.to, '', 'delete');
  }

  private indentLine(actor: Actor): void {
    const { editor } = actor;
    const lines = editor ? this.lines(editor.content) : [];
    const index = this.random.below(Math.max(1, lines.length));
    const [previous, line] = [lines[index - 1], lines[index]];
    if (!editor || !line || !previous || previous.indent.length < line.indent.length) return;
    const unit = this.lines(editor.content)[0]?.indent ?? '\t';
    editor.replace(line.from, line.from, unit, 'other');
  }

  private editFile(actor: Actor): void {
    const { device, path } = actor;
    const text = device.vault.text(path);
    const line = this.pickLine(text);
    if (!line) return;
    const insert = this.random.chance(0.5) ? ` ${this.mark(actor)}` : `\n${line.indent}- ${this.mark(actor)}`;
    device.vault.write(path, text.slice(0, line.to) + insert + text.slice(line.to));
    if (this.random.chance(0.8)) device.peer.noteChanged(path);
  }

  private pickLine(text: string): Line | undefined {
    const lines = this.lines(text);
    return lines.length > 0 ? this.random.pick(lines) : undefined;
  }

  private actorOf(editor: TestEditor | null): Actor | undefined {
    return this.actors.find((actor) => actor.editor === editor);
  }

  private async openEditor(actor: Actor): Promise<void> {
    const editor = TestEditor.open(actor.device.peer, actor.path, actor.device.vault.text(actor.path));
    actor.editor = editor;
    await this.world.until('the note is bound', () => editor.hold?.ready === true);
  }

  private save({ editor, device, path }: Actor): void {
    if (!editor || device.vault.text(path) === editor.content) return;
    device.vault.write(path, editor.content);
    device.peer.noteChanged(path);
  }

  private closeEditor(actor: Actor): void {
    this.save(actor);
    actor.editor?.hold?.close();
    actor.editor = null;
  }

  private async restart(actor: Actor): Promise<void> {
    this.closeEditor(actor);
    await actor.device.stop();
    await this.startAgain(actor);
  }

  private async crash(actor: Actor): Promise<void> {
    const now = this.world.clock.now();
    const by = this.actors.indexOf(actor);
    for (const [mark, made] of this.expected) if (made.by === by && made.at > now - AT_RISK) this.doubtful.add(mark);
    actor.device.die(this.random.pick([0, 1, 3, Infinity]));
    actor.editor = null;
    await this.startAgain(actor);
  }

  private async startAgain(actor: Actor): Promise<void> {
    const { vault, disk, credentials, name, settings } = actor.device;
    actor.upAt = this.world.clock.now() + UP_AFTER;
    actor.device = await this.world.device(name, { vault, disk, credentials, settings, online: !actor.offline });
  }

  /** With PEER_TRACE set, what stands in each editor (E) and file (F) after each step goes to the log. */
  private trace(what: string): void {
    if (process.env.PEER_TRACE === undefined) return;
    this.log.push(`   ${what}: ${this.actors.map(({ editor, device, path }) => `${editor ? 'E' : 'F'} ${(editor?.content ?? device.vault.text(path)).replace(/\n/g, '|').replace(/.*\^bw-\w+/, '')}`).join('\n      ')}`);
  }

  private async settle(): Promise<void> {
    for (const actor of this.actors) {
      if (actor.editor) this.closeEditor(actor);
      else actor.device.peer.noteChanged(actor.path);
      if (actor.offline) actor.device.goOnline();
    }
    for (const { device } of this.actors) await device.live();
    this.trace('ends');
    await this.world.pass(90_000);
    this.trace('waited');
    for (const actor of this.actors) await this.openEditor(actor);
    await this.world.pass(1_000);
    for (const actor of this.actors) this.save(actor);
  }
}
