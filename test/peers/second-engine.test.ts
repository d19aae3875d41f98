/**
 * Two people type in one block, and another sync engine (iCloud, Syncthing) carries the whole files of the same vault between their computers, late and out of
 * order: what it brings neither doubles a bullet nor takes one back.
 */
import { SimRandom } from '../sim/random';
import { countOf, idIn } from './pair';
import { TestEditor } from './test-editor';
import type { Device } from './world';
import { World } from './world';

const TODAY = 'daily/2026-11-22.md';
const SEEDS = 30;
const STEPS = 60;

class SharedVault {
  readonly world: World;
  readonly random: SimRandom;
  readonly devices: Device[] = [];
  readonly editors: (TestEditor | null)[] = [];
  readonly marks: string[] = [];
  readonly log: string[] = [];
  /** Saved files on their way: to which device, when they were saved. */
  private readonly travelling: { to: number; text: string; mtime: number }[] = [];

  constructor(readonly seed: number) {
    this.world = new World(seed);
    this.random = new SimRandom(seed);
  }

  async start(): Promise<void> {
    for (const name of ['One', 'Two']) {
      const device = await this.world.device(name, { folder: 'daily' });
      await device.live();
      this.devices.push(device);
      this.editors.push(null);
    }
    const [one, two] = this.devices;
    if (!one || !two) return;
    one.vault.write(TODAY, '# Day\n- thoughts\n\t- alpha\n\t- beta\n- behind\n');
    await this.open(0);
    await one.peer.makeLive(TODAY, 1);
    one.vault.write(TODAY, this.editors[0]?.content ?? '');
    two.vault.write(TODAY, one.vault.text(TODAY));
    two.peer.noteCreated(TODAY);
    await this.world.pass(5_000);
    expect(idIn(two.vault.text(TODAY))).toBe(idIn(one.vault.text(TODAY)));
  }

  async open(who: number): Promise<void> {
    const device = this.devices[who] as Device;
    const editor = TestEditor.open(device.peer, TODAY, device.vault.text(TODAY));
    this.editors[who] = editor;
    await this.world.until('bound', () => editor.hold?.ready === true);
  }

  async step(): Promise<void> {
    const who = this.random.below(2);
    const device = this.devices[who] as Device;
    const editor = this.editors[who];
    const deed = this.random.pick(editor ? ['type', 'type', 'type', 'enter', 'save', 'save', 'close', 'carry', 'carry'] : ['open', 'open', 'carry', 'carry', 'carry']);
    this.log.push(`${who} ${deed}`);
    if (deed === 'type' && editor) this.type(editor);
    else if (deed === 'enter' && editor) this.enter(editor);
    else if (deed === 'save') this.save(who);
    else if (deed === 'close') {
      this.save(who);
      editor?.hold?.close();
      this.editors[who] = null;
    } else if (deed === 'open') await this.open(who);
    else if (deed === 'carry') this.carry(who, device);
    await this.world.pass(this.random.pick([0, 50, 300, 1_500, 4_000, 25_000]));
    if (process.env.PEER_TRACE !== undefined) this.log.push(this.devices.map(({ vault }, i) => `   ${this.editors[i] ? 'E' : 'F'} ${(this.editors[i]?.content ?? vault.text(TODAY)).replace(/[^]*\^bw-\w+/, '').replace(/\n/g, '|')}`).join('\n'));
    // What the peer wrote into a closed note travels, too.
    this.devices.forEach((_, i) => this.send(i));
  }

  async settle(): Promise<void> {
    for (let i = 0; i < 2; i += 1) {
      if (this.editors[i]) this.save(i);
      this.editors[i]?.hold?.close();
      this.editors[i] = null;
    }
    await this.world.pass(10_000);
    // The engine ends with the newest file on both sides.
    for (let round = 0; round < 3; round += 1) {
      const newest = this.devices.map(({ vault }) => vault.files.get(TODAY)).sort((a, b) => (b?.mtime ?? 0) - (a?.mtime ?? 0))[0];
      for (const { vault, peer } of this.devices) {
        if (newest && vault.text(TODAY) !== newest.text) {
          vault.files.set(TODAY, { ...newest });
          peer.noteChanged(TODAY);
        }
      }
      await this.world.pass(60_000);
    }
  }

  private lines(text: string): { from: number; to: number }[] {
    const lines: { from: number; to: number }[] = [];
    let at = 0;
    for (const line of text.split('\n')) {
      if (line.startsWith('\t- ')) lines.push({ from: at, to: at + line.length });
      at += line.length + 1;
    }
    return lines;
  }

  private mark(): string {
    const mark = `m${this.marks.length + 1}.`;
    this.marks.push(mark);
    return mark;
  }

  private type(editor: TestEditor): void {
    const line = this.random.pick(this.lines(editor.content));
    let at = this.random.chance(0.5) ? line.to : line.from + 3;
    for (const letter of this.mark()) {
      editor.replace(at, at, letter);
      at += 1;
    }
  }

  private enter(editor: TestEditor): void {
    const line = this.random.pick(this.lines(editor.content));
    editor.replace(line.to, line.to, '\n\t- ');
    const at = line.to + 4;
    editor.replace(at, at, this.mark());
  }

  private readonly sent = new Map<number, string>();

  private save(who: number): void {
    const { vault, peer } = this.devices[who] as Device;
    const text = this.editors[who]?.content;
    if (text === undefined || vault.text(TODAY) === text) return;
    vault.write(TODAY, text);
    peer.noteChanged(TODAY);
    this.send(who);
  }

  private send(from: number): void {
    const file = (this.devices[from] as Device).vault.files.get(TODAY);
    if (!file || this.sent.get(from) === file.text) return;
    this.sent.set(from, file.text);
    this.travelling.push({ to: 1 - from, ...file });
  }

  /** One of the files on their way arrives, not always the oldest; what was saved before it may still come after it. */
  private carry(who: number, { vault, peer }: Device): void {
    const mine = this.travelling.filter(({ to }) => to === who);
    const file = mine.length > 0 ? mine[this.random.below(Math.min(3, mine.length))] : undefined;
    if (!file) return;
    this.travelling.splice(this.travelling.indexOf(file), 1);
    const editor = this.editors[who];
    vault.files.set(TODAY, { text: file.text, mtime: file.mtime });
    this.sent.set(who, file.text);
    // The app loads a changed file into its editor, whatever was typed there since.
    if (editor && editor.content !== file.text) editor.reload(file.text);
    else if (!editor) peer.noteChanged(TODAY);
  }
}

describe('a second sync engine over the same vault', () => {
  it.each(Array.from({ length: SEEDS }, (_, i) => i + 1))(
    'neither doubles a bullet nor takes one back (seed %i)',
    async (seed) => {
      const shared = new SharedVault(seed);
      try {
        await shared.start();
        for (let step = 0; step < STEPS; step += 1) await shared.step();
        await shared.settle();
        const wrong: string[] = [];
        shared.devices.forEach(({ vault, peer, problems }, i) => {
          const text = vault.text(TODAY);
          for (const mark of shared.marks) if (countOf(text, mark) !== 1) wrong.push(`${mark} stands ${countOf(text, mark)} times on ${i}`);
          if (countOf(text, 'alpha') !== 1 || countOf(text, '^bw-') !== 1) wrong.push('the note is damaged');
          wrong.push(...problems, ...peer.questions().map(({ kind }) => kind));
        });
        if (wrong.length > 0) wrong.push(...shared.devices.map(({ vault }) => vault.text(TODAY)), ...shared.log);
        expect(wrong.join('\n')).toBe('');
      } finally {
        await shared.world.end();
      }
    },
    20_000,
  );
});
