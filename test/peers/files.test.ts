/** Files that live blocks link, between whole peers: found, sent, put, never overwritten, kept up. The rules are in src/peer/files/SPEC.md. */
import { aliasOf, deriveSpace } from '../../src/crypto';
import { LiveDocument } from '../../src/document';
import type { Alias } from '../../src/protocol';
import { pendingKey, pendingRow } from '../../src/sync/rows';
import { bytesOf, hashOf, MemoryFiles } from './memory-files';
import { bare, idIn, JOURNAL, Pair, TODAY } from './pair';
import type { Device } from './world';

/** Puts an entry into a device's outgoing updates that its own program would never make. */
function forge({ credentials, disk, world }: Device, blockId: string, target: string, content: string): void {
  const alias = aliasOf(deriveSpace(credentials.secret).aliasKey, blockId) as Alias;
  const updates = [...(disk.rows.get('updates') ?? [])].flatMap(([key, value]) => (key.startsWith(alias) ? [value] : []));
  const document = LiveDocument.load(77, disk.rows.get('bases')?.get(alias) ?? null, updates);
  const update = document.setFile(target, { hash: hashOf(bytesOf(content)), size: content.length, was: [], lost: false });
  const key = pendingKey(alias, 999_999);
  const { value } = pendingRow({ key, time: world.clock.now(), digest: document.digest(), update });
  if (value) disk.rows.get('pending')?.set(key, value);
}

const DAY = 24 * 60 * 60 * 1000;
const MB = 1024 * 1024;
const six = (text: string): string => hashOf(bytesOf(text)).slice(0, 6);
const ON = { largestFile: 200 * MB };

describe('files of live blocks', () => {
  let pair: Pair;
  let laptopFiles: MemoryFiles;
  let phoneFiles: MemoryFiles;
  const start = async (settings = ON): Promise<void> => {
    const now = (): number => pair.world.clock.now();
    [laptopFiles, phoneFiles] = [new MemoryFiles(now), new MemoryFiles(now)];
    pair = await Pair.make(7, { laptop: { files: laptopFiles, settings }, phone: { files: phoneFiles, settings } });
  };
  beforeEach(() => start());
  afterEach(() => pair.end());

  const until = (what: string, holds: () => boolean): Promise<void> => pair.world.until(what, holds);
  const table = (device: Device): string => device.peer.files().map(({ target, direction, state, problem }) => `${target} ${direction} ${problem?.code ?? state}`).join('\n');
  const shows = (device: Device, text: string): Promise<void> => until(`${device.name} says ${text}`, () => table(device) === text);
  const has = (files: MemoryFiles, path: string, text: string): Promise<void> => until(`${path} is ${text}`, () => files.text(path) === text);
  const note = (device: Device): string => bare(device.vault.text(device === pair.phone ? JOURNAL : TODAY));
  /** A block with a picture on both devices. */
  const shared = async (link = '![[photo.jpg]]', path = 'img/photo.jpg'): ReturnType<Pair['landed']> => {
    laptopFiles.put(path, 'the picture');
    const editor = await pair.landed();
    editor.typeAfter('- first', ` ${link}`);
    await until('it is here', () => phoneFiles.paths().length > 0);
    await pair.world.pass(2_000);
    return editor;
  };

  /** Nothing runs for days, and then the laptop for ten minutes. */
  const afterDays = async (count: number): Promise<void> => {
    await pair.phone.stop();
    await pair.restart(pair.laptop, () => pair.world.clock.advance(count * DAY));
    for (let step = 0; step < 130; step += 1) {
      await until('it is live', () => pair.laptop.peer.status().phase === 'live');
      pair.world.clock.advance(5_000); // shorter than what the engine waits for an answer
      for (let turn = 0; turn < 6; turn += 1) await new Promise(setImmediate);
    }
  };

  it.each([
    ['![[photo.jpg]]', 'img/photo.jpg', 'attachments/photo.jpg'],
    ['![[photo.jpg|300]]', 'photo.jpg', 'attachments/photo.jpg'],
    ['[[papers/paper.pdf#page=2|see]]', 'papers/paper.pdf', 'papers/paper.pdf'],
    ['![](../media/a%20voice.m4a)', 'media/a voice.m4a', 'media/a voice.m4a'],
  ])('come along with a link that is typed, %s, and the link works on both sides [A5, A6]', async (link, here, there) => {
    await shared(link, here);
    expect(phoneFiles.text(there)).toBe('the picture');
    expect([laptopFiles.paths(), phoneFiles.paths()]).toEqual([[here], [there]]);
    expect(note(pair.phone)).toContain(`- first ${link}`);
    expect([table(pair.laptop), table(pair.phone)]).toEqual(['', '']);
    expect(pair.world.files.log).toEqual([`Laptop up ${six('the picture')}`, `Phone down ${six('the picture')}`]);
  });

  it('come along with a block that had them when it was made live, and with links that stood there before the feature was', async () => {
    laptopFiles.put('a.png', 'A');
    await pair.landed('', '# Sunday\n- tracking thoughts\n\t- ![[a.png]]\n- stays here\n');
    await has(phoneFiles, 'attachments/a.png', 'A');
  });

  it('are not taken while they are still being written', async () => {
    const editor = await pair.landed();
    laptopFiles.put('film.mp4', 'the first half');
    editor.typeAfter('- first', ' ![[film.mp4]]');
    for (let part = 0; part < 5; part += 1) {
      await pair.world.pass(600);
      laptopFiles.put('film.mp4', 'the first half and more'.slice(0, 16 + part));
    }
    expect(pair.world.files.log).toEqual([]);
    laptopFiles.put('film.mp4', 'the whole film');
    await has(phoneFiles, 'attachments/film.mp4', 'the whole film');
    expect(pair.world.files.log).toEqual([`Laptop up ${six('the whole film')}`, `Phone down ${six('the whole film')}`]);
  });

  it('never leave a device for a link that another one made [A4]', async () => {
    laptopFiles.put('taxes.pdf', 'private');
    const [, there] = await pair.both();
    there.typeAfter('- first', ' [[taxes.pdf]]');
    await until('the laptop has the link', () => pair.laptop.vault.text(TODAY).length > 0 && table(pair.phone) === '');
    await pair.world.pass(20_000);
    expect(pair.world.files.log).toEqual([]);
    await pair.restart(pair.laptop);
    await pair.world.pass(10_000);
    expect(pair.world.files.log).toEqual([]);
  });

  it('wait for their block, and for the connection [A5]', async () => {
    const editor = await pair.landed();
    pair.laptop.goOffline();
    laptopFiles.put('photo.jpg', 'the picture');
    editor.typeAfter('- first', ' ![[photo.jpg]]');
    await shows(pair.laptop, 'photo.jpg up waiting');
    expect(editor.hold?.blocks[0]?.transfer).toBe('photo.jpg waits');
    expect(pair.world.files.log).toEqual([]);
    pair.laptop.goOnline();
    await has(phoneFiles, 'attachments/photo.jpg', 'the picture');
    await shows(pair.laptop, '');
  });

  it('are shown with how far they are, in the status and in the note’s mark; a link that goes ends it', async () => {
    const [editor] = await pair.both();
    pair.world.files.hold();
    laptopFiles.put('photo.jpg', 'x'.repeat(1_000));
    editor.typeAfter('- first', ' ![[photo.jpg]]');
    await shows(pair.laptop, 'photo.jpg up moving');
    expect(pair.laptop.peer.files()).toMatchObject([{ note: TODAY, size: 1_000, done: 500, problem: null, again: null }]);
    expect(editor.hold?.blocks[0]?.transfer).toBe('photo.jpg, 50 %');
    editor.remove(' ![[photo.jpg]]');
    await shows(pair.laptop, '');
    pair.world.files.go();
    await pair.world.pass(5_000);
    expect(pair.world.files.kept.size).toBe(0);
  });

  it('go on after the program was ended in the middle', async () => {
    const editor = await pair.landed();
    pair.world.files.hold();
    laptopFiles.put('photo.jpg', 'the picture');
    editor.typeAfter('- first', ' ![[photo.jpg]]');
    await shows(pair.laptop, 'photo.jpg up moving');
    await pair.crash(pair.laptop);
    pair.world.files.go();
    await has(phoneFiles, 'attachments/photo.jpg', 'the picture');
  });

  it('of which a program that was killed had written a part are finished, and nothing else that came there is touched', async () => {
    const editor = await pair.landed();
    for (const own of [false, true]) {
      const name = own ? 'second.jpg' : 'first.jpg';
      phoneFiles.endsAfter = 5;
      laptopFiles.put(name, `the picture ${name}`);
      editor.typeAfter('- first', ` ![[${name}]]`);
      await has(phoneFiles, `attachments/${name}`, 'the p');
      phoneFiles.endsAfter = null;
      await pair.crash(pair.phone, Infinity, () => own && phoneFiles.put(`attachments/${name}`, 'mine'));
      await has(phoneFiles, own ? `attachments/second-${six(`the picture ${name}`)}.jpg` : `attachments/${name}`, `the picture ${name}`);
    }
    expect(phoneFiles.text('attachments/second.jpg')).toBe('mine');
    expect(bare(editor.content)).toContain('![[first.jpg]]');
  });

  it.each(['![[photo.jpg]]', '![x](photo.jpg "t")', '![](<photo.jpg>)'])('of the same name leave the other one alone: %s gets a name that says which it is [A7]', async (link) => {
    phoneFiles.put('mine/photo.jpg', 'another picture');
    laptopFiles.put('img/photo.jpg', 'the picture');
    const editor = await pair.landed();
    editor.typeAfter('- first', ` ${link}`);
    const name = `photo-${six('the picture')}.jpg`;
    await has(phoneFiles, `attachments/${name}`, 'the picture');
    await has(laptopFiles, `attachments/${name}`, 'the picture');
    await pair.world.pass(5_000);
    for (const text of [bare(editor.content), note(pair.phone)]) expect(text).toContain(`- first ${link.replace('photo.jpg', name)}`);
    expect([laptopFiles.text('img/photo.jpg'), phoneFiles.text('mine/photo.jpg')]).toEqual(['the picture', 'another picture']);
    expect(pair.world.files.log).toHaveLength(2);
    expect([table(pair.laptop), table(pair.phone)]).toEqual(['', '']);
    expect(pair.phone.problems.join()).toContain('FILE_RENAMED');
  });

  it('of the same name, linked on two devices at once, both stay in the block, each in its own bullet [A7]', async () => {
    const [here, there] = await pair.both();
    pair.laptop.goOffline();
    pair.phone.goOffline();
    laptopFiles.put('photo.jpg', 'from the laptop');
    phoneFiles.put('photo.jpg', 'from the phone');
    here.typeAfter('- first', '\n\t- L ![[photo.jpg]]');
    there.typeAfter('- second', '\n    - P ![[photo.jpg]]');
    await pair.world.pass(2_000);
    pair.laptop.goOnline();
    pair.phone.goOnline();
    const settled = (): boolean => [here, there].every(({ content }) => content.includes('- L ![[photo-') || content.includes('- P ![[photo-')) && bare(here.content).replace(/\t/g, '    ').includes(bare(there.content).trim().slice(-20));
    await until('it is settled', settled);
    await pair.world.pass(20_000);
    for (const [label, text] of [['L', 'from the laptop'], ['P', 'from the phone']] as const) {
      const name = new RegExp(`- ${label} !\\[\\[(.*?)\\]\\]`).exec(here.content)?.[1] ?? '';
      expect(there.content).toContain(`- ${label} ![[${name}]]`);
      for (const files of [laptopFiles, phoneFiles]) expect([label, files.text((await files.follow(name, TODAY)) ?? '')]).toEqual([label, text]);
    }
    expect([laptopFiles.text('photo.jpg'), phoneFiles.text('photo.jpg')]).toEqual(['from the laptop', 'from the phone']);
  });

  it('of the same name on two devices that meet the clash at once get one new name [A7]', async () => {
    const files = new MemoryFiles(() => pair.world.clock.now());
    const third = await pair.world.device('Tablet', { folder: 'journal', files, settings: ON });
    await third.live();
    third.vault.write(JOURNAL, '');
    for (const one of [files, phoneFiles]) one.put('photo.jpg', 'another picture');
    laptopFiles.put('photo.jpg', 'the picture');
    const editor = await pair.landed();
    editor.typeAfter('- first', ' ![[photo.jpg]]');
    const name = `photo-${six('the picture')}.jpg`;
    for (const one of [files, phoneFiles]) await has(one, `attachments/${name}`, 'the picture');
    await pair.world.pass(10_000);
    expect(bare(editor.content)).toContain(`- first ![[${name}]]\n`);
    expect(bare(third.vault.text(JOURNAL))).toContain(`- first ![[${name}]]\n`);
    expect(files.text('photo.jpg')).toBe('another picture');
  });

  it.each([
    ['another file in another case', (): void => void phoneFiles.put('attachments/PHOTO.JPG', 'another picture')],
    ['a folder', (): void => void phoneFiles.folders.add('attachments/photo.jpg')],
  ])('whose place is taken by %s are put beside it [A6]', async (what, take) => {
    take();
    laptopFiles.put('photo.jpg', 'the picture');
    const editor = await pair.landed();
    editor.typeAfter('- first', ' ![[photo.jpg]]');
    await has(phoneFiles, `attachments/photo-${six('the picture')}.jpg`, 'the picture');
    expect(phoneFiles.text('attachments/PHOTO.JPG')).toBe(what === 'a folder' ? undefined : 'another picture');
  });

  it('that are not downloaded yet are left alone until they are [A6]', async () => {
    phoneFiles.placeholders.add('attachments/photo.jpg');
    laptopFiles.put('photo.jpg', 'the picture');
    const editor = await pair.landed();
    editor.typeAfter('- first', ' ![[photo.jpg]]');
    await shows(pair.phone, 'photo.jpg down FILE_WAITING');
    phoneFiles.placeholders.clear();
    phoneFiles.put('attachments/photo.jpg', 'the picture');
    await shows(pair.phone, '');
    expect(bare(editor.content)).toContain('- first ![[photo.jpg]]\n');
  });

  it.each([
    ['![](../../x.png)', '../../x.png'],
    ['[[.obsidian/plugins/x/main.js]]', '.obsidian/plugins/x/main.js'],
    ['![](/../x.png)', '/../x.png'],
    ['[[con.png]]', 'con.png'],
    ['![[a?.png]]', 'a?.png'],
  ])('are not taken where %s of a hostile device leads, and that is told [A3]', async (link, target) => {
    const editor = await pair.landed();
    editor.typeAfter('- first', ` ${link}`);
    await until('the link is there', () => note(pair.phone).includes(link));
    pair.world.files.kept.set(hashOf(bytesOf('evil')), bytesOf('evil'));
    await pair.restart(pair.laptop, () => forge(pair.laptop, idIn(editor.content), target, 'evil'));
    await shows(pair.phone, `${target} down FILE_NAME`);
    await pair.world.pass(2_000);
    expect([phoneFiles.paths(), pair.world.files.log]).toEqual([[], []]);
  });

  it('that change are changed on the others, and as long as they know what they had [A8]', async () => {
    await shared();
    pair.world.clock.advance(5_000);
    laptopFiles.put('img/photo.jpg', 'the picture, brighter');
    await has(phoneFiles, 'attachments/photo.jpg', 'the picture, brighter');
    pair.world.clock.advance(5_000);
    phoneFiles.put('attachments/photo.jpg', 'the picture, cropped');
    await has(laptopFiles, 'img/photo.jpg', 'the picture, cropped');
    // Its user puts the first one back; another engine puts the second one back, late.
    pair.world.clock.advance(5_000);
    laptopFiles.put('img/photo.jpg', 'the picture');
    await has(phoneFiles, 'attachments/photo.jpg', 'the picture');
    await pair.world.pass(5_000);
    phoneFiles.put('attachments/photo.jpg', 'the picture, brighter', pair.world.clock.now() - DAY);
    await has(phoneFiles, 'attachments/photo.jpg', 'the picture');
    expect(laptopFiles.paths()).toEqual(['img/photo.jpg']);
  });

  it('are not replaced by another one to which the link comes to lead: that is its user’s own [A8]', async () => {
    const editor = await shared();
    laptopFiles.put('a/photo.jpg', 'private');
    await pair.world.pass(5_000);
    laptopFiles.remove('img/photo.jpg');
    const name = `photo-${six('the picture')}.jpg`;
    await until('the link is another', () => editor.content.includes(name));
    await has(laptopFiles, `attachments/${name}`, 'the picture');
    await pair.world.pass(5_000);
    expect([...pair.world.files.kept.keys()]).toEqual([hashOf(bytesOf('the picture'))]);
    expect(laptopFiles.text('a/photo.jpg')).toBe('private');
  });

  it('that change on two devices at once are both kept [A7, A8]', async () => {
    const editor = await shared();
    for (const device of [pair.laptop, pair.phone]) device.goOffline();
    pair.world.clock.advance(5_000);
    laptopFiles.put('img/photo.jpg', 'brighter');
    phoneFiles.put('attachments/photo.jpg', 'cropped');
    await pair.world.pass(2_000);
    for (const device of [pair.laptop, pair.phone]) device.goOnline();
    await until('the link is another', () => editor.content.includes('![[photo-'));
    await pair.world.pass(20_000);
    const name = /!\[\[(.*?)\]\]/.exec(editor.content)?.[1] ?? '';
    const [here, there] = await Promise.all([laptopFiles, phoneFiles].map(async (files) => files.text((await files.follow(name, TODAY)) ?? '')));
    expect(here).toBe(there);
    expect(['brighter', 'cropped']).toContain(here);
    expect([laptopFiles.text('img/photo.jpg'), phoneFiles.text('attachments/photo.jpg')]).toEqual(['brighter', 'cropped']);
  });

  it('that another engine shares already are not fetched', async () => {
    for (const files of [laptopFiles, phoneFiles]) files.put('photo.jpg', 'the picture');
    const editor = await pair.landed();
    editor.typeAfter('- first', ' ![[photo.jpg]]');
    await until('it was sent', () => pair.world.files.kept.size === 1);
    await pair.world.pass(10_000);
    expect(pair.world.files.log).toEqual([`Laptop up ${six('the picture')}`]);
  });

  it('that were deleted here are not fetched again unless their user says so [A9]', async () => {
    await shared();
    phoneFiles.remove('attachments/photo.jpg');
    await shows(pair.phone, 'photo.jpg down FILE_DELETED');
    expect((await pair.open(pair.phone, JOURNAL)).hold?.blocks[0]?.transfer).toBeUndefined();
    await pair.restart(pair.phone);
    await shows(pair.phone, 'photo.jpg down FILE_DELETED');
    expect(phoneFiles.paths()).toEqual([]);
    const [file] = pair.phone.peer.files();
    expect(file?.again).toBe('Fetch again');
    pair.phone.peer.retryFile(file?.id ?? '');
    await has(phoneFiles, 'attachments/photo.jpg', 'the picture');
  });

  it('are read once, however often their blocks are looked at', async () => {
    const editor = await shared();
    const reads = laptopFiles.reads.get('img/photo.jpg');
    editor.typeAfter('- second', ' ![[photo.jpg]] again');
    await pair.world.pass(5_000);
    await pair.restart(pair.laptop);
    await pair.world.pass(5_000);
    expect(laptopFiles.reads.get('img/photo.jpg')).toBe(reads);
    expect(pair.world.files.log).toHaveLength(2);
  });

  it('that the relay has lost are sent again by who has them [A10]', async () => {
    const third = new MemoryFiles(() => pair.world.clock.now());
    await shared();
    pair.world.files.kept.clear();
    const tablet = await pair.world.device('Tablet', { folder: 'journal', files: third, settings: ON });
    tablet.vault.write(JOURNAL, '');
    tablet.peer.noteCreated(JOURNAL);
    await shows(tablet, 'photo.jpg down MISSING');
    await has(third, 'attachments/photo.jpg', 'the picture');
  });

  it('that no block links for 30 days go from the relay, not from the vaults [A11]', async () => {
    const editor = await shared();
    const hash = hashOf(bytesOf('the picture'));
    editor.remove(' ![[photo.jpg]]');
    await pair.close(pair.laptop, TODAY, editor);
    await afterDays(1);
    await afterDays(29);
    expect(pair.world.files.dropped).toEqual([]);
    await afterDays(2);
    expect(pair.world.files.dropped).toEqual([hash]);
    expect([laptopFiles.paths(), phoneFiles.paths()]).toEqual([['img/photo.jpg'], ['attachments/photo.jpg']]);
    // And linked again, it comes again.
    const again = await pair.open(pair.laptop, TODAY);
    again.typeAfter('- first', ' ![[photo.jpg]]');
    await until('it was sent again', () => pair.world.files.kept.has(hash));
  });

  it('of a deleted block stay at the relay as long as it can be had back [A11]', async () => {
    const editor = await shared();
    editor.remove(/- tracking[\s\S]*second\n/.exec(editor.content)?.[0] ?? '?');
    await until('it is deleted', () => !pair.phone.vault.text(JOURNAL).includes('tracking'));
    await afterDays(1);
    await afterDays(28);
    expect(pair.world.files.dropped).toEqual([]);
    await pair.restart(pair.phone);
    const [block] = await pair.phone.peer.trashedBlocks();
    phoneFiles.remove('attachments/photo.jpg');
    pair.phone.peer.restoreBlock(block?.blockId ?? '');
    await until('it is back', () => note(pair.phone).includes('![[photo.jpg]]'));
    expect(pair.world.files.kept.size).toBe(1);
  });

  it('that the relay has no room for are told of, and tried again on demand and by themselves [A12]', async () => {
    pair.world.files.refusal = 'SPACE_FULL';
    laptopFiles.put('photo.jpg', 'the picture');
    const editor = await pair.landed();
    editor.typeAfter('- first', ' ![[photo.jpg]]');
    await shows(pair.laptop, 'photo.jpg up SPACE_FULL');
    expect(editor.hold?.blocks[0]?.transfer).toBe('photo.jpg not sent');
    const tries = (): number => pair.world.files.log.length;
    expect(tries()).toBe(1);
    pair.laptop.peer.retryFile(pair.laptop.peer.files()[0]?.id ?? '');
    await until('it was tried', () => tries() === 2);
    pair.world.files.refusal = null;
    await pair.world.pass(61_000);
    await has(phoneFiles, 'attachments/photo.jpg', 'the picture');
  });

  it('that this device has no room for are told of and tried again', async () => {
    phoneFiles.isFull = true;
    laptopFiles.put('photo.jpg', 'the picture');
    const editor = await pair.landed();
    editor.typeAfter('- first', ' ![[photo.jpg]]');
    await shows(pair.phone, 'photo.jpg down FILE_NOT_WRITTEN');
    phoneFiles.isFull = false;
    await pair.world.pass(61_000);
    await has(phoneFiles, 'attachments/photo.jpg', 'the picture');
    await shows(pair.phone, '');
  });

  it('of the note that is open go first [A12]', async () => {
    const editor = await pair.landed();
    const other = 'daily/2026-11-21.md';
    pair.laptop.vault.write(other, '- other\n');
    const second = await pair.open(pair.laptop, other);
    await pair.laptop.peer.makeLive(other, 0);
    pair.laptop.goOffline();
    for (const name of ['a', 'b', 'c']) {
      laptopFiles.put(`${name}.png`, name);
      if (name === 'c') editor.typeAfter('- first', ' ![[c.png]]');
      else second.typeAfter('- other', ` ![[${name}.png]]`);
    }
    await pair.world.pass(2_000);
    await pair.close(pair.laptop, other, second);
    pair.laptop.goOnline();
    await until('all were sent', () => pair.world.files.kept.size === 3);
    expect(pair.world.files.log[0]).toBe(`Laptop up ${six('c')}`);
  });

  it('wait on a metered connection until their user was asked, once [A13]', async () => {
    pair.phone.isMetered = true;
    laptopFiles.put('photo.jpg', 'x'.repeat(4_200_000));
    const editor = await pair.landed();
    editor.typeAfter('- first', ' ![[photo.jpg]]');
    await until('it is asked', () => pair.phone.peer.questions().length === 1);
    const [question] = pair.phone.peer.questions();
    expect(question).toMatchObject({ kind: 'metered', message: expect.stringContaining('4.2 MB'), blockIds: [] });
    expect(question?.answers.map(({ label }) => label)).toEqual(['Wait for Wi-Fi', 'Transfer 4.2 MB now']);
    expect(await pair.phone.peer.preview(question?.id ?? '')).toEqual([]);
    await pair.phone.peer.answer(question?.id ?? '', 'wait');
    await pair.world.pass(20_000);
    expect([pair.phone.peer.questions(), phoneFiles.paths()]).toEqual([[], []]);
    const phone = await pair.restart(pair.phone);
    await until('it is asked again', () => phone.peer.questions().length === 1);
    await phone.peer.answer(phone.peer.questions()[0]?.id ?? '', 'now');
    await until('it is here', () => phoneFiles.paths().length === 1);
  });

  it('above the limit are neither sent nor fetched; with the limit 0 none are [A14]', async () => {
    laptopFiles.put('large.bin', 'x'.repeat(300));
    laptopFiles.put('small.bin', 'x');
    await pair.end();
    const settings = { largestFile: 200 };
    pair = await Pair.make(7, { laptop: { files: laptopFiles, settings }, phone: { files: phoneFiles, settings: { largestFile: 0 } } });
    const editor = await pair.landed();
    editor.typeAfter('- first', ' ![[large.bin]] ![[small.bin]]');
    await shows(pair.laptop, 'large.bin up FILE_TOO_LARGE');
    await until('the small one was sent', () => pair.world.files.kept.size === 1);
    await pair.world.pass(10_000);
    expect([pair.world.files.log.length, phoneFiles.paths(), table(pair.phone)]).toEqual([1, [], '']);
    expect(idIn(editor.content)).not.toBe('');
  });

  it('say why none moves where the relay can’t', async () => {
    pair.world.files.hold();
    pair.world.files.problem = { code: 'RELAY_OLD', message: 'The relay is too old for files.' };
    laptopFiles.put('photo.jpg', 'the picture');
    const editor = await pair.landed();
    editor.typeAfter('- first', ' ![[photo.jpg]]');
    await shows(pair.laptop, 'photo.jpg up waiting');
    expect(pair.laptop.peer.filesProblem()).toBe('The relay is too old for files.');
    expect(pair.phone.peer.filesProblem()).toBeNull();
  });
});
