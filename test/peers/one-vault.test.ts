/** Two devices whose vaults are one, by another sync engine that copies the files late, in any order and half-written. */
import { MemoryVault } from './memory-vault';
import { countOf, TODAY } from './pair';
import { TestEditor } from './test-editor';
import type { Device } from './world';
import { World } from './world';

const NOTE = '# Day\n- tracking thoughts\n\t- first of them\n\t- second of them\n- stays here\n';

describe('one vault on two devices', () => {
  let world: World;
  let laptop: Device;
  let phone: Device;
  let here: TestEditor;

  const make = async (name: string): Promise<Device> => {
    const vault = new MemoryVault('daily', '\t', () => world.clock.now());
    vault.engine = 'iCloud Drive';
    vault.write(TODAY, NOTE);
    const device = await world.device(name, { vault });
    await device.live();
    return device;
  };
  const open = async (device: Device): Promise<TestEditor> => {
    const editor = TestEditor.open(device.peer, TODAY, device.vault.text(TODAY));
    await world.until('bound', () => editor.hold?.ready === true);
    return editor;
  };
  const save = (device: Device, editor: TestEditor): void => {
    device.vault.write(TODAY, editor.content);
    device.peer.noteChanged(TODAY);
  };
  /** The engine puts a file in place that was saved at that time. */
  const bring = (device: Device, text: string, mtime: number): void => {
    device.vault.files.set(TODAY, { text, mtime });
    device.peer.noteChanged(TODAY);
  };
  const there = (): string => phone.vault.text(TODAY);

  beforeEach(async () => {
    world = new World(5);
    laptop = await make('Laptop');
    phone = await make('Phone');
    here = await open(laptop);
    await laptop.peer.makeLive(TODAY, 1);
    save(laptop, here);
    await world.pass(5_000);
  });
  afterEach(() => world.end());

  it('a block that becomes live is in the other vault what stands there as plain text, and no second one', () => {
    expect(there()).toContain('^bw-');
    expect(countOf(there(), 'tracking')).toBe(1);
    expect(countOf(there(), 'second')).toBe(1);
  });

  it('half of a file, cut off in the id, and then an old one: nothing is taken out of the block that came back', async () => {
    const old = there();
    const saved = world.clock.now();
    here.typeAfter('second of them', ', and a half');
    here.typeAfter('and a half', '\n\t- third of them');
    save(laptop, here);
    await world.pass(5_000);
    expect(there()).toContain('third');
    bring(phone, old.slice(0, old.indexOf('^bw-') + 6), world.clock.now());
    await world.pass(40);
    bring(phone, old, saved);
    await world.pass(60_000);
    for (const text of [there(), here.content]) {
      expect(countOf(text, 'third of them')).toBe(1);
      expect(countOf(text, 'second of them, and a half')).toBe(1);
    }
  });

  it('a bullet of which half a file has the marker alone is no new one', async () => {
    const [old, saved] = [there(), world.clock.now()];
    here.typeAfter('first of them', ' all');
    await world.pass(5_000);
    for (let time = 0; time < 3; time += 1) {
      bring(phone, old.slice(0, old.indexOf('second')), world.clock.now());
      await world.pass(40);
      bring(phone, old, saved);
      await world.pass(5_000);
    }
    for (const text of [there(), here.content]) expect(text).not.toContain('\t- \n');
  });

  it('bullets without text that an old file has beyond the block are none', async () => {
    const [old, saved] = [there(), world.clock.now()];
    here.typeAfter('first of them', ' all');
    await world.pass(5_000);
    bring(phone, old.replace('\t- second', '\t- \n\t- \n\t- second'), saved);
    await world.pass(30_000);
    for (const text of [there(), here.content]) expect(text).not.toContain('\t- \n');
  });

  it('a late file brings nothing back that was deleted with the bullet above it', async () => {
    here.typeAfter('second of them', '\n\t\t- below it');
    save(laptop, here);
    const [old, saved] = [here.content, world.clock.now()];
    await world.pass(5_000);
    here.remove('\n\t- second of them\n\t\t- below it');
    await world.pass(5_000);
    // Another device put it under a bullet of its own meanwhile.
    bring(phone, old.replace('\t- second of them\n', '\t- other\n'), saved);
    await world.pass(60_000);
    for (const text of [there(), here.content]) {
      expect(countOf(text, 'below it')).toBe(0);
      expect(countOf(text, 'other')).toBe(1);
    }
  });

  it('words that a file brought into a bullet which was deleted since may come from their author', async () => {
    laptop.goOffline();
    here.typeAfter('second of them', ' in words');
    save(laptop, here);
    await world.pass(2_000);
    bring(phone, here.content, world.clock.now());
    await world.until('found', () => there().includes('in words'));
    await world.pass(3_000);
    const editor = await open(phone);
    editor.remove('\n\t- second of them in words');
    save(phone, editor);
    await world.pass(2_000);
    laptop.goOnline();
    await world.pass(10_000);
    expect(phone.problems).toEqual([]);
    expect(here.content).toBe(editor.content);
  });

  it('a bullet that came both ways, and that the app’s merge of them has twice, stands once', async () => {
    const editor = await open(phone);
    here.typeAfter('first of them', '\n\t- third of them\n\t\t- below it');
    await world.until('it is there', () => editor.content.includes('below it'));
    // The file brings the same, and the app adds that to what it has not saved yet.
    const twice = '\t- third of them\n\t\t- below it\n\t\t- and new\n';
    editor.replace(editor.content.indexOf('\t- second'), editor.content.indexOf('\t- second'), twice.replace('\t\t- and new\n', ''), 'outside');
    await world.pass(30_000);
    for (const text of [editor.content, here.content]) {
      expect(countOf(text, 'third of them')).toBe(1);
      expect(countOf(text, 'below it')).toBe(1);
    }
    editor.replace(editor.content.indexOf('\t- second'), editor.content.indexOf('\t- second'), twice, 'outside');
    await world.pass(30_000);
    for (const text of [editor.content, here.content]) expect(countOf(text, 'and new')).toBe(1);
  });

  it('half of a file in an open editor is not made whole before its other half is there: the app would have both', async () => {
    const whole = here.content;
    here.reload(whole.slice(0, whole.indexOf('second')));
    await world.pass(100);
    // The app merges what it finds with what is not saved yet: the editor is as it left it, so that it can load the rest.
    expect(here.content).not.toContain('second');
    here.reload(whole);
    await world.pass(5_000);
    expect(here.content).toBe(whole);
    here.reload(whole.slice(0, whole.indexOf('second')));
    await world.until('what a file lacks for good is put back', () => here.content.includes('second'));
  });
});
