import type { App } from './app';
import { Modal } from './overlays';
import type { Plugin } from './plugin';

export abstract class SettingTab {
  readonly containerEl = createDiv({ cls: 'vertical-tab-content' });
  icon = 'settings';
  constructor(readonly app: App) {}
  abstract display(): void;
  hide(): void {
    this.containerEl.empty();
  }
}

export abstract class PluginSettingTab extends SettingTab {
  readonly id: string;
  readonly name: string;
  constructor(
    app: App,
    readonly plugin: Plugin,
  ) {
    super(app);
    this.id = plugin.manifest.id;
    this.name = plugin.manifest.name;
  }
}

/** `app.setting`: the settings window with the plugins' tabs. */
export class SettingsWindow extends Modal {
  readonly pluginTabs: PluginSettingTab[] = [];
  activeTab: PluginSettingTab | null = null;
  private readonly listEl: HTMLElement;
  private readonly tabEl: HTMLElement;

  constructor(app: App) {
    super(app);
    this.modalEl.addClass('mod-settings', 'mod-sidebar-layout');
    this.titleEl.setText('Settings');
    this.contentEl.addClass('vertical-tabs-container');
    this.listEl = this.contentEl.createDiv({ cls: 'vertical-tab-header' });
    this.tabEl = this.contentEl.createDiv({ cls: 'vertical-tab-content-container' });
  }
  override onOpen(): void {
    this.listEl.empty();
    this.listEl.createDiv({ cls: 'vertical-tab-header-group-title', text: 'Community plugins' });
    for (const tab of this.pluginTabs)
      this.listEl.createDiv({ cls: 'vertical-tab-nav-item', text: tab.name }).addEventListener('click', () => this.openTab(tab));
    const first = this.activeTab ?? this.pluginTabs[0];
    if (first) this.openTab(first);
  }
  override onClose(): void {
    this.activeTab?.hide();
    this.activeTab = null;
  }
  openTabById(id: string): PluginSettingTab | null {
    const tab = this.pluginTabs.find((other) => other.id === id) ?? null;
    if (tab) this.openTab(tab);
    return tab;
  }
  openTab(tab: PluginSettingTab): void {
    if (this.activeTab && this.activeTab !== tab) this.activeTab.hide();
    this.activeTab = tab;
    this.tabEl.replaceChildren(tab.containerEl);
    for (const el of this.listEl.findAll('.vertical-tab-nav-item')) el.toggleClass('is-active', el.getText() === tab.name);
    tab.containerEl.empty();
    tab.display();
  }
  addSettingTab(tab: PluginSettingTab): void {
    this.pluginTabs.push(tab);
  }
  removeSettingTab(tab: PluginSettingTab): void {
    this.pluginTabs.remove(tab);
  }
}
