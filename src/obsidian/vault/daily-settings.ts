/**
 * How a vault keeps its daily notes and templates, and whether a plugin syncs its files, read from the JSON files in its configuration folder: those of the core
 * plugins, and those of Periodic Notes, Journals and Templater. Pure: the texts of the files come in, settings go out.
 */

export interface DailySettings {
  /** Vault folder without slashes at its ends; '' is the top. */
  readonly folder: string;
  /** As moment.js formats, folders included. */
  readonly format: string;
  /** Vault path of the template with extension, null if there is none. */
  readonly template: string | null;
}

export interface VaultSettings {
  /** null: no daily notes in this vault. */
  readonly daily: DailySettings | null;
  /** Folders and notes in which nothing becomes live. */
  readonly templates: readonly string[];
  /** One level of indent. */
  readonly indent: string;
  /** A plugin that syncs the files of this vault, by its name. */
  readonly syncedBy: string | null;
}

/** Files of the configuration folder that matter; a missing or damaged one counts as absent. */
export const SETTINGS_FILES = {
  app: 'app.json',
  corePlugins: 'core-plugins.json',
  communityPlugins: 'community-plugins.json',
  dailyNotes: 'daily-notes.json',
  templates: 'templates.json',
  periodicNotes: 'plugins/periodic-notes/data.json',
  journals: 'plugins/journals/data.json',
  templater: 'plugins/templater-obsidian/data.json',
} as const;
export type SettingsTexts = { readonly [File in keyof typeof SETTINGS_FILES]?: string | null };

/** Plugins that sync a vault's files, by id. */
const SYNCING: Readonly<Record<string, string>> = { 'obsidian-livesync': 'Self-hosted LiveSync', 'remotely-save': 'Remotely Save', 'remotely-sync': 'Remotely Sync' };

const DEFAULT_FORMAT = 'YYYY-MM-DD';

export function vaultSettings(texts: SettingsTexts): VaultSettings {
  const core = enabledIds(texts.corePlugins);
  const community = enabledIds(texts.communityPlugins);
  const daily =
    (community?.has('periodic-notes') ? periodicDaily(object(texts.periodicNotes)) : null) ??
    (community?.has('journals') ? journalDaily(object(texts.journals)) : null) ??
    (core === null || core.has('daily-notes') ? dailyOf(object(texts.dailyNotes)) : null);
  const templates = [string(object(texts.templates).folder)];
  if (community?.has('templater-obsidian')) templates.push(string(object(texts.templater).templates_folder));
  if (daily?.template) templates.push(daily.template);
  const app = object(texts.app);
  const tabSize = typeof app.tabSize === 'number' && app.tabSize >= 1 && app.tabSize <= 16 ? Math.floor(app.tabSize) : 4;
  const syncing = Object.keys(SYNCING).find((id) => community?.has(id));
  return {
    daily,
    templates: templates.map(trimSlashes).filter((path) => path !== ''),
    indent: app.useTab === false ? ' '.repeat(tabSize) : '\t',
    syncedBy: syncing === undefined ? null : (SYNCING[syncing] ?? null),
  };
}

export function isIn(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => path === folder || path.startsWith(`${folder}/`));
}

function dailyOf(settings: Json): DailySettings {
  const template = trimSlashes(string(settings.template));
  return {
    folder: trimSlashes(string(settings.folder)),
    format: string(settings.format).trim() || DEFAULT_FORMAT,
    template: template === '' ? null : /\.md$/i.test(template) ? template : `${template}.md`,
  };
}

/** Periodic Notes 0.x keeps `daily`, 1.x a list of calendar sets with `day`. */
function periodicDaily(settings: Json): DailySettings | null {
  const sets = Array.isArray(settings.calendarSets) ? settings.calendarSets.map(asObject) : [];
  const set = sets.find((one) => one.id === settings.activeCalendarSet) ?? sets[0];
  const day = set ? asObject(set.day) : asObject(settings.daily);
  if (day.enabled !== true) return null;
  return dailyOf({ ...day, template: day.templatePath ?? day.template });
}

/** Journals keeps any number of journals by name: the first that is written daily and names its notes by the day alone counts. */
function journalDaily(settings: Json): DailySettings | null {
  for (const journal of Object.values(asObject(settings.journals)).map(asObject)) {
    if (asObject(journal.write).type !== 'day') continue;
    const name = momentOf(string(journal.nameTemplate).trim() || '{{date}}', journal);
    const folder = trimSlashes(string(journal.folder));
    const folders = momentOf(folder, journal);
    if (name === null || folders === null) continue;
    const template = Array.isArray(journal.templates) ? string(journal.templates[0]) : '';
    const plain = !folder.includes('{{');
    return dailyOf({ folder: plain ? folder : '', format: plain ? name : `${folders}/${name}`, template: template.includes('{{') ? '' : template });
  }
  return null;
}

/** Text with Journals' variables as a format of moment's; null if it holds anything but days and words. */
function momentOf(text: string, journal: Json): string | null {
  let format = '';
  for (const part of text.split(/(\{\{.*?\}\})/)) {
    const [, name, own] = /^\{\{\s*(\w+)\s*(?::(.*?))?\s*\}\}$/.exec(part) ?? [];
    if (name === 'date' || name === 'start_date' || name === 'end_date') format += own ?? (string(journal.dateFormat).trim() || DEFAULT_FORMAT);
    else {
      const words = name === 'journal_name' ? string(journal.name) : part;
      if (/[[\]{}]/.test(words)) return null;
      if (words !== '') format += `[${words}]`;
    }
  }
  return format;
}

/** A list of ids, or a record of id and on or off; null if the file says nothing. */
function enabledIds(text: string | null | undefined): Set<string> | null {
  const value = parsed(text);
  if (Array.isArray(value)) return new Set(value.filter((id) => typeof id === 'string'));
  if (value === null || typeof value !== 'object') return null;
  return new Set(Object.entries(value).flatMap(([id, on]) => (on === true ? [id] : [])));
}

type Json = Readonly<Record<string, unknown>>;

function object(text: string | null | undefined): Json {
  return asObject(parsed(text));
}
function asObject(value: unknown): Json {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Json) : {};
}
function parsed(text: string | null | undefined): unknown {
  if (!text) return null;
  try {
    return JSON.parse(text);
  } catch {
    // Another program may be writing it; the next look finds it whole.
    return null;
  }
}
function string(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
function trimSlashes(path: string): string {
  return path.trim().replace(/^\/+|\/+$/g, '');
}
