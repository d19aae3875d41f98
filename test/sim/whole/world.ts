/** One run: devices, network and relay of a space, what a script does to them, and what must hold in every quiet period. */
import { createIdentity, deriveSpace } from '../../../src/crypto';
import type { SpaceId } from '../../../src/protocol';
import type { Credentials } from '../../../src/peer';
import { MemoryDisk } from '../../../src/store';
import { SimClock } from '../clock';
import { SimRandom } from '../random';
import { SimDevice, type Surroundings } from './device';
import { SimEngine } from './engine';
import { disturb } from './faults';
import { Ledger } from './ledger';
import { SimNetwork } from './network';
import { act, fileEdit, type Words } from './person';
import { blockAlone, blocksOf, FIRST_MARK, FIRST_PRIVATE, marksIn, regionsOf } from './regions';
import { SimRelay } from './relay';
import type { Script, Step } from './script';
import { Watch } from './watch';

const FOLDERS = ['daily', 'journal', 'days', 'log', 'n', 'tage', 'jour', 'dia'];
const INDENTS = ['\t', '    ', '  ', '\t', '    ', '  ', '\t', '    '];
export const CANARY = 'CANARY';
const MOST_BLOCKS = 4;
const DAYS = ['2026-11-21', '2026-11-22'];
/** Longest time in which everything has to come to rest, ms: beyond every pause between two tries. */
const SETTLING = 20 * 60_000;

export interface Outcome {
  readonly log: readonly string[];
  readonly complaints: readonly string[];
  /** Steps that did something. */
  readonly done: number;
}

export class World {
  readonly clock = new SimClock();
  readonly random: SimRandom;
  readonly relay: SimRelay;
  readonly network: SimNetwork;
  readonly ledger: Ledger;
  readonly devices: SimDevice[] = [];
  readonly log: string[] = [];
  private readonly engine: SimEngine | null;
  private readonly watch: Watch;
  private readonly secret: Uint8Array;
  private readonly around: Surroundings;
  private readonly words: Words;
  /** Blocks that more than their maker have known. */
  private readonly shared = new Set<string>();
  /** Blocks in the notes of devices whose program ended before another knew them: their ids stand there, and mean nothing. */
  private readonly unheard = new Set<string>();
  private marks = 0;
  private privates = 0;
  private done = 0;

  constructor(private readonly script: Script) {
    this.random = new SimRandom(script.seed);
    this.secret = this.random.bytes(32);
    this.ledger = new Ledger(() => this.clock.now());
    const note = (line: string): void => this.note(line);
    this.watch = new Watch((what) => this.ledger.complain(what));
    this.relay = new SimRelay(this.clock, this.random, deriveSpace(this.secret).spaceId as SpaceId, note);
    this.network = new SimNetwork(this.clock, this.random, this.relay, (frame, _device, to) => this.watch.frame(frame, to));
    this.engine = script.engine === undefined ? null : new SimEngine(this.clock, new SimRandom(~script.seed), {
      note,
      // What it brings outside of live blocks is its affair, and stands from now on.
      onCarried: (device, path) => this.ledger.knows(device, path, device.shown(path)),
    });
    this.around = {
      clock: this.clock,
      random: this.random,
      network: this.network,
      note,
      onDied: (device, unsaved, lost) => {
        if (lost) this.ledger.lostPower(device, [...device.vault.files.keys()].map((path) => device.shown(path)));
        else this.ledger.killed(device);
        for (const path of device.vault.files.keys()) for (const { blockId } of regionsOf(device.shown(path))) if (!this.shared.has(blockId)) this.unheard.add(blockId);
        if (unsaved !== null && device.vault.files.has(unsaved)) this.ledger.knows(device, unsaved, device.shown(unsaved));
      },
      onRead: (text) => this.ledger.read(text),
      onRemote: (device, path, _before, after) => this.ledger.checkOutside(device, path, after.replace(/\r\n/g, '\n'), `at ${this.time()}`),
    };
    this.words = {
      mark: (device) => this.mark(device),
      private: () => String.fromCharCode(FIRST_PRIVATE + this.privates++),
      hasEnoughBlocks: () => this.blockCount() >= MOST_BLOCKS,
    };
  }

  async run(): Promise<Outcome> {
    try {
      await this.begin();
      for (const [index, step] of this.script.steps.entries()) {
        if (this.ledger.complaints.length > 0) break;
        await this.step(index, step);
      }
      if (this.ledger.complaints.length === 0) await this.quiet();
      if (this.ledger.complaints.length === 0) await this.newcomer();
    } catch (error) {
      this.ledger.complain(`It broke: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
    for (const device of this.devices) device.die(0);
    this.relay.crash();
    return { log: this.log, complaints: this.ledger.complaints, done: this.done };
  }

  private mark(device: SimDevice, inFile = false): string {
    const mark = String.fromCharCode(FIRST_MARK + this.marks++);
    this.ledger.typed(mark, device.name, inFile);
    return mark;
  }

  /** Whether another sync engine is over its vault. */
  sharesFiles(device: SimDevice): boolean {
    return this.engine?.has(device) === true;
  }

  /** Lets time run with all that happens in it. */
  pass(ms: number): Promise<void> {
    return this.clock.advance(ms);
  }

  note(line: string): void {
    this.log.push(`${this.time()} ${line}`);
  }

  /** A device on a vault of its own, or on a copy of another's disk. */
  async join(name: string, index: number, from?: SimDevice): Promise<SimDevice> {
    const credentials = from?.credentials ?? this.credentials();
    // Devices of one engine share their notes, and with them folder and indent.
    const { engine } = this;
    const isShared = engine !== null && from === undefined && index < (this.script.engine?.devices ?? 0);
    const kind = isShared ? 0 : index;
    const device = new SimDevice(this.around, {
      name,
      folder: from?.folder ?? FOLDERS[kind % FOLDERS.length] ?? 'x',
      indent: from?.indent ?? INDENTS[kind % INDENTS.length] ?? '\t',
      credentials,
      ...(from === undefined ? {} : { vault: from.vault.copyAs(from.folder, Object.fromEntries([...from.vault.files].map(([path, { text }]) => [path, text]))), disk: copyOf(from.disk) }),
    });
    device.isCopy = from !== undefined;
    this.devices.push(device);
    if (isShared && this.script.engine?.known) device.vault.engine = 'iCloud Drive';
    if (from === undefined && (!isShared || index === 0)) this.furnish(device, index);
    if (isShared) engine.join(device);
    if (from !== undefined || isShared) for (const path of device.vault.files.keys()) this.ledger.knows(device, path, device.shown(path));
    await device.start();
    return device;
  }

  /** A device whose identity another program uses takes a new one, as plugin and folder do. */
  async renew(device: SimDevice): Promise<void> {
    this.note(`${device.name} takes a new identity`);
    device.cloned = false;
    await device.stop();
    device.credentials = { ...device.credentials, seed: createIdentity((n) => this.random.bytes(n)).seed };
    if (device.offline) this.network.unreachable.add(device.id);
    await device.start();
  }

  // ---- the parts of a run ----

  private async begin(): Promise<void> {
    for (let i = 0; i < this.script.devices; i++) {
      const device = await this.join(`D${i}`, i);
      await this.clock.until(() => device.peer.status().phase === 'live', 60_000);
    }
    const [first] = this.devices;
    if (first === undefined) return;
    const editor = first.openEditor(`${first.folder}/${DAYS[1]}.md`);
    await this.clock.until(() => editor.hold?.ready === true, 10_000);
    const before = editor.content;
    const line = before.split('\n').findIndex((text) => text.includes('thoughts'));
    await first.finished(first.peer.makeLive(editor.path, line), 10_000);
    this.ledger.knows(first, editor.path, editor.content);
    await this.pass(3_000);
  }

  /** Notes of two days and one that is no day's; one with Windows line ends, one without a last one. */
  private furnish(device: SimDevice, index: number): void {
    const own = (): string => this.words.private(device);
    const t = device.indent;
    const live = index === 0 ? `- thoughts ${CANARY}\n${t}- alpha\n${t}- beta\n${t}${t}- gamma\n` : '';
    const notes: Record<string, string> = {
      [`${device.folder}/${DAYS[1]}.md`]: `# ${CANARY} ${own()}\n- before ${own()}  \n${live}- behind ${own()}\n`,
      [`${device.folder}/${DAYS[0]}.md`]: `Yesterday ${own()}\n\n* star ${own()}\n  more\n`,
      'ideas.md': `---\nkey: ${own()}\n---\n1. one ${own()}\n2. two`,
    };
    for (const [path, text] of Object.entries(notes)) {
      if (path === 'ideas.md' && index % 2 === 1) continue; // its blocks wait in the inbox there
      device.vault.write(path, index % 3 === 1 ? text.replace(/\n/g, '\r\n') : text);
      this.ledger.knows(device, path, text);
    }
  }

  private async step(index: number, step: Step): Promise<void> {
    const device = this.devices[Math.floor(step.who * this.devices.length)];
    if (device === undefined) return;
    const done = await this.perform(device, step);
    if (done !== null) {
      this.done += 1;
      this.note(`${index} ${device.name} ${step.deed} ${done}`);
    }
    await this.pass(step.wait);
    this.share();
    this.trace();
    for (const each of this.devices) if (each.cloned && each.isUp) await this.renew(each);
  }

  private share(): void {
    const known = new Set<string>();
    for (const device of this.devices) {
      for (const { blockId } of device.isUp ? device.peer.blocks() : []) {
        if (known.has(blockId)) this.shared.add(blockId);
        known.add(blockId);
      }
    }
  }

  private async perform(device: SimDevice, step: Step): Promise<string | null> {
    if (step.deed === 'quiet') {
      await this.quiet();
      return '';
    }
    const disturbed = await disturb(this, device, step);
    if (disturbed !== undefined) return disturbed;
    if (!device.isUp) {
      await device.start();
      return 'starts first';
    }
    switch (step.deed) {
      case 'open note': {
        const paths = [...device.vault.files.keys()];
        const path = paths[Math.floor(step.x * paths.length)];
        if (path === undefined) return null;
        await this.open(device, path);
        return path;
      }
      case 'close note':
        if (device.editor === null) return null;
        device.closeEditor();
        return '';
      case 'save':
        device.save();
        return '';
      case 'edit file':
      case 'tick in file':
      case 'remove in file':
        return this.editFile(device, step);
      case 'edit while off': {
        if (device.full) return null;
        await device.stop();
        const edited = this.editFile(device, { ...step, deed: 'edit file' });
        await this.pass(Math.floor(step.y * 10_000));
        await device.start();
        return edited ?? 'nothing';
      }
      case 'rename note':
      case 'delete note':
        return this.moveNote(device, step);
      case 'answer': {
        const question = device.peer.questions()[0];
        const answer = question?.answers[Math.floor(step.x * question.answers.length)];
        if (question === undefined || answer === undefined || answer.id === 'here') return null;
        await this.answer(device, question.id, answer.id);
        return `${question.kind}: ${answer.id}`;
      }
      default:
        return this.atEditor(device, step);
    }
  }

  private async atEditor(device: SimDevice, step: Step): Promise<string | null> {
    if (device.editor === null) {
      // People go to today's note.
      const path = `${device.folder}/${DAYS[1]}.md`;
      if (!device.vault.files.has(path)) return null;
      await this.open(device, path);
    }
    const { editor } = device;
    if (editor === null) return null;
    const { path, content } = editor;
    const taken = device.clipboard;
    const done = act(device, step, this.words);
    if (done === null) return null;
    // A copy's marks stand twice, whatever its new id is.
    if (step.deed === 'copy block') this.ledger.copied(difference(content, editor.content));
    // What stands in a note still when it is pasted stands twice because its user wants it so.
    if (step.deed === 'paste') for (const path of device.vault.files.keys()) this.ledger.pasted(taken, path === editor.path ? content : device.shown(path));
    if (step.deed === 'delete block' || step.deed === 'cut block' || (step.deed === 'paste' && /\^bw-/.test(taken))) {
      for (const { blockId } of regionsOf(content)) if (step.deed === 'delete block') this.ledger.ended(blockId);
    }
    if (step.deed === 'enter') this.ledger.split(device, editor.content, done);
    this.ledger.changed(device, path, content, editor.content, step.deed === 'join');
    return done;
  }

  private async open(device: SimDevice, path: string): Promise<void> {
    const editor = device.openEditor(path);
    await this.clock.until(() => editor.hold?.ready === true || !device.isUp, 10_000);
    if (editor.hold?.ready === true) this.ledger.read(editor.content);
  }

  private editFile(device: SimDevice, step: Step): string | null {
    if (device.editor !== null || (device.isUp && this.clock.now() < device.upAt)) return null;
    const path = [...device.vault.files.keys()].find((each) => regionsOf(device.shown(each)).length > 0);
    if (path === undefined) return null;
    const before = device.vault.text(path);
    const deed = step.deed === 'edit file' ? 'edit' : step.deed === 'tick in file' ? 'tick' : 'remove';
    const after = fileEdit(before, step, deed, () => this.mark(device, this.engine !== null));
    if (after === null) return null;
    device.vault.write(path, after);
    const now = after.replace(/\r\n/g, '\n');
    this.ledger.changed(device, path, before.replace(/\r\n/g, '\n'), now);
    const [made] = marksIn(now).filter(({ mark }) => !before.includes(mark));
    // A new line before the second one of a bullet parts it.
    if (made && now.split('\n').length > before.split('\n').length) this.ledger.split(device, now, made.mark);
    if (device.isUp && step.z < 0.8) device.peer.noteChanged(path);
    return path;
  }

  private moveNote(device: SimDevice, step: Step): string | null {
    // The engine copies what is in files: it knows of no names and deletions.
    if (this.sharesFiles(device)) return null;
    const paths = [...device.vault.files.keys()];
    const path = paths[Math.floor(step.x * paths.length)];
    if (path === undefined || paths.length < 2) return null;
    if (device.editor?.path === path) device.closeEditor();
    const text = device.vault.text(path);
    if (step.deed === 'rename note') {
      const to = `${step.y < 0.5 ? 'archive/' : ''}note ${Math.floor(step.z * 1000)}.md`;
      device.vault.files.delete(path);
      device.vault.write(to, text);
      this.ledger.forgets(device, path);
      this.ledger.knows(device, to, text.replace(/\r\n/g, '\n'));
      device.peer.noteRenamed(path, to);
      return `${path} to ${to}`;
    }
    if (regionsOf(text).length > 1) return null;
    device.vault.files.delete(path);
    this.ledger.forgets(device, path);
    device.peer.noteDeleted(path);
    return path;
  }

  async answer(device: SimDevice, questionId: string, answerId: string): Promise<void> {
    const question = device.peer.questions().find(({ id }) => id === questionId);
    if (answerId !== 'keep' && answerId !== 'restore' && answerId !== 'keep-newer' && answerId !== 'leave') for (const blockId of question?.blockIds ?? []) this.ledger.ended(blockId);
    await device.finished(device.peer.answer(questionId, answerId), 30_000);
  }

  /** Everything works again, all questions get their safe answer, and it must come to rest; then it is judged. */
  async quiet(): Promise<void> {
    await this.heal();
    if (this.engine) this.engine.isCalm = true;
    const settled = await this.rest();
    if (this.engine) this.engine.isCalm = false;
    if (!settled) {
      for (const device of this.devices) {
        const { phase, problem, unacknowledged, behind } = device.peer.status();
        if (phase !== 'live' || unacknowledged > 0) this.ledger.complain(`${device.name} does not come to rest: ${phase} ${problem?.code ?? ''}, ${unacknowledged} unacknowledged, ${behind} behind`);
      }
    }
    this.trace();
    await this.judge();
    this.note(`quiet: ${this.relay.log.rows(this.relay.space).length} entries`);
  }

  private async heal(): Promise<void> {
    this.relay.restart();
    this.relay.log.full = false;
    for (const device of this.devices) {
      device.full = false;
      device.spare();
      if (device.editor?.isComposing) {
        device.editor.isComposing = false;
        device.editor.hold?.composed();
      }
      // Who is done looks elsewhere: what is put right when the cursor leaves a line is put right.
      device.editor?.go(0);
      device.setOffline(false);
      if (!device.isUp) await device.start();
      device.peer.notify('visible');
    }
  }

  private async rest(): Promise<boolean> {
    for (let round = 0; round < 8; round++) {
      const live = await this.clock.until(() => this.devices.some(({ cloned }) => cloned) || this.isAllQuiet(), SETTLING);
      for (const device of this.devices) if (device.cloned) await this.renew(device);
      if (!live) return false;
      // A copy of a device that only listens is found when it connects again, as after sleep.
      for (const device of this.devices) if (device.isCopy) this.network.cut(device.id);
      for (const device of this.devices) for (const path of device.vault.files.keys()) if (path !== device.editor?.path) device.peer.noteChanged(path);
      // Longer than any hold of what a file or a cut took away.
      await this.pass(70_000);
      let asked = false;
      for (const device of this.devices) {
        for (const { id, kind, answers } of device.peer.questions()) {
          const [safe] = answers;
          if (safe === undefined) continue;
          asked = true;
          this.note(`${device.name} ${kind}: ${safe.id}`);
          await this.answer(device, id, safe.id);
        }
      }
      // A copy hears of what its twin did meanwhile in the next round.
      if (round === 0 && this.devices.some(({ isCopy }) => isCopy)) continue;
      if (!asked && this.isAllQuiet()) return true;
    }
    return false;
  }

  private isAllQuiet(): boolean {
    return this.devices.every((device) => this.isQuiet(device)) && (this.engine?.isIdle ?? true);
  }

  private isQuiet(device: SimDevice): boolean {
    const { phase, unacknowledged } = device.peer.status();
    return phase === 'live' && unacknowledged === 0 && !device.cloned;
  }

  private async judge(): Promise<void> {
    const shown = new Map<string, Map<string, string>>();
    for (const device of this.devices) shown.set(device.name, await this.blocksOf(device));
    const ids = new Set([...shown.values()].flatMap((blocks) => [...blocks.keys()]));
    const [first] = this.devices;
    if (first === undefined) return;
    this.share();
    for (const id of this.shared) this.unheard.delete(id);
    this.ledger.unheard(this.unheard);
    for (const id of ids) {
      if (this.unheard.has(id)) continue;
      const expected = shown.get(first.name)?.get(id);
      for (const device of this.devices) {
        const found = shown.get(device.name)?.get(id);
        if (found !== expected) this.ledger.complain(`[I3] ${id} on ${first.name} is\n${expected ?? 'nowhere'}\nand on ${device.name}\n${found ?? 'nowhere'}`);
        for (const problem of device.problems.splice(0)) if (!this.isExplained(problem)) this.ledger.complain(`[I9] ${device.name} has a problem: ${problem}`);
      }
    }
    for (const device of this.devices) for (const path of device.vault.files.keys()) this.ledger.checkOutside(device, path, device.shown(path), `when quiet at ${this.time()}`);
    this.watch.claims(this.devices, shown);
    this.watch.bounds(this.devices, this.relay);
    this.ledger.judge(shown);
  }

  /** Only a relay that was given an older backup has lost entries that others know of. */
  private isExplained(problem: string): boolean {
    return problem.startsWith('CLONED') || (problem.startsWith('SET_ASIDE_withheld') && this.relay.wasRestored);
  }

  /** [I7] Whoever comes new gets all of it from what the relay still holds. */
  private async newcomer(): Promise<void> {
    const [first] = this.devices;
    if (first === undefined) return;
    const expected = await this.blocksOf(first);
    const device = await this.join('New', this.devices.length);
    await this.clock.until(() => this.isQuiet(device), SETTLING);
    await this.pass(20_000);
    const found = await this.blocksOf(device);
    for (const [id, text] of expected) if (!this.unheard.has(id) && found.get(id) !== text) this.ledger.complain(`[I7] ${id} is\n${text}\nand on a new device\n${found.get(id) ?? 'nowhere'}`);
  }

  /** Every block of a device in its canonical form: in its notes, or in the inbox. */
  private async blocksOf(device: SimDevice): Promise<Map<string, string>> {
    const blocks = new Map<string, string>();
    for (const { blockId, text } of (await device.finished(device.peer.inbox(), 10_000)) ?? []) blocks.set(blockId, blockAlone(text));
    for (const path of device.vault.files.keys()) for (const [id, text] of blocksOf(device.shown(path))) blocks.set(id, text);
    return blocks;
  }

  /** With SIM_TRACE set, what every device shows goes to the log after each step. */
  private trace(): void {
    if (process.env['SIM_TRACE'] === undefined) return;
    for (const device of this.devices) {
      for (const path of device.vault.files.keys()) {
        if (/\^bw-|[\u4e00-\u9fff]/.test(device.shown(path))) this.note(`   ${device.name} ${device.isUp ? (device.editor?.path === path ? 'E' : 'F') : 'off'} ${path} |${device.shown(path).replace(/\n/g, '⏎')}`);
      }
    }
  }

  private credentials(): Credentials {
    return { secret: this.secret, epoch: 0, epochSecret: null, seed: createIdentity((n) => this.random.bytes(n)).seed, relays: ['http://127.0.0.1:1'] };
  }

  private blockCount(): number {
    return Math.max(...this.devices.map((device) => [...device.vault.files.keys()].reduce((sum, path) => sum + regionsOf(device.shown(path)).length, 0)));
  }

  private time(): string {
    return String(this.clock.now() - Date.UTC(2026, 10, 22));
  }
}

/** What one text has beyond another that it was made of by one insertion. */
function difference(before: string, after: string): string {
  let from = 0;
  while (from < before.length && before[from] === after[from]) from += 1;
  return after.slice(from, from + after.length - before.length);
}

function copyOf(disk: MemoryDisk): MemoryDisk {
  const copy = new MemoryDisk();
  copy.take([...disk.rows].flatMap(([table, rows]) => [...rows].map(([key, value]) => ({ table, key, value: value.slice() }))), 'strict');
  return copy;
}
