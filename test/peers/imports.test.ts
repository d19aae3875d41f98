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
});
