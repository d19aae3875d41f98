import { chmodSync, readFileSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { FolderWorld, until } from './folder-world';
import type { TestFolder } from './folder-world';

const TODAY = '2026-11-22.md';
const ID = /\^bw-[a-z2-7]{12}/;

let world: FolderWorld;
beforeEach(async () => {
  world = await FolderWorld.start();
});
afterEach(() => world.end());

/** Both folders hold the live block `text`, written on the first as a whole file. */
async function shared(text: string, there = ''): Promise<[TestFolder, TestFolder]> {
  const [laptop, server] = await world.pair({ [TODAY]: '' }, { [TODAY]: there });
  laptop.write(TODAY, text);
  await laptop.waitFor(TODAY, ID);
  await server.waitFor(TODAY, ID);
  await until('both say the same', () => laptop.digest !== null && laptop.digest === server.digest);
  return [laptop, server];
}

describe('a tag typed in a file', () => {
  it('makes its bullet live, and the block lands in the other folder; nothing else goes there', async () => {
    const [laptop, server] = await shared('# Sunday\n\n- plan #live\n\t- first\n- stays here\n', '# Mine\n');
    expect(laptop.read(TODAY)).toMatch(/^# Sunday\n\n- plan #live \^bw-[a-z2-7]{12}\n\t- first\n- stays here\n$/);
    expect(server.read(TODAY)).toMatch(/^# Mine\n\n?- plan #live \^bw-[a-z2-7]{12}\n\t- first\n$/);
  });

  it('waits for the note of its day where there is none, and lands when someone makes it', async () => {
    const [laptop, server] = await world.pair({ [TODAY]: '' }, {});
    laptop.write(TODAY, '- plan #live\n');
    await until('the block is in the inbox', () => server.peer.report().blocks[0]?.state === 'inbox');
    expect(server.names()).toEqual([]);
    server.write(TODAY, '');
    await server.waitFor(TODAY, '- plan #live');
  });

  it('makes the note of the day itself where the setting says so', async () => {
    const [laptop, server] = await world.pair({ [TODAY]: '' }, {}, [{}, { createNotes: true, daily: 'journals/YYYY_MM_DD' }]);
    laptop.write(TODAY, '- plan #live\n');
    await server.waitFor('journals/2026_11_22.md', '- plan #live');
  });
});

describe('edits', () => {
  it('go both ways, at once, and each keeps its own bytes', async () => {
    const [laptop, server] = await shared('- plan #live\n\t- first\n\t- second\n');
    const [mine, theirs] = [laptop.read(TODAY), server.read(TODAY)];
    laptop.write(TODAY, mine.replace('first', 'first, from the laptop'));
    server.write(TODAY, theirs.replace('second', 'second, from the server'));
    for (const folder of [laptop, server]) {
      await folder.waitFor(TODAY, '- first, from the laptop\n\t- second, from the server\n');
    }
    await until('both say the same', () => laptop.digest === server.digest);
  });

  it.each(['saveByRename', 'saveByReplacing'] as const)('count once from an editor that saves by %s', async (save) => {
    const [laptop, server] = await shared('- plan #live\n\t- first\n');
    await laptop[save](TODAY, laptop.read(TODAY).replace('\t- first', '\t- first\n\t- second'));
    await server.waitFor(TODAY, '\t- first\n\t- second\n');
    await server[save](TODAY, server.read(TODAY).replace('- second', '- second half'));
    await laptop.waitFor(TODAY, '- second half');
    expect(laptop.peer.report().pending).toEqual([]);
    expect(laptop.names()).toEqual([TODAY]);
  });

  it('made while nothing runs are found at the next start, on both sides', async () => {
    const [laptop, server] = await shared('- plan #live\n\t- first\n\t- second\n');
    await Promise.all([laptop.stop(), server.stop()]);
    laptop.write(TODAY, laptop.read(TODAY).replace('- first', '- first at home'));
    server.write(TODAY, server.read(TODAY).replace('- second', '- second at work\n\t- third'));
    await Promise.all([laptop.start(), server.start()]);
    for (const folder of [laptop, server]) await folder.waitFor(TODAY, '- first at home\n\t- second at work\n\t- third\n');
  });

  it('made while the relay is down arrive when it is back', async () => {
    const [laptop, server] = await shared('- plan #live\n\t- first\n');
    await world.stopRelay();
    await until('both noticed', () => !laptop.isLive && !server.isLive);
    laptop.write(TODAY, laptop.read(TODAY).replace('- first', '- first\n\t- offline here'));
    server.write(TODAY, server.read(TODAY).replace('- plan', '- our plan'));
    await until('both wait to send', () => laptop.peer.report().unacknowledged > 0 && server.peer.report().unacknowledged > 0);
    await world.startRelay();
    for (const folder of [laptop, server]) {
      folder.clock.skip(60_000); // the pause before the next try
      await folder.waitFor(TODAY, /- our plan #live \^bw-[a-z2-7]{12}\n\t- first\n\t- offline here\n/);
    }
  });
});

describe('notes that move and go', () => {
  const NOTES = { 'from.md': '- one #x\n- goes #live\n\t- child\n', 'to.md': '- two\n' };

  async function inTwoNotes(): Promise<[TestFolder, TestFolder]> {
    const [laptop, server] = await world.pair({ 'from.md': '', 'to.md': NOTES['to.md'] }, { 'from.md': '', 'to.md': '' });
    laptop.write('from.md', NOTES['from.md']);
    await server.waitFor('from.md', 'child');
    await laptop.waitFor('from.md', ID);
    return [laptop, server];
  }

  it('a bullet moved between two notes by a program that rewrites files is a move', async () => {
    const [laptop, server] = await inTwoNotes();
    const [, block = ''] = /(- goes[^]*)$/.exec(laptop.read('from.md')) ?? [];
    laptop.write('from.md', laptop.read('from.md').replace(block, ''));
    laptop.write('to.md', `- two\n${block}`);
    await until('it stands in the other note', () => laptop.peer.report().blocks[0]?.path === 'to.md');
    laptop.clock.skip(120_000);
    laptop.write('to.md', laptop.read('to.md').replace('- child', '- child, moved'));
    await server.waitFor('from.md', '- child, moved');
    expect(laptop.peer.report().pending).toEqual([]);
  });

  it('a renamed file keeps its blocks, later edits included', async () => {
    const [laptop, server] = await inTwoNotes();
    renameSync(laptop.file('from.md'), laptop.file('renamed.md'));
    await until('it stands in the renamed note', () => laptop.peer.report().blocks[0]?.path === 'renamed.md');
    laptop.clock.skip(120_000);
    laptop.write('renamed.md', laptop.read('renamed.md').replace('- child', '- child, renamed'));
    await server.waitFor('from.md', '- child, renamed');
    server.write('from.md', server.read('from.md').replace('- goes', '- stays'));
    await laptop.waitFor('renamed.md', '- stays #live');
    expect(laptop.peer.report().pending).toEqual([]);
  });

  it('a deleted note is held and asked about; putting it back makes the note again, with the text', async () => {
    const [laptop, server] = await inTwoNotes();
    rmSync(laptop.file('from.md'));
    await until('it is missed', () => laptop.peer.report().blocks[0]?.path === null);
    laptop.clock.skip(61_000);
    await until('it asks', () => laptop.peer.report().pending.length === 1);
    expect(laptop.peer.report().pending[0]).toMatchObject({ kind: 'note-deleted', path: 'from.md' });
    await until('the log tells', () => laptop.log.join('\n').includes('blockwire pending'));
    expect(server.read('from.md')).toContain('- goes');
    await laptop.peer.answer({ type: 'answer', question: laptop.peer.report().pending[0]?.id ?? '', answer: 'restore' });
    await laptop.waitFor('from.md', /- goes #live \^bw-[a-z2-7]{12}\n\t- child\n/);
    expect(laptop.peer.report().pending).toEqual([]);
  });

  it('a deleted note whose deletion is accepted is deleted on the other side', async () => {
    const [laptop, server] = await inTwoNotes();
    rmSync(laptop.file('from.md'));
    await until('it is missed', () => laptop.peer.report().blocks[0]?.path === null);
    laptop.clock.skip(61_000);
    await until('it asks', () => laptop.peer.report().pending.length === 1);
    await laptop.peer.answer({ type: 'answer', question: laptop.peer.report().pending[0]?.id ?? '', answer: 'accept' });
    await until('it is gone there', () => !server.read('from.md').includes('goes'));
  });
});

describe('bullets deleted by another program', () => {
  it('count after 20 quiet seconds when the rest of the block is current', async () => {
    const [laptop, server] = await shared('- plan #live\n\t- first\n\t- second\n');
    laptop.write(TODAY, laptop.read(TODAY).replace('\t- first\n', ''));
    await until('it is held', () => laptop.clock.isSet(20_000));
    expect(server.read(TODAY)).toContain('- first');
    laptop.clock.skip(20_000);
    await until('it is gone there', () => !server.read(TODAY).includes('- first'));
    expect(server.read(TODAY)).toContain('- second');
  });

  it('a whole block that vanished is asked about and not sent', async () => {
    const [laptop, server] = await shared('- keep\n- plan #live\n\t- first\n');
    laptop.write(TODAY, '- keep\n');
    await until('it is missed', () => laptop.peer.report().blocks[0]?.path === null);
    laptop.clock.skip(61_000);
    await until('it asks', () => laptop.peer.report().pending.length === 1);
    expect(server.read(TODAY)).toContain('- first');
    await laptop.peer.answer({ type: 'answer', question: laptop.peer.report().pending[0]?.id ?? '', answer: 'restore' });
    await laptop.waitFor(TODAY, '\t- first');
  });
});

describe('tags that were there before', () => {
  it('are listed once, left alone, and made live by accept', async () => {
    const folder = world.folder('old', { 'a.md': '- old one #live\n', 'b.md': '- old two #live\n\t- child\n' });
    await folder.join(await world.setUpLink());
    expect(folder.peer.report().pending).toMatchObject([{ kind: 'old-tags' }]);
    folder.write('a.md', '- old one #live\n- a new one #live\n');
    await folder.waitFor('a.md', /- a new one #live \^bw-/);
    expect(folder.read('a.md')).toContain('- old one #live\n');
    await folder.peer.answer({ type: 'answer', question: folder.peer.report().pending[0]?.id ?? '', answer: 'make-live' });
    await folder.waitFor('a.md', /- old one #live \^bw-/);
    await folder.waitFor('b.md', /- old two #live \^bw-/);
    await folder.stop();
    await folder.start();
    expect(folder.peer.report().pending).toEqual([]);
  });
});

describe('files as people have them', () => {
  it('a Logseq graph: journals, and the sample note whose list starts indented, byte for byte', async () => {
    const sample = readFileSync(join(__dirname, '../../samples/websockets.md'), 'utf8');
    const style = { daily: 'journals/YYYY_MM_DD' };
    const [laptop, server] = await world.pair({ 'journals/2024_05_02.md': sample }, { 'journals/2024_05_02.md': '' }, [style, style]);
    const tagged = sample.replace('  * what are they?\n', '  * what are they? #live\n');
    laptop.write('journals/2024_05_02.md', tagged);
    await laptop.waitFor('journals/2024_05_02.md', ID);
    const [, block = ''] = /^ {2}(\* what are they\?[^]*?)^ {2}\* questions/m.exec(laptop.read('journals/2024_05_02.md')) ?? [];
    await server.waitFor('journals/2024_05_02.md', 'online gaming');
    expect(laptop.read('journals/2024_05_02.md').replace(/ \^bw-[a-z2-7]{12}/, '')).toBe(tagged);
    expect(server.read('journals/2024_05_02.md')).toBe(block.replace(/^ {2}/gm, '').replace(/^( +)/gm, (blanks) => '\t'.repeat(blanks.length / 2)));
    server.write('journals/2024_05_02.md', server.read('journals/2024_05_02.md').replace('HTTP upgrade', 'an HTTP upgrade'));
    await laptop.waitFor('journals/2024_05_02.md', 'an HTTP upgrade');
    expect(laptop.read('journals/2024_05_02.md').replace(/ \^bw-[a-z2-7]{12}/, '')).toBe(tagged.replace('HTTP upgrade', 'an HTTP upgrade'));
  });

  it('CRLF stays CRLF on the side that has it', async () => {
    const [laptop, server] = await world.pair({ [TODAY]: '' }, { [TODAY]: '' });
    laptop.write(TODAY, 'a\r\n\r\n- plan #live\r\n\t- first\r\n');
    await server.waitFor(TODAY, '\t- first\n');
    expect(server.read(TODAY)).not.toContain('\r');
    server.write(TODAY, server.read(TODAY).replace('- first', '- first\n\t- second'));
    await laptop.waitFor(TODAY, '\t- first\r\n\t- second\r\n');
    expect(laptop.read(TODAY).replace(/\r\n/g, '')).not.toMatch(/[\r\n]/);
  });

  it('a file that is not UTF-8 is left alone and named in the log, and the others go on', async () => {
    const [laptop, server] = await world.pair({ [TODAY]: '' }, { [TODAY]: '' });
    const bytes = Buffer.from('- caf\xe9 #live\n', 'latin1');
    laptop.write('latin.md', bytes);
    await until('it is told', () => laptop.log.some((line) => line.includes('NOT_UTF8')));
    laptop.write(TODAY, '- plan #live\n');
    await server.waitFor(TODAY, 'plan');
    expect(readFileSync(laptop.file('latin.md'))).toEqual(bytes);
  });

  it('a start with a file that is not UTF-8 among old notes succeeds', async () => {
    const folder = world.folder('old');
    folder.write('latin.md', Buffer.from('- caf\xe9 #live\n', 'latin1'));
    folder.write(TODAY, '');
    await folder.join(await world.setUpLink());
    folder.write(TODAY, '- plan #live\n');
    await folder.waitFor(TODAY, ID);
  });

  it('files that became unreadable while nothing ran keep no other from being compared', async () => {
    const [laptop, server] = await shared('- plan #live\n\t- first\n');
    await laptop.stop();
    laptop.write('a new one.md', Buffer.from('- caf\xe9 #live\n', 'latin1'));
    laptop.write(TODAY, laptop.read(TODAY).replace('- first', '- first, while off'));
    await laptop.start();
    await server.waitFor(TODAY, '- first, while off');
    await until('it is told', () => laptop.log.some((line) => line.includes('NOT_UTF8')));
  });

  it('a read-only file is replaced in a folder that may be written, and keeps its mode', async () => {
    const [laptop, server] = await shared('- plan #live\n\t- first\n');
    chmodSync(server.file(TODAY), 0o444);
    laptop.write(TODAY, laptop.read(TODAY).replace('- first', '- first!'));
    await server.waitFor(TODAY, '- first!');
    expect(statSync(server.file(TODAY)).mode & 0o777).toBe(0o444);
  });

  it('a linked note is written where it lies', async () => {
    const [laptop, server] = await shared('- plan #live\n\t- first\n');
    renameSync(server.file(TODAY), join(world.directory, 'real.md'));
    symlinkSync(join(world.directory, 'real.md'), server.file(TODAY));
    laptop.write(TODAY, laptop.read(TODAY).replace('- first', '- first!'));
    await server.waitFor(TODAY, '- first!');
    expect(readFileSync(join(world.directory, 'real.md'), 'utf8')).toContain('- first!');
  });
});
