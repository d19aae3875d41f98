/** A name for this device until its user gives one. */
import { Platform } from 'obsidian';

export function suggestedName(): string {
  if (Platform.isIosApp) return Platform.isTablet ? 'iPad' : 'iPhone';
  if (Platform.isAndroidApp) return Platform.isTablet ? 'Android tablet' : 'Android phone';
  if (Platform.isMacOS) return 'Mac';
  if (Platform.isWin) return 'Windows computer';
  if (Platform.isLinux) return 'Linux computer';
  return 'This device';
}
