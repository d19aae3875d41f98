/** Which other sync engine keeps the files of a vault, as far as the vault's place and what such engines leave in it tell. */

/** Names that engines give the folder which they sync, and their folders in `Library` on a Mac. */
const PLACES: readonly (readonly [place: RegExp, engine: string])[] = [
  [/\/(Mobile Documents|iCloud ?Drive)\//i, 'iCloud Drive'],
  [/\/(Dropbox( \([^/]+\))?|CloudStorage\/Dropbox[^/]*)\//i, 'Dropbox'],
  [/\/(OneDrive( - [^/]+)?|CloudStorage\/OneDrive[^/]*)\//i, 'OneDrive'],
  [/\/(Google ?Drive|CloudStorage\/GoogleDrive[^/]*)\//i, 'Google Drive'],
  [/\/Nextcloud\//i, 'Nextcloud'],
];

/** What Syncthing leaves in a folder that it syncs. */
export const SYNCTHING_MARK = '.stfolder';

/** @param path absolute, of any system, or an address that ends with it, encoded or not */
export function engineAt(path: string): string | null {
  const plain = `${decoded(path.replace(/\?\d*$/, '')).replaceAll('\\', '/')}/`;
  return PLACES.find(([place]) => place.test(plain))?.[1] ?? null;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
