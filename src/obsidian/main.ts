/** The plugin as Obsidian loads it. Little happens before the layout is ready; everything is put together in `composition.ts`. */
import { Plugin } from 'obsidian';
import { compose, type Composition } from './composition';
import type { LocalDevice } from './local-device';
import { DEFAULT_SETTINGS, readSettings, type BlockwireSettings } from './settings';

export default class BlockwirePlugin extends Plugin {
  override settings: BlockwireSettings = DEFAULT_SETTINGS;
  #composition: Composition | null = null;

  override async onload(): Promise<void> {
    this.settings = readSettings(await this.loadData());
    const composition = compose(this, {
      settings: () => this.settings,
      change: async (settings) => {
        this.settings = settings;
        this.device?.peer?.settingsChanged();
        await this.saveData(settings);
      },
    });
    this.#composition = composition;
    this.app.workspace.onLayoutReady(() => composition.start());
  }

  /** For tests and the try-it page; null before the plugin is loaded. */
  get device(): LocalDevice | null {
    return this.#composition?.device ?? null;
  }

  override onunload(): void {
    this.#composition?.stop();
  }

  /** Another sync engine brought other settings. */
  override async onExternalSettingsChange(): Promise<void> {
    this.settings = readSettings(await this.loadData());
    this.device?.peer?.settingsChanged();
  }
}
