import { engineAt } from './sync-engines';

test.each([
  ['/Users/ada/Library/Mobile Documents/iCloud~md~obsidian/Documents/Vault', 'iCloud Drive'],
  ['capacitor://localhost/_capacitor_file_/private/var/mobile/Library/Mobile%20Documents/iCloud~md~obsidian/Documents/Vault', 'iCloud Drive'],
  ['C:\\Users\\ada\\iCloudDrive\\iCloud~md~obsidian\\Vault', 'iCloud Drive'],
  ['app://4f1c/C:/Users/ada/OneDrive%20-%20Firm/Vault?1795820556602', 'OneDrive'],
  ['/home/ada/Dropbox', 'Dropbox'],
  ['/home/ada/Dropbox?1795820556602', 'Dropbox'],
  ['/Users/ada/Dropbox (Personal)/notes', 'Dropbox'],
  ['/Users/ada/Library/CloudStorage/Dropbox-Firm/notes', 'Dropbox'],
  ['/Users/ada/Library/CloudStorage/GoogleDrive-ada@example.com/My Drive/notes', 'Google Drive'],
  ['G:\\Google Drive\\notes', 'Google Drive'],
  ['/home/ada/Nextcloud/notes', 'Nextcloud'],
  ['/home/ada/notes', null],
  ['/home/ada/Dropbox notes', null],
  ['/home/ada/My OneDrive ideas/vault', null],
  ['app://4f1c/home/ada/100%/notes', null],
])('%s is kept by %s', (path, engine) => expect(engineAt(path)).toBe(engine));
