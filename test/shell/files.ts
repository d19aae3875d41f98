import type { Vault } from './vault';

export interface FileStats {
  ctime: number;
  mtime: number;
  size: number;
}

export abstract class TAbstractFile {
  name = '';
  constructor(
    readonly vault: Vault,
    public path: string,
    public parent: TFolder | null,
  ) {
    this.setPath(path);
  }

  /** Not for plugins: the vault renames. */
  setPath(path: string): void {
    this.path = path;
    this.name = path.slice(path.lastIndexOf('/') + 1);
  }
}

export class TFile extends TAbstractFile {
  declare basename: string;
  declare extension: string;
  stat: FileStats;
  deleted = false;

  constructor(vault: Vault, path: string, parent: TFolder, stat: FileStats) {
    super(vault, path, parent);
    this.stat = stat;
  }

  override setPath(path: string): void {
    super.setPath(path);
    const dot = this.name.lastIndexOf('.');
    this.basename = dot > 0 ? this.name.slice(0, dot) : this.name;
    this.extension = dot > 0 ? this.name.slice(dot + 1).toLowerCase() : '';
  }
}

export class TFolder extends TAbstractFile {
  children: TAbstractFile[] = [];

  isRoot(): boolean {
    return this.path === '/';
  }
}

/** As the app does it: no leading, trailing or double slashes, no non-breaking spaces, NFC. */
export function normalizePath(path: string): string {
  const clean = path.replace(/[\u00A0\u202F]/g, ' ').replace(/[\\/]+/g, '/').replace(/^\/+|\/+$/g, '').normalize('NFC');
  return clean === '' ? '/' : clean;
}
