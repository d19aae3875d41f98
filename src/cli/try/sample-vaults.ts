import { cp, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The demo's two vaults differ in all that may differ: folder and name of the daily note, indents, words. */
export interface SampleVault {
  readonly name: 'Laptop' | 'Phone';
  readonly dailyNotes: { readonly folder: string; readonly format: string };
  readonly useTab: boolean;
  readonly tabSize: number;
  /** Vault path of the note of a day. */
  noteOf(day: Date): string;
  readonly daily: string;
  /** Further notes: path -> file among the samples. */
  readonly samples: Readonly<Record<string, string>>;
}

const two = (n: number) => String(n).padStart(2, '0');
const ordinal = (n: number) => `${n}${n % 100 > 10 && n % 100 < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th')}`;

export const sampleVaults: readonly SampleVault[] = [
  {
    name: 'Laptop',
    dailyNotes: { folder: 'Daily', format: 'YYYY-MM-DD' },
    useTab: true,
    tabSize: 4,
    noteOf: (day) => `Daily/${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}.md`,
    daily: [
      '- type here #live',
      '\t- water the tomatoes',
      '\t- call the plumber',
      '\t- move me with Alt and an arrow key',
      '- this bullet has no tag: it stays on the laptop',
      '- to read: [[websockets]], a long note',
      '- add the tag to any of these, and it is on the phone too',
      '',
    ].join('\n'),
    samples: { 'websockets.md': 'websockets.md' },
  },
  {
    name: 'Phone',
    dailyNotes: { folder: 'Journal', format: 'YYYY/MMMM/Do [of] MMMM' },
    useTab: false,
    tabSize: 2,
    noteOf: (day) => {
      const month = day.toLocaleDateString('en', { month: 'long' });
      return `Journal/${day.getFullYear()}/${month}/${ordinal(day.getDate())} of ${month}.md`;
    },
    daily: '- this note is the phone’s own: another folder, another name, spaces for tabs\n',
    samples: {},
  },
];

/**
 * Makes what a vault lacks: settings, samples, today's note. Notes that are there stay as they are; the plugin is the one of this build.
 * @param built folder with main.js, manifest.json and styles.css
 */
export async function prepareVault(vault: SampleVault, directory: string, built: string, samples: string, today: Date): Promise<void> {
  const config = join(directory, '.obsidian');
  const plugin = join(config, 'plugins', 'blockwire');
  await mkdir(plugin, { recursive: true });
  const settings: Record<string, unknown> = {
    'app.json': { useTab: vault.useTab, tabSize: vault.tabSize },
    'daily-notes.json': vault.dailyNotes,
    'core-plugins.json': { 'daily-notes': true },
    'community-plugins.json': ['blockwire'],
  };
  for (const [name, value] of Object.entries(settings)) await writeIfMissing(join(config, name), `${JSON.stringify(value, null, 2)}\n`);
  for (const name of ['main.js', 'manifest.json', 'styles.css']) await cp(join(built, name), join(plugin, name));
  for (const [path, sample] of Object.entries(vault.samples)) await writeIfMissing(join(directory, path), await readFile(join(samples, sample), 'utf8'));
  await writeIfMissing(join(directory, vault.noteOf(today)), vault.daily);
}

async function writeIfMissing(file: string, text: string): Promise<void> {
  if (await stat(file).catch(() => null)) return;
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, text);
}
