import { chmodSync, existsSync, linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FolderFiles } from './folder-files';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('the files of a folder', () => {
  let outer: string;
  let root: string;
  let files: FolderFiles;
  const put = (path: string, text = 'x'): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    files.changed();
  };
  const read = (path: string): string => readFileSync(join(root, path), 'utf8');

  beforeEach(() => {
    outer = mkdtempSync(join(tmpdir(), 'blockwire-files-'));
    root = join(outer, 'notes');
    mkdirSync(root);
    files = new FolderFiles(root);
  });
  afterEach(() => rmSync(outer, { recursive: true, force: true }));

  it.each([
    ['photo.jpg', 'pages/a.md', 'assets/deep/photo.jpg'],
    ['../assets/deep/photo.jpg', 'pages/a.md', 'assets/deep/photo.jpg'],
    ['deep/photo.jpg', 'pages/a.md', 'assets/deep/photo.jpg'],
    ['/assets/deep/photo.jpg', 'pages/a.md', 'assets/deep/photo.jpg'],
    ['PHOTO.jpg', 'a.md', 'assets/deep/photo.jpg'],
    ['u\u0308.png', 'a.md', '\u00fc.png'],
    ['own.png', 'pages/a.md', 'pages/own.png'],
    ['own.png', 'a.md', 'own.png'],
    ['img/own.png', 'pages/a.md', 'pages/img/own.png'],
    ['note.md', 'a.md', null],
    ['/deep/photo.jpg', 'a.md', null],
    ['../../secret.png', 'pages/a.md', null],
    ['../secret.png', 'a.md', null],
    ['hidden.png', 'a.md', null],
    ['.git/hidden.png', 'a.md', null],
    ['custom.js', 'a.md', null],
    ['linked.png', 'a.md', null],
    ['out/secret.png', 'a.md', null],
    ['folder.png', 'a.md', null],
  ])('are found by links as an app would: %s in %s is %s', async (target, note, path) => {
    for (const one of ['assets/deep/photo.jpg', '\u00fc.png', 'pages/own.png', 'own.png', 'pages/img/own.png', 'note.md', '.git/hidden.png', 'logseq/custom.js']) put(one);
    writeFileSync(join(outer, 'secret.png'), 'secret');
    symlinkSync(join(outer, 'secret.png'), join(root, 'linked.png'));
    symlinkSync(outer, join(root, 'out'));
    mkdirSync(join(root, 'folder.png'));
    expect(await files.follow(target, note)).toBe(path);
  });

  it('are made with their folders, whole, and leave nothing else behind', async () => {
    expect(await files.create('a/b/c.png', bytes('new'))).toBe('made');
    expect(read('a/b/c.png')).toBe('new');
    expect(readdirSync(join(root, 'a/b'))).toEqual(['c.png']);
    expect(await files.follow('c.png', 'x.md')).toBe('a/b/c.png');
  });

  it('are never made over anything that is there [A6]', async () => {
    put('file.png', 'old');
    put('blocks', 'a file');
    mkdirSync(join(root, 'folder.png'));
    symlinkSync(join(root, 'nowhere.png'), join(root, 'link.png'));
    put('.cloud.png.icloud');
    const made = ['file.png', 'folder.png', 'link.png', 'blocks/a.png', 'cloud.png'].map((path) => files.create(path, bytes('new')));
    expect(await Promise.all(made)).toEqual(['taken', 'taken', 'taken', 'taken', 'waiting']);
    expect(read('file.png')).toBe('old');
    expect(readdirSync(root).sort()).toEqual(['.cloud.png.icloud', 'blocks', 'file.png', 'folder.png', 'link.png']);
  });

  it.each(['../x.png', '/x.png', 'a/../../x.png', '.obsidian/x.js', 'logseq/custom.js', 'node_modules/x/index.js', 'out/x.png', 'out/deeper/x.png', 'a\\..\\x.png', 'con.png', 'x.png.', 'a\u0000.png'])(
    'are never made outside, or where nothing is seen: %s [A3]',
    async (path) => {
      mkdirSync(join(outer, 'elsewhere'));
      symlinkSync(join(outer, 'elsewhere'), join(root, 'out'));
      await expect(files.create(path, bytes('evil'))).rejects.toMatchObject({ code: 'OUTSIDE' });
      expect(readdirSync(outer).sort()).toEqual(['elsewhere', 'notes']);
      expect([readdirSync(join(outer, 'elsewhere')), readdirSync(root)]).toEqual([[], ['out']]);
    },
  );

  it('are replaced as long as they are what they were, keep their mode, and are not written through a second name', async () => {
    put('a.png', 'old');
    chmodSync(join(root, 'a.png'), 0o640);
    linkSync(join(root, 'a.png'), join(outer, 'same.png'));
    const was = await files.stat('a.png');
    if (!was) throw new Error('no file');
    expect(await files.replace('a.png', bytes('other'), { ...was, size: 4 })).toBe(false);
    expect(read('a.png')).toBe('old');
    expect(await files.replace('a.png', bytes('other'), was)).toBe(true);
    expect([read('a.png'), statSync(join(root, 'a.png')).mode & 0o777, readFileSync(join(outer, 'same.png'), 'utf8')]).toEqual(['other', 0o640, 'old']);
    expect(await files.replace('gone.png', bytes('x'), was)).toBe(false);
    expect(existsSync(join(root, 'gone.png'))).toBe(false);
  });

  it('are read in pieces', async () => {
    put('a.png', '0123456789');
    const file = await files.open('a.png');
    expect(new TextDecoder().decode(await file.read(3, 6))).toBe('345');
    expect(await file.read(8, 20)).toHaveLength(2);
    await file.close();
  });

  it.each([
    [null, false, 'attachments/a.png'],
    [null, true, 'assets/a.png'],
    ['{"attachmentFolderPath":"media/img"}', false, 'media/img/a.png'],
    ['{"attachmentFolderPath":"/"}', false, 'a.png'],
    ['{"attachmentFolderPath":"./"}', false, 'pages/a.png'],
    ['{"attachmentFolderPath":"./img"}', false, 'pages/img/a.png'],
    ['{"attachmentFolderPath":"../.."}', false, 'attachments/a.png'],
    ['{"attachmentFolderPath":".obsidian"}', true, 'assets/a.png'],
    ['{"attachmentFolderPath":7}', false, 'attachments/a.png'],
    ['not JSON', false, 'attachments/a.png'],
  ])('go where the folder keeps such: settings %s, a graph of Logseq %s', async (settings, isGraph, path) => {
    if (isGraph) mkdirSync(join(root, 'logseq'));
    if (settings !== null) put('.obsidian/app.json', settings);
    expect(await files.placeFor('a.png', 'pages/x.md')).toBe(path);
  });

  it('get a free path where that is taken', async () => {
    put('attachments/a.png');
    put('attachments/a 1.png');
    expect(await files.placeFor('a.png', 'x.md')).toBe('attachments/a 2.png');
  });
});
