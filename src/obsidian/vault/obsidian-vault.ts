/** An Obsidian vault as a peer sees it. */
import { moment, normalizePath, TFile, TFolder, type App } from 'obsidian';
import { DayFormatError, dayNames, type DayNames } from '../../outline';
import { engineAt, PeerError, SYNCTHING_MARK, type Day, type NotePath, type Vault } from '../../peer';
import { fillDayTemplate } from './day-template';
import { isIn, SETTINGS_FILES, vaultSettings, type SettingsTexts, type VaultSettings } from './daily-settings';

/** The typed `moment` of the app is a namespace that can't be called; this is what is used of it. */
interface Moment {
  format(format: string): string;
  clone(): Moment;
  add(amount: number, unit: string): Moment;
}
const momentOf = moment as unknown as (text?: string, format?: string) => Moment;

/** What Obsidian Sync, which has no interface for plugins, keeps of the remote vault that this one is connected to. */
interface WithSync {
  readonly internalPlugins?: { readonly plugins?: { readonly sync?: { readonly enabled?: boolean; readonly instance?: { readonly vaultId?: unknown } } } };
}

export interface EditorsOfVault {
  /** Whether an editor has this note: then its file is not ours to write. */
  shows(path: NotePath): boolean;
}

/** An editor that is being opened or closed lets go of its file within this time (ms); it is looked at again after each step. */
const LONGEST_WAIT = 1_000;
const STEP = 100;
/** Settings of other plugins are read again after this time (ms). */
const SETTINGS_AGE = 15_000;

export class ObsidianVault implements Vault {
  #settings: VaultSettings = vaultSettings({});
  #names: DayNames | null = null;
  #formatProblem: string | null = null;
  #readAt = -Infinity;
  #reading: Promise<void> = Promise.resolve();

  constructor(
    private readonly app: App,
    private readonly editors: EditorsOfVault,
  ) {}

  /** Reads how the vault keeps daily notes and templates; to be called before anything else, and now and then. Resolves when it is known. */
  refresh(): Promise<void> {
    if (Date.now() - this.#readAt >= SETTINGS_AGE) {
      this.#readAt = Date.now();
      this.#reading = this.#readAll();
    }
    return this.#reading;
  }

  async #readAll(): Promise<void> {
    const texts: { -readonly [File in keyof SettingsTexts]: string | null } = {};
    for (const [name, file] of Object.entries(SETTINGS_FILES)) {
      texts[name as keyof SettingsTexts] = await this.#readSettings(`${this.app.vault.configDir}/${file}`);
    }
    this.#settings = vaultSettings(texts);
    this.#names = null;
    this.#formatProblem = null;
    try {
      if (this.#settings.daily) this.#names = dayNames(this.#settings.daily.format, moment.locale());
    } catch (error) {
      if (!(error instanceof DayFormatError)) throw error;
      this.#formatProblem = error.message;
    }
  }

  get defaultIndent(): string {
    return this.#settings.indent;
  }
  /** A sentence for the settings if the vault's daily-note format can't name days. */
  get formatProblem(): string | null {
    return this.#formatProblem;
  }

  dayOf(path: NotePath): Day | null {
    const { daily } = this.#settings;
    if (!daily || !this.#names || !path.endsWith('.md')) return null;
    const prefix = daily.folder === '' ? '' : `${daily.folder}/`;
    if (!path.startsWith(prefix)) return null;
    return this.#names.parse(path.slice(prefix.length, -'.md'.length));
  }

  pathOfDay(day: Day): NotePath | null {
    const { daily } = this.#settings;
    if (!daily || !this.#names) return null;
    return normalizePath(`${daily.folder === '' ? '' : `${daily.folder}/`}${this.#names.format(day)}.md`);
  }

  async state(path: NotePath): Promise<'present' | 'absent' | 'waiting'> {
    if (this.app.vault.getAbstractFileByPath(path) instanceof TFile) return 'present';
    const at = path.lastIndexOf('/') + 1;
    // iCloud keeps the name of a file that it has not downloaded so.
    const placeholder = `${path.slice(0, at)}.${path.slice(at)}.icloud`;
    return (await this.app.vault.adapter.exists(placeholder)) ? 'waiting' : 'absent';
  }

  async stat(path: NotePath): Promise<{ mtime: number; size: number } | null> {
    const file = this.app.vault.getAbstractFileByPath(path);
    return file instanceof TFile ? { mtime: file.stat.mtime, size: file.stat.size } : null;
  }

  async read(path: NotePath): Promise<string> {
    return this.app.vault.read(this.#file(path));
  }

  /** @throws PeerError NOTE_OPEN when an editor has the note: it changes through that, once it is bound */
  async process(path: NotePath, change: (text: string) => string | null): Promise<void> {
    for (let waited = 0; this.editors.shows(path) && waited < LONGEST_WAIT; waited += STEP) {
      await new Promise((resolve) => window.setTimeout(resolve, STEP));
    }
    const checked = (text: string): string | null => {
      if (this.editors.shows(path)) throw new PeerError('NOTE_OPEN', 'The note is being opened in an editor.', 'What waits for it is shown there in a moment.');
      return change(text);
    };
    const file = this.#file(path);
    if (checked(await this.app.vault.read(file)) === null) return;
    await this.app.vault.process(file, (text) => checked(text) ?? text);
  }

  async create(target: { day: Day } | { path: NotePath }): Promise<NotePath> {
    await this.refresh();
    if ('path' in target) return this.#create(target.path, '');
    const path = this.pathOfDay(target.day);
    if (path === null) {
      throw new PeerError('NO_DAILY_NOTES', 'This vault has no daily notes.', 'Enable the core plugin Daily notes, then try again. The block stays in the inbox.');
    }
    return this.#create(path, await this.#dayText(target.day, path));
  }

  async list(): Promise<{ path: NotePath; mtime: number; size: number }[]> {
    return this.app.vault.getMarkdownFiles().map((file) => ({ path: file.path, mtime: file.stat.mtime, size: file.stat.size }));
  }

  async tagged(tag: string): Promise<NotePath[]> {
    const wanted = tag.toLowerCase();
    const paths: NotePath[] = [];
    for (const file of this.app.vault.getMarkdownFiles()) {
      const tags = this.app.metadataCache.getFileCache(file)?.tags;
      if (tags?.some(({ tag: found }) => found.toLowerCase() === wanted || found.toLowerCase().startsWith(`${wanted}/`))) paths.push(file.path);
    }
    return paths;
  }

  isTemplate(path: NotePath): boolean {
    return isIn(path, this.#settings.templates);
  }

  #file(path: NotePath): TFile {
    const file = this.app.vault.getAbstractFileByPath(path);
    if (file instanceof TFile) return file;
    throw new PeerError('NO_NOTE', 'The note is not there any more.', 'Nothing was written.');
  }

  async #create(path: NotePath, text: string): Promise<NotePath> {
    if (this.app.vault.getAbstractFileByPath(path) instanceof TFile) return path;
    let folder = '';
    for (const part of path.split('/').slice(0, -1)) {
      folder = folder === '' ? part : `${folder}/${part}`;
      if (!(this.app.vault.getAbstractFileByPath(folder) instanceof TFolder)) await this.app.vault.createFolder(folder);
    }
    return (await this.app.vault.create(path, text)).path;
  }

  async syncedBy(): Promise<string | null> {
    const sync = (this.app as WithSync).internalPlugins?.plugins?.sync;
    if (sync?.enabled === true && typeof sync.instance?.vaultId === 'string' && sync.instance.vaultId !== '') return 'Obsidian Sync';
    const { adapter } = this.app.vault;
    return this.#settings.syncedBy ?? engineAt(adapter.getResourcePath('')) ?? ((await adapter.exists(SYNCTHING_MARK)) ? 'Syncthing' : null);
  }

  async #dayText(day: Day, path: NotePath): Promise<string> {
    const template = this.#settings.daily?.template;
    const file = template ? this.app.vault.getAbstractFileByPath(normalizePath(template)) : null;
    if (!(file instanceof TFile)) return '';
    const title = path.slice(path.lastIndexOf('/') + 1, -'.md'.length);
    const now = momentOf();
    const date = momentOf(`${day} ${now.format('HH:mm:ss')}`, 'YYYY-MM-DD HH:mm:ss');
    return fillDayTemplate(await this.app.vault.cachedRead(file), {
      title,
      format: (format, moved) => (moved ? date.clone().add(moved.amount, moved.unit) : date).format(format),
    });
  }

  async #readSettings(path: string): Promise<string | null> {
    try {
      return (await this.app.vault.adapter.exists(path)) ? await this.app.vault.adapter.read(path) : null;
    } catch {
      return null;
    }
  }
}
