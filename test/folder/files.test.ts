/** Files of live blocks between folders: real files, a real relay, the real line. The rules are in src/peer/files/SPEC.md. */
import { readFileSync, rmSync, statSync } from 'node:fs';
import { FolderWorld, until } from './folder-world';
import type { TestFolder } from './folder-world';

const TODAY = '2026-11-22.md';

let world: FolderWorld;
beforeEach(async () => {
  world = await FolderWorld.start();
});
afterEach(() => world.end());

const holds = (folder: TestFolder, path: string, content: string | Uint8Array): Promise<void> =>
  until(`${folder.root} has ${path}: ${JSON.stringify(folder.names())} ${JSON.stringify(folder.peer.report().files)}`, () => folder.has(path) && readFileSync(folder.file(path)).equals(Buffer.from(content)));
/** Both folders hold a live block, as `text` says. */
async function shared(text: string, settings: Parameters<FolderWorld['pair']>[2] = []): Promise<[TestFolder, TestFolder]> {
  const [laptop, server] = await world.pair({ [TODAY]: '' }, { [TODAY]: '' }, settings);
  laptop.write(TODAY, text);
  await server.waitFor(TODAY, /\^bw-/);
  return [laptop, server];
}
const link = (folder: TestFolder, text: string): void => folder.write(TODAY, folder.read(TODAY).replace('- first', `- first ${text}`));

describe('a file that a live block links', () => {
  it('comes along, and is changed where it changes', async () => {
    const [laptop, server] = await shared('- plan #live\n\t- first\n');
    const picture = Buffer.alloc(300_000, 'a picture ');
    laptop.write('img/photo.jpg', picture);
    link(laptop, '![[photo.jpg|300]] and ![](media/b%20c.png)');
    laptop.write('media/b c.png', 'B');
    await holds(server, 'attachments/photo.jpg', picture);
    await holds(server, 'media/b c.png', 'B');
    expect(statSync(server.file('attachments/photo.jpg')).mode & 0o777).toBe(0o644 & ~process.umask());
    server.write('attachments/photo.jpg', 'another');
    await holds(laptop, 'img/photo.jpg', 'another');
    expect([...laptop.names(), ...server.names()].filter((name) => name.includes('blockwire'))).toEqual([]);
  });

  it('goes to the assets of a Logseq graph, and from there by a path that works in both', async () => {
    const [laptop, server] = await shared('- plan #live\n\t- first\n');
    server.write('logseq/config.edn', '{}');
    laptop.write('photo.jpg', 'a picture');
    link(laptop, '![[photo.jpg]]');
    await holds(server, 'assets/photo.jpg', 'a picture');
    server.write('assets/voice.m4a', 'a voice');
    server.write(TODAY, server.read(TODAY).replace('- first', '- first ![](./assets/voice.m4a)'));
    await holds(laptop, 'assets/voice.m4a', 'a voice');
  });

  it('is found at the next start, whoever was away: linked, changed and deleted while nothing ran', async () => {
    const [laptop, server] = await shared('- plan #live\n\t- first\n');
    laptop.write('photo.jpg', 'a picture');
    laptop.write('kept.jpg', 'kept');
    link(laptop, '![[photo.jpg]] ![[kept.jpg]]');
    await holds(server, 'attachments/photo.jpg', 'a picture');
    await holds(server, 'attachments/kept.jpg', 'kept');
    await Promise.all([laptop.stop(), server.stop()]);
    laptop.write('new.pdf', 'a paper');
    laptop.write('photo.jpg', 'a brighter picture');
    rmSync(server.file('attachments/kept.jpg'));
    link(laptop, '[[new.pdf]]');
    await Promise.all([laptop.start(), server.start()]);
    await holds(server, 'attachments/new.pdf', 'a paper');
    await holds(server, 'attachments/photo.jpg', 'a brighter picture');
    await until('the deleted one is told of', () => server.peer.report().files.some(({ target, problem }) => target === 'kept.jpg' && problem?.code === 'FILE_DELETED'));
    expect(server.has('attachments/kept.jpg')).toBe(false);
  });

  it('takes the place of nothing: a file of that name stays, and both are linked apart', async () => {
    const [laptop, server] = await shared('- plan #live\n\t- first\n');
    server.write('photo.jpg', 'the server’s own');
    laptop.write('photo.jpg', 'the laptop’s');
    link(laptop, '![[photo.jpg]]');
    for (const folder of [laptop, server]) await folder.waitFor(TODAY, /- first !\[\[photo-[0-9a-f]{6}\.jpg\]\]/);
    const [name = ''] = /photo-[0-9a-f]{6}\.jpg/.exec(server.read(TODAY)) ?? [];
    for (const folder of [laptop, server]) await holds(folder, `attachments/${name}`, 'the laptop’s');
    expect([laptop.read('photo.jpg'), server.read('photo.jpg')]).toEqual(['the laptop’s', 'the server’s own']);
  });

  it('stays where it is above the limit, which is told, and where the limit is 0', async () => {
    const [laptop, server] = await shared('- plan #live\n\t- first\n', [{ filesLimit: 1 }, { filesLimit: 0 }]);
    laptop.write('large.bin', Buffer.alloc(2 ** 20 + 1));
    laptop.write('small.bin', 'small');
    link(laptop, '[[large.bin]] [[small.bin]]');
    await until('it is told', () => laptop.peer.report().files.some(({ problem }) => problem?.code === 'FILE_TOO_LARGE'));
    await until('the small one was sent', () => laptop.peer.report().files.length === 1);
    await server.waitFor(TODAY, 'small.bin');
    expect([server.names(), server.peer.report().files]).toEqual([[TODAY], []]);
  });
});
