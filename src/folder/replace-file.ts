/** Replaces a file in one step, beside other programs that write it in place and may have begun in that very moment. */
import { renameSync, statSync, type Stats } from 'node:fs';
import { chmod, chown, lstat, open, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A file that has not changed for so many ms is whole: programs that write in place have finished. */
export const FINISHED_AFTER = 100;
/** Times that long that a program is waited for. */
const PATIENCE = 50;

type Owner = Pick<Stats, 'mode' | 'uid' | 'gid'>;
type Version = Pick<Stats, 'mtimeMs' | 'ctimeMs' | 'size' | 'ino'>;

/**
 * Owner and mode stay. Returns false if the file changed since `before`, or while it was replaced: then it is what the other program wrote.
 * @throws what the file system says
 */
export async function replaceFile(file: string, content: string | Uint8Array, before: Owner & Version): Promise<boolean> {
  // What is written into the old file once it has lost its name is nowhere but here. Windows lets no open file be replaced.
  const old = process.platform === 'win32' ? null : await open(file, 'r').catch(() => null);
  try {
    if (!(await put(file, content, before, before))) return false;
    const ours = await stat(file).catch(() => null);
    const late = old && ours && (await writtenLate(old, before));
    if (!late) return true;
    await put(file, late, before, ours);
    return false;
  } finally {
    await old?.close();
  }
}

/** Puts a new file in the place of one that is still as it was. Returns false if that is another by now. */
async function put(file: string, content: string | Uint8Array, { mode, uid, gid }: Owner, was: Version): Promise<boolean> {
  const temporary = join(dirname(file), `.blockwire-${process.pid}-${Math.random().toString(36).slice(2)}.tmp`);
  try {
    const handle = await open(temporary, 'wx', mode & 0o777);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await chmod(temporary, mode & 0o7777);
    await chown(temporary, uid, gid).catch(() => undefined); // only root may give files away
    // No file system replaces a file only if it is still the same one. Without a wait in between nearly nothing comes in between.
    const now = statSync(file, { throwIfNoEntry: false });
    // A program that copies files sets their times as it likes, but for that of the change.
    if (!now || now.mtimeMs !== was.mtimeMs || now.ctimeMs !== was.ctimeMs || now.size !== was.size || now.ino !== was.ino) return false;
    renameSync(temporary, file);
    return true;
  } finally {
    if ((await lstat(temporary).catch(() => null)) !== null) await rm(temporary, { force: true });
  }
}

/** What a program has written into a file that was replaced, once it has finished; null if nothing. */
async function writtenLate(old: FileHandle, before: Version): Promise<Buffer | null> {
  let last: Pick<Stats, 'mtimeMs' | 'size'> = before;
  for (let i = 0; i < PATIENCE; i++) {
    const now = await old.stat();
    if (now.mtimeMs === last.mtimeMs && now.size === last.size) return i === 0 ? null : old.readFile();
    last = now;
    await new Promise((resolve) => setTimeout(resolve, FINISHED_AFTER));
  }
  return old.readFile();
}
