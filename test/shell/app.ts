import { assumptions } from './assumptions';
import { Commands } from './commands';
import type { Disk } from './disk';
import { Events } from './events';
import { FileManager, MetadataCache } from './metadata';
import { NotInShell, strict } from './not-in-shell';
import { Scope } from './overlays';
import { InternalPlugins, Plugins } from './plugins';
import { SettingsWindow } from './setting-tab';
import { Vault } from './vault';
import { Workspace } from './workspace';

export interface AppElements {
  readonly main: HTMLElement;
  readonly ribbon: HTMLElement;
  readonly statusBar: HTMLElement;
}

/** Kept beside the vault, on this device (assumption 10). */
export class SecretStorage extends Events {
  constructor(private readonly prefix: string) {
    super();
  }
  setSecret(id: string, secret: string): void {
    if (!/^[a-z0-9-]+$/.test(id)) throw new Error('A secret id is lower-case letters, digits and dashes.');
    localStorage.setItem(this.prefix + id, secret);
  }
  getSecret(id: string): string | null {
    return localStorage.getItem(this.prefix + id);
  }
  listSecrets(): string[] {
    return Object.keys(localStorage).filter((key) => key.startsWith(this.prefix)).map((key) => key.slice(this.prefix.length));
  }
}

/** The whole app, as plugins see it. */
export class App {
  readonly vault: Vault;
  readonly workspace: Workspace;
  readonly metadataCache: MetadataCache;
  readonly fileManager: FileManager;
  readonly commands: Commands;
  readonly plugins: Plugins;
  readonly internalPlugins = new InternalPlugins();
  readonly setting: SettingsWindow;
  readonly scope = new Scope();
  readonly keymap: object = strict({}, 'app.keymap');
  readonly secretStorage: SecretStorage | undefined;
  readonly protocolHandlers = new Map<string, (params: Record<string, string>) => unknown>();
  readonly ribbonEl: HTMLElement;
  readonly statusBarEl: HTMLElement;
  lastEvent = null;

  constructor(
    readonly appId: string,
    name: string,
    disk: Disk,
    elements: AppElements,
    modules: ReadonlyMap<string, unknown>,
    options: { readonly secretStorage: boolean },
  ) {
    const self = strict(this, 'app', assumptions.absentOnApp);
    this.ribbonEl = elements.ribbon;
    this.statusBarEl = elements.statusBar;
    this.secretStorage = options.secretStorage ? new SecretStorage(`${appId}-secret-`) : undefined;
    this.vault = strict(new Vault(name, disk), 'vault');
    this.metadataCache = strict(new MetadataCache(this.vault), 'metadataCache');
    this.fileManager = strict(new FileManager(this.vault), 'fileManager');
    this.workspace = strict(new Workspace(self, elements.main), 'workspace');
    this.commands = new Commands(self);
    this.plugins = new Plugins(self, modules);
    this.setting = new SettingsWindow(self);
    return self;
  }

  loadLocalStorage(key: string): unknown {
    const value = localStorage.getItem(`${this.appId}-${key}`);
    return value === null ? null : (JSON.parse(value) as unknown);
  }
  saveLocalStorage(key: string, data: unknown): void {
    if (data === null || data === undefined) localStorage.removeItem(`${this.appId}-${key}`);
    else localStorage.setItem(`${this.appId}-${key}`, JSON.stringify(data));
  }
  isDarkMode(): boolean {
    return document.body.hasClass('theme-dark');
  }
  renderContext(): never {
    throw new NotInShell('app.renderContext');
  }

  /** Not for plugins: what the operating system does with an `obsidian://` address (assumption 11). */
  openUrl(address: string): void {
    const url = new URL(address);
    if (url.protocol !== 'obsidian:') throw new Error(`${url.protocol} is not for this app.`);
    const action = url.host || url.pathname.replace(/^\/+/, '');
    const handler = this.protocolHandlers.get(action);
    if (!handler) throw new Error(`No plugin answers obsidian://${action}.`);
    handler({ action, ...Object.fromEntries(url.searchParams), ...(url.hash && { hash: url.hash.slice(1) }) });
  }
}
