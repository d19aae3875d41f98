/** Two devices of one space, and the note with a live block that most rules are about. */
import type { Device, DeviceOptions } from './world';
import { World } from './world';
import { TestEditor } from './test-editor';

export const NOTE = '# Sunday\n- tracking thoughts\n\t- first\n\t- second\n- stays here\n';
export const TODAY = 'daily/2026-11-22.md';
export const JOURNAL = 'journal/2026-11-22.md';

export class Pair {
  private constructor(
    readonly world: World,
    public laptop: Device,
    public phone: Device,
  ) {}

  static async make(seed = 7, options: { laptop?: Partial<DeviceOptions>; phone?: Partial<DeviceOptions> } = {}): Promise<Pair> {
    const world = new World(seed);
    const laptop = await world.device('Laptop', { folder: 'daily', ...options.laptop });
    const phone = await world.device('Phone', { folder: 'journal', indent: '    ', ...options.phone });
    await laptop.live();
    await phone.live();
    return new Pair(world, laptop, phone);
  }

  async end(): Promise<void> {
    await this.world.end();
  }

  async open(device: Device, path: string): Promise<TestEditor> {
    const editor = TestEditor.open(device.peer, path, device.vault.text(path).replace(/\r\n/g, '\n'));
    await this.world.until(`${path} is bound`, () => editor.hold?.ready === true);
    return editor;
  }

  /** The laptop's note with its block made live, in an editor. */
  async live(note = NOTE): Promise<TestEditor> {
    this.laptop.vault.write(TODAY, note);
    const editor = await this.open(this.laptop, TODAY);
    editor.goTo('tracking');
    editor.typeAfter('tracking thoughts', ' #live');
    editor.goTo('stays here');
    return editor;
  }

  /** The same, landed in the phone's note, which no editor has. */
  async landed(there = '', note = NOTE): Promise<TestEditor> {
    this.phone.vault.write(JOURNAL, there);
    const editor = await this.live(note);
    await this.world.until('it landed', () => this.phone.vault.text(JOURNAL).includes('tracking'));
    await this.world.pass(500);
    return editor;
  }

  /** As `landed`, with both notes in editors. */
  async both(there = '', note = NOTE): Promise<[TestEditor, TestEditor]> {
    const here = await this.landed(there, note);
    return [here, await this.open(this.phone, JOURNAL)];
  }

  /** Saves an editor's text as the app does, and closes it. */
  async close(device: Device, path: string, editor: TestEditor): Promise<void> {
    device.vault.write(path, editor.content);
    editor.hold?.close();
    device.peer.noteChanged(path);
    await this.world.pass(4_000);
  }

  /** Another program writes a file. */
  outside(device: Device, path: string, text: string): void {
    const isNew = !device.vault.files.has(path);
    device.vault.write(path, text);
    if (isNew) device.peer.noteCreated(path);
    else device.peer.noteChanged(path);
  }

  /** Writes one of the laptop's files while nothing runs. */
  outsideOff(path: string, text: string): void {
    this.world.clock.advance(60_000);
    this.laptop.vault.write(path, text);
  }

  remove(device: Device, path: string): void {
    device.vault.files.delete(path);
    device.peer.noteDeleted(path);
  }

  /** Stops a device and starts it again on the same store and vault. `meanwhile` runs while it is off. */
  async restart(device: Device, meanwhile: () => void = () => undefined): Promise<Device> {
    await device.stop();
    meanwhile();
    return this.startAgain(device);
  }

  /** As `restart`, without a proper end: power is cut, and of what the disk had not made safe, `kept` batches survive. */
  async crash(device: Device, kept = Infinity, meanwhile: () => void = () => undefined): Promise<Device> {
    device.die(kept);
    meanwhile();
    return this.startAgain(device);
  }

  private async startAgain(device: Device): Promise<Device> {
    const again = await this.world.device(device.name, { vault: device.vault, disk: device.disk, credentials: device.credentials, settings: device.settings, isMetered: device.isMetered, ...(device.files && { files: device.files }) });
    if (device === this.laptop) this.laptop = again;
    else this.phone = again;
    await again.live();
    return again;
  }
}

/** The block id in a text. */
export function idIn(text: string): string {
  const id = /\^(bw-[a-z2-7]{12})/.exec(text)?.[1];
  if (id === undefined) throw new Error(`No id in:\n${text}`);
  return id;
}

/** A text without ids. */
export function bare(text: string): string {
  return text.replace(/ \^bw-[a-z2-7]{12}/g, '');
}

export function countOf(text: string, part: string): number {
  return text.split(part).length - 1;
}
