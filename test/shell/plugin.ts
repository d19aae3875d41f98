import type { Extension } from '@codemirror/state';
import type { App } from './app';
import type { Command } from './commands';
import { Component } from './events';
import { setIcon } from './icons';
import { NotInShell } from './not-in-shell';
import { Platform } from './platform';
import { registerPostProcessor } from './renderer';
import type { PostProcessor } from './renderer';
import type { PluginSettingTab } from './setting-tab';
import type { ViewCreator } from './workspace';

export interface PluginManifest {
  id: string;
  name: string;
  version: string;
  minAppVersion: string;
  /** Vault path of the plugin's folder. */
  dir: string;
}

export abstract class Plugin extends Component {
  constructor(
    readonly app: App,
    readonly manifest: PluginManifest,
  ) {
    super();
  }

  addCommand(command: Command): Command {
    const full = { ...command, id: `${this.manifest.id}:${command.id}`, name: `${this.manifest.name}: ${command.name}` };
    this.app.commands.addCommand(full);
    this.register(() => this.app.commands.removeCommand(full.id));
    return full;
  }
  removeCommand(id: string): void {
    this.app.commands.removeCommand(`${this.manifest.id}:${id}`);
  }
  addSettingTab(tab: PluginSettingTab): void {
    this.app.setting.addSettingTab(tab);
    this.register(() => this.app.setting.removeSettingTab(tab));
  }
  addRibbonIcon(icon: string, title: string, callback: (event: MouseEvent) => unknown): HTMLElement {
    const el = this.app.ribbonEl.createDiv({ cls: 'clickable-icon side-dock-ribbon-action', attr: { 'aria-label': title, role: 'button' } });
    setIcon(el, icon);
    el.addEventListener('click', (event) => void callback(event));
    this.register(() => el.detach());
    return el;
  }
  /** On a phone the item is made and shown nowhere (assumption 12). */
  addStatusBarItem(): HTMLElement {
    const el = createDiv({ cls: `status-bar-item plugin-${this.manifest.id}` });
    if (!Platform.isMobile) this.app.statusBarEl.prepend(el);
    this.register(() => el.detach());
    return el;
  }
  registerView(type: string, creator: ViewCreator): void {
    this.register(this.app.workspace.registerView(type, creator));
  }
  registerEditorExtension(extension: Extension): void {
    this.register(this.app.workspace.registerEditorExtension(extension));
  }
  registerMarkdownPostProcessor(processor: PostProcessor, sortOrder = 0): PostProcessor {
    processor.sortOrder = sortOrder;
    this.register(registerPostProcessor(processor));
    return processor;
  }
  registerObsidianProtocolHandler(action: string, handler: (params: Record<string, string>) => unknown): void {
    this.app.protocolHandlers.set(action, handler);
    this.register(() => this.app.protocolHandlers.delete(action));
  }
  registerMarkdownCodeBlockProcessor(language: string): never {
    throw new NotInShell(`Plugin.registerMarkdownCodeBlockProcessor('${language}')`);
  }
  registerExtensions(): never {
    throw new NotInShell('Plugin.registerExtensions');
  }
  registerEditorSuggest(): never {
    throw new NotInShell('Plugin.registerEditorSuggest');
  }
  registerHoverLinkSource(): never {
    throw new NotInShell('Plugin.registerHoverLinkSource');
  }

  async loadData(): Promise<unknown> {
    const path = `${this.manifest.dir}/data.json`;
    if (!(await this.app.vault.adapter.exists(path))) return null;
    return JSON.parse(await this.app.vault.adapter.read(path)) as unknown;
  }
  async saveData(data: unknown): Promise<void> {
    await this.app.vault.adapter.write(`${this.manifest.dir}/data.json`, JSON.stringify(data, null, 2));
  }
}
