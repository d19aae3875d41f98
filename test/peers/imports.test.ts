/** A text is found in a file that another sync engine brought, before its author's own edits come: it stands once, with what both did. */
import { countOf } from './pair';
import { TestEditor } from './test-editor';
import type { Device } from './world';
import { World } from './world';

const TODAY = 'daily/2026-11-22.md';

class Carried {
  readonly world = new World(3);
  private devices: Device[] = [];

  async make(): Promise<[Device, Device]> {
    for (const name of ['Laptop', 'Phone']) {
      const device = await this.world.device(name);
      await device.live();
      this.devices.push(device);
    }
    const [laptop, phone] = this.devices as [Device, Device];
    laptop.vault.write(TODAY, '# Day\n- thoughts\n\t- buy bread and milk\n- behind\n');
    const editor = await this.open(laptop);
    await laptop.peer.makeLive(TODAY, 1);
    laptop.vault.write(TODAY, editor.content);
    this.carry(laptop, phone);
    await this.world.pass(5_000);
    editor.hold?.close();
    return [laptop, phone];
  }

  async open(device: Device): Promise<TestEditor> {
    const editor = TestEditor.open(device.peer, TODAY, device.vault.text(TODAY));
    await this.world.until('bound', () => editor.hold?.ready === true);
    return editor;
  }

  carry(from: Device, to: Device): void {
    const file = from.vault.files.get(TODAY);
    if (file) to.vault.files.set(TODAY, { ...file });
    to.peer.noteChanged(TODAY);
  }

  /** Another engine puts a text there that was saved ten seconds ago, and the app loads it. */
  replace(device: Device, editor: TestEditor, text: string): void {
    device.vault.files.set(TODAY, { text, mtime: this.world.clock.now() - 10_000 });
    device.peer.noteChanged(TODAY);
    editor.reload(text);
  }

  async settled(): Promise<string[]> {
    await this.world.pass(60_000);
    return this.devices.map(({ vault }) => vault.text(TODAY));
  }
}

describe('a file that is ahead of its author', () => {
  let carried: Carried;
  let laptop: Device;
  let phone: Device;

  beforeEach(async () => {
    carried = new Carried();
    [laptop, phone] = await carried.make();
  });
  afterEach(() => carried.world.end());

  /** The laptop writes where no relay hears it, and the other engine brings its file. */
  async function writtenOffline(): Promise<void> {
    laptop.goOffline();
    const editor = await carried.open(laptop);
    editor.typeAfter('and milk', ' today');
    editor.typeAfter('today', '\n\t- call mother');
    laptop.vault.write(TODAY, editor.content);
    editor.hold?.close();
    await carried.world.pass(500);
    carried.carry(laptop, phone);
    await carried.world.pass(5_000);
    expect(phone.vault.text(TODAY)).toContain('\t- buy bread and milk today\n\t- call mother\n');
  }

  test('words and bullets stand once when they come from their author', async () => {
    await writtenOffline();
    laptop.goOnline();
    for (const text of await carried.settled()) expect([countOf(text, 'today'), countOf(text, 'call mother')]).toEqual([1, 1]);
  });

  test('what was done with them meanwhile is done with the original', async () => {
    await writtenOffline();
    const editor = await carried.open(phone);
    editor.typeAfter('call mother', ' at noon');
    editor.typeAfter('at noon', '\n\t\t- about the letter');
    await carried.world.pass(1_000);
    laptop.goOnline();
    await carried.world.pass(5_000);
    phone.vault.write(TODAY, editor.content);
    editor.hold?.close();
    const [here, there] = await carried.settled();
    expect(here).toContain('\t- call mother at noon\n\t\t- about the letter\n- behind');
    expect(there).toBe(here);
  });

  test('what is typed into a copy after its author has put it right is in the original', async () => {
    await writtenOffline();
    const editor = await carried.open(phone);
    phone.goOffline();
    laptop.goOnline();
    await carried.world.pass(5_000);
    editor.typeAfter('call mother', ' at noon');
    phone.goOnline();
    await carried.world.pass(5_000);
    phone.vault.write(TODAY, editor.content);
    editor.hold?.close();
    for (const text of await carried.settled()) expect([countOf(text, 'call mother'), countOf(text, ' at noon')]).toEqual([1, 1]);
  });

  test('what is typed at the beginning of a copy stays there, once, where its author had it from the file and put the copy right first', async () => {
    await writtenOffline();
    const editor = await carried.open(phone);
    phone.goOffline();
    editor.replace(editor.content.indexOf('call mother'), editor.content.indexOf('call mother'), 'please ');
    phone.vault.write(TODAY, editor.content);
    editor.hold?.close();
    await carried.world.pass(5_000);
    carried.carry(phone, laptop);
    laptop.goOnline();
    await carried.world.pass(10_000);
    phone.goOnline();
    for (const text of await carried.settled()) expect(text).toContain('\t- please call mother\n- behind');
  });

  test('words that come in two files, with some of the other device between, stand once', async () => {
    laptop.goOffline();
    const [here, there] = [await carried.open(laptop), await carried.open(phone)];
    here.typeAfter('and milk', ' today');
    carried.replace(phone, there, here.content);
    await carried.world.pass(1_000);
    there.typeAfter('milk today', ' monday');
    here.typeAfter('milk today', ' tuesday');
    carried.replace(phone, there, here.content);
    await carried.world.pass(1_000);
    carried.replace(laptop, here, there.content);
    await carried.world.pass(1_000);
    laptop.goOnline();
    await carried.world.pass(60_000);
    expect(here.content).toBe(there.content);
    for (const word of ['today', 'monday', 'tuesday']) expect([word, countOf(here.content, word)]).toEqual([word, 1]);
  });

  test('on a device that is off while the author comes back', async () => {
    await writtenOffline();
    const { vault, disk, credentials } = phone;
    await phone.stop();
    laptop.goOnline();
    await carried.world.pass(5_000);
    await carried.world.device('Phone', { vault, disk, credentials });
    await carried.world.pass(60_000);
    for (const text of [laptop.vault.text(TODAY), vault.text(TODAY)]) expect([countOf(text, 'today'), countOf(text, 'call mother')]).toEqual([1, 1]);
  });

  test('a bullet that somebody types though the same is there stays', async () => {
    phone.vault.write(TODAY, phone.vault.text(TODAY).replace('\n- behind', '\n\t- coffee\n- behind'));
    phone.peer.noteChanged(TODAY);
    await carried.world.pass(120_000);
    const editor = await carried.open(laptop);
    editor.typeAfter('coffee', '\n\t- coffee');
    await carried.world.pass(5_000);
    laptop.vault.write(TODAY, editor.content);
    editor.hold?.close();
    for (const text of await carried.settled()) expect(countOf(text, '- coffee')).toBe(2);
  });

  /** Both know each other's text; then the laptop goes on where no relay hears it, with a file that lacks what the phone types meanwhile. */
  async function apart(): Promise<TestEditor> {
    laptop.goOffline();
    const [here, there] = [await carried.open(laptop), await carried.open(phone)];
    there.typeAfter('bread', ' rolls');
    there.typeAfter('and milk', '\n\t- ask about the garden');
    await carried.world.pass(30_000);
    here.typeAfter('and milk', ' today');
    laptop.vault.write(TODAY, here.content);
    here.hold?.close();
    await carried.world.pass(10_000);
    return there;
  }

  test('takes no word and no bullet back that its author can not know', async () => {
    const editor = await apart();
    phone.vault.write(TODAY, editor.content);
    editor.hold?.close();
    await carried.world.pass(5_000);
    carried.carry(laptop, phone);
    await carried.world.pass(120_000);
    expect(phone.vault.text(TODAY)).toContain('\t- buy bread rolls and milk today\n\t- ask about the garden\n');
  });

  test('nor when the app loads it into an editor', async () => {
    const editor = await apart();
    const file = laptop.vault.files.get(TODAY) as { text: string; mtime: number };
    phone.vault.files.set(TODAY, { ...file });
    editor.reload(file.text);
    phone.peer.noteChanged(TODAY);
    expect(phone.peer.sharesFiles()).toBe(false);
    await carried.world.pass(120_000);
    expect(phone.peer.sharesFiles()).toBe(true);
    expect(editor.content).toContain('\t- buy bread rolls and milk today\n\t- ask about the garden\n');
  });

  test.each(['today', 'today\n\t- call mother'])('adds what it has once where both devices meet a block in it that had left the note (%j)', async (words) => {
    const text = phone.vault.text(TODAY);
    const both = async (now: string): Promise<void> => {
      for (const device of [laptop, phone]) device.goOffline();
      laptop.vault.write(TODAY, now);
      laptop.peer.noteChanged(TODAY);
      carried.carry(laptop, phone);
      await carried.world.pass(5_000);
      for (const device of [laptop, phone]) device.goOnline();
      await carried.world.pass(5_000);
    };
    await both('# Day\n- behind\n');
    await both(text.replace('and milk', `and milk ${words}`));
    for (const now of await carried.settled()) expect([countOf(now, 'today'), countOf(now, 'call mother')]).toEqual([1, words === 'today' ? 0 : 1]);
  });

  test('is no sign of another engine where it was written while this app was not looking', async () => {
    phone.peer.notify('hidden');
    await carried.world.pass(20_000);
    phone.vault.files.set(TODAY, { text: phone.vault.text(TODAY).replace('milk', 'oat milk'), mtime: carried.world.clock.now() - 10_000 });
    phone.peer.notify('visible');
    phone.peer.noteChanged(TODAY);
    await carried.world.pass(30_000);
    expect(phone.peer.sharesFiles()).toBe(false);
  });

  test('adds words once that two files hold in another order', async () => {
    const editor = await apart();
    const first = laptop.vault.text(TODAY);
    carried.replace(phone, editor, first.replace('milk today', 'milk monday today'));
    await carried.world.pass(1_000);
    carried.replace(phone, editor, first.replace('milk today', 'milk today monday'));
    await carried.world.pass(120_000);
    expect(editor.content).toContain('\t- buy bread rolls and milk monday today\n');
  });

  test('is not what its author deletes and writes again a moment later', async () => {
    const editor = await carried.open(phone);
    laptop.vault.write(TODAY, laptop.vault.text(TODAY).replace('- behind', '\t- call mother\n- behind'));
    laptop.peer.noteChanged(TODAY);
    await carried.world.until('the phone has it', () => editor.content.includes('\t- call mother'));
    editor.remove('\n\t- call mother');
    await carried.world.until('it is gone from the laptop', () => !laptop.vault.text(TODAY).includes('mother'));
    editor.typeAfter('milk', '\n\t- call mother');
    await carried.world.pass(60_000);
    phone.vault.write(TODAY, editor.content);
    for (const text of await carried.settled()) expect(countOf(text, 'call mother')).toBe(1);
    expect(editor.content).toContain('\t- call mother');
  });
});
