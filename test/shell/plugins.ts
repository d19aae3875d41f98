import type { App } from './app';
import { assumptions } from './assumptions';
import { NotInShell } from './not-in-shell';
import type { Plugin, PluginManifest } from './plugin';

type PluginClass = new (app: App, manifest: PluginManifest) => Plugin;

/** `app.plugins`: loads the enabled plugins from the vault's own folder, as the app does (assumptions 1, 2, 19). */
export class Plugins {
  readonly plugins: Record<string, unknown> = {};
  readonly manifests: Record<string, PluginManifest> = {};
  readonly enabledPlugins = new Set<string>();
  private readonly styles = new Map<string, HTMLElement>();

  constructor(
    private readonly app: App,
    private readonly modules: ReadonlyMap<string, unknown>,
  ) {}

  getPlugin(id: string): unknown {
    return this.plugins[id] ?? null;
  }

  /** Not for plugins: at the start of the app. */
  async loadEnabled(): Promise<void> {
    const list = await this.app.vault.adapter.read(`${assumptions.configDir}/community-plugins.json`).catch(() => '[]');
    for (const id of JSON.parse(list) as string[]) await this.enablePlugin(id);
  }

  async enablePlugin(id: string): Promise<boolean> {
    if (this.enabledPlugins.has(id)) return true;
    const dir = `${assumptions.configDir}/plugins/${id}`;
    const { adapter } = this.app.vault;
    const manifest = { ...(JSON.parse(await adapter.read(`${dir}/manifest.json`)) as PluginManifest), dir };
    this.manifests[id] = manifest;
    this.enabledPlugins.add(id);
    if (!(await adapter.exists(`${dir}/main.js`))) {
      const settings = await adapter.read(`${dir}/data.json`).catch(() => '{}');
      this.plugins[id] = { manifest, settings: JSON.parse(settings) as unknown };
      return true;
    }
    const source = await adapter.read(`${dir}/main.js`);
    const style = document.head.createEl('style', { text: await adapter.read(`${dir}/styles.css`).catch(() => '') });
    this.styles.set(id, style);
    const plugin = new (this.evaluate(source, id))(this.app, manifest);
    this.plugins[id] = plugin;
    await plugin.loadAndWait();
    return true;
  }

  async disablePlugin(id: string): Promise<void> {
    const plugin = this.plugins[id];
    delete this.plugins[id];
    this.enabledPlugins.delete(id);
    (plugin as Partial<Plugin> | undefined)?.unload?.();
    this.styles.get(id)?.detach();
    this.styles.delete(id);
  }

  private evaluate(source: string, id: string): PluginClass {
    const module: { exports: { default?: PluginClass } } = { exports: {} };
    const require = (name: string): unknown => {
      if (!this.modules.has(name)) throw new NotInShell(`require('${name}')`);
      return this.modules.get(name);
    };
    // The app evaluates a plugin's text in a function scope, too.
    const run = window.eval(`(function (require, module, exports) {${source}\n})\n//# sourceURL=plugin:${id}`) as (...args: unknown[]) => void;
    run(require, module, module.exports);
    const exported = module.exports.default ?? (module.exports as unknown as PluginClass);
    if (typeof exported !== 'function') throw new Error(`main.js of ${id} exports no plugin class.`);
    return exported;
  }
}

interface CorePlugin {
  enabled: boolean;
  instance: { options: Record<string, unknown> };
}

/** `app.internalPlugins`: core plugins as their options (assumption 14). */
export class InternalPlugins {
  readonly plugins: Record<string, CorePlugin> = {};

  /** Not for plugins. */
  async read(app: App): Promise<void> {
    const { adapter } = app.vault;
    const enabled = JSON.parse(await adapter.read(`${assumptions.configDir}/core-plugins.json`).catch(() => '{"daily-notes":true}')) as Record<string, boolean>;
    for (const id of ['daily-notes', 'templates', 'sync', 'file-recovery', 'page-preview']) {
      const options = JSON.parse(await adapter.read(`${assumptions.configDir}/${id}.json`).catch(() => '{}')) as Record<string, unknown>;
      this.plugins[id] = { enabled: enabled[id] ?? false, instance: { options } };
    }
  }
  getPluginById(id: string): CorePlugin | null {
    return this.plugins[id] ?? null;
  }
  getEnabledPluginById(id: string): CorePlugin['instance'] | null {
    const plugin = this.plugins[id];
    return plugin?.enabled ? plugin.instance : null;
  }
}
