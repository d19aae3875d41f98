import files, { chmodSync, chownSync, closeSync, lstatSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderVault } from './folder-vault';

describe('a folder as a vault', () => {
  let root: string;
  let vault: FolderVault;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'blockwire-folder-'));
    vault = new FolderVault({ root, daily: 'journals/YYYY_MM_DD', indent: '\t', locale: 'en' });
  });
  afterEach(() => {
    jest.restoreAllMocks();
    rmSync(root, { recursive: true, force: true });
  });

  it.each([
    ['journals/YYYY_MM_DD', 'journals/2026_11_22.md'],
    ['YYYY/MM/YYYY-MM-DD', '2026/11/2026-11-22.md'],
    ['YYYY/M/D', '2026/11/22.md'],
    ['Tagebuch/Do [of] MMMM YYYY', 'Tagebuch/22nd of November 2026.md'],
    ['[my notes]/YYYY-MM-DD', 'my notes/2026-11-22.md'],
  ])('names days by %s, folders without brackets included', (daily, path) => {
    const other = new FolderVault({ root, daily, indent: '\t', locale: 'en' });
    expect(other.pathOfDay('2026-11-22')).toBe(path);
    expect(other.dayOf(path)).toBe('2026-11-22');
    expect(other.dayOf(`x/${path}`)).toBeNull();
  });

  it('replaces a file in one step and keeps its mode, and a symlink stays one', async () => {
    mkdirSync(join(root, 'real'));
    writeFileSync(join(root, 'real', 'note.md'), 'before');
    chmodSync(join(root, 'real', 'note.md'), 0o640);
    symlinkSync(join('real', 'note.md'), join(root, 'link.md'));
    await vault.process('link.md', (text) => `${text} and after`);
    expect(lstatSync(join(root, 'link.md')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(root, 'real', 'note.md'), 'utf8')).toBe('before and after');
    expect(statSync(join(root, 'real', 'note.md')).mode & 0o777).toBe(0o640);
  });

  it('keeps the owner of a file', async () => {
    writeFileSync(join(root, 'note.md'), 'before');
    const { uid, gid } = statSync(join(root, 'note.md'));
    // Only root may give files away.
    const owner = uid === 0 ? { uid: 12_345, gid: 23_456 } : { uid, gid };
    chownSync(join(root, 'note.md'), owner.uid, owner.gid);
    await vault.process('note.md', (text) => `${text} and after`);
    expect(statSync(join(root, 'note.md'))).toMatchObject(owner);
  });

  it('looks again when the file changed while it was being changed', async () => {
    writeFileSync(join(root, 'note.md'), 'one');
    let seen = 0;
    await vault.process('note.md', (text) => {
      if ((seen += 1) === 1) writeFileSync(join(root, 'note.md'), 'one, and more by another program');
      return `${text}!`;
    });
    expect(readFileSync(join(root, 'note.md'), 'utf8')).toBe('one, and more by another program!');
  });

  it('looks again when another text of the same size and time was put there', async () => {
    const write = (text: string): void => {
      writeFileSync(join(root, 'note.md'), text);
      utimesSync(join(root, 'note.md'), 1_790_000_000, 1_790_000_000);
    };
    write('one');
    let seen = 0;
    await vault.process('note.md', (text) => {
      if ((seen += 1) === 1) write('two');
      return `${text}!`;
    });
    expect(readFileSync(join(root, 'note.md'), 'utf8')).toBe('two!');
  });

  it('keeps what a program writes in place in the very moment in which the file is replaced', async () => {
    writeFileSync(join(root, 'note.md'), 'one');
    const { renameSync } = files;
    jest.spyOn(files, 'renameSync').mockImplementationOnce((from, to) => {
      const other = openSync(join(root, 'note.md'), 'w');
      writeSync(other, 'two, ');
      renameSync(from, to);
      writeSync(other, 'and three');
      closeSync(other);
    });
    await vault.process('note.md', (text) => `${text}!`);
    expect(readFileSync(join(root, 'note.md'), 'utf8')).toBe('two, and three!');
    expect(readdirSync(root)).toEqual(['note.md']);
  });

  it('waits for a program that is writing in place', async () => {
    const file = join(root, 'a.md');
    writeFileSync(file, '- first\n- sec');
    setTimeout(() => writeFileSync(file, 'ond\n- third\n', { flag: 'a' }), 30);
    await vault.process('a.md', (text) => text.replace('first', '1st'));
    expect(readFileSync(file, 'utf8')).toBe('- 1st\n- second\n- third\n');
  });

  it('leaves no temporary file behind and writes nothing when nothing is to change', async () => {
    writeFileSync(join(root, 'note.md'), 'same');
    const before = statSync(join(root, 'note.md')).mtimeMs;
    await vault.process('note.md', () => null);
    await vault.process('note.md', (text) => text);
    expect(statSync(join(root, 'note.md')).mtimeMs).toBe(before);
    expect((await vault.list()).map(({ path }) => path)).toEqual(['note.md']);
  });

  it.each(['../outside.md', 'a/../../outside.md', '/etc/passwd', 'note.txt'])('does not reach %s, whatever another device named', async (path) => {
    await expect(vault.create({ path })).rejects.toMatchObject({ code: 'OUTSIDE' });
  });

  it('leaves a file alone that is not UTF-8', async () => {
    const bytes = Buffer.from([0x2d, 0x20, 0xff, 0xfe]);
    writeFileSync(join(root, 'latin.md'), bytes);
    await expect(vault.process('latin.md', () => 'x')).rejects.toMatchObject({ code: 'NOT_UTF8' });
    expect(readFileSync(join(root, 'latin.md'))).toEqual(bytes);
  });

  it('tells a note that iCloud has not downloaded from one that is not there', async () => {
    writeFileSync(join(root, '.note.md.icloud'), '');
    expect(await vault.state('note.md')).toBe('waiting');
    expect(await vault.state('other.md')).toBe('absent');
  });

  it('knows Syncthing by its mark, also above it', async () => {
    expect(await vault.syncedBy()).toBeNull();
    mkdirSync(join(root, 'notes'));
    const inner = new FolderVault({ root: join(root, 'notes'), daily: 'YYYY-MM-DD', locale: 'en', indent: '\t' });
    mkdirSync(join(root, '.stfolder'));
    expect([await vault.syncedBy(), await inner.syncedBy()]).toEqual(['Syncthing', 'Syncthing']);
  });

  it('passes over hidden folders and packages', async () => {
    for (const folder of ['.git', '.obsidian', 'node_modules', 'logseq', 'notes']) {
      mkdirSync(join(root, folder));
      writeFileSync(join(root, folder, 'a.md'), '');
    }
    expect((await vault.list()).map(({ path }) => path)).toEqual(['notes/a.md']);
  });
});
