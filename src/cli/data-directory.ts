import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where Blockwire keeps data that belongs to no vault or folder, by the platform's custom. */
export function defaultDataDirectory(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'blockwire');
  if (platform === 'win32') return join(environment.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'blockwire');
  return join(environment.XDG_DATA_HOME ?? join(home, '.local', 'share'), 'blockwire');
}
