import { isIn, vaultSettings } from './daily-settings';

test('a vault that was never set up has daily notes at its top', () => {
  expect(vaultSettings({})).toEqual({ daily: { folder: '', format: 'YYYY-MM-DD', template: null }, templates: [], indent: '\t', syncedBy: null });
});

test('a plugin that is enabled and syncs files is named', () => {
  expect(vaultSettings({ communityPlugins: '["calendar","remotely-save"]' }).syncedBy).toBe('Remotely Save');
  expect(vaultSettings({ communityPlugins: '["calendar"]' }).syncedBy).toBeNull();
});

test('core daily notes: folder, format and template', () => {
  const texts = { dailyNotes: JSON.stringify({ folder: '/Journal/', format: 'YYYY/MM/YYYY-MM-DD', template: 'Templates/Day' }) };
  expect(vaultSettings(texts).daily).toEqual({ folder: 'Journal', format: 'YYYY/MM/YYYY-MM-DD', template: 'Templates/Day.md' });
});

test.each([
  ['a list', ['file-explorer']],
  ['a record', { 'file-explorer': true, 'daily-notes': false }],
])('daily notes that are switched off (%s) are none', (_form, corePlugins) => {
  expect(vaultSettings({ corePlugins: JSON.stringify(corePlugins), dailyNotes: '{"folder":"x"}' }).daily).toBeNull();
});

test.each([
  ['0.x', { daily: { enabled: true, folder: 'P', format: 'DD.MM.YYYY', template: 'T/d.md' } }],
  ['1.x', { activeCalendarSet: 'b', calendarSets: [{ id: 'a' }, { id: 'b', day: { enabled: true, folder: 'P', format: 'DD.MM.YYYY', templatePath: 'T/d.md' } }] }],
])('Periodic Notes %s goes before the core plugin', (_version, data) => {
  const texts = { communityPlugins: '["periodic-notes"]', periodicNotes: JSON.stringify(data), dailyNotes: '{"folder":"core"}' };
  expect(vaultSettings(texts).daily).toEqual({ folder: 'P', format: 'DD.MM.YYYY', template: 'T/d.md' });
});

test('Periodic Notes that is not enabled, or without daily notes, leaves them to the core plugin', () => {
  const data = JSON.stringify({ daily: { enabled: true, folder: 'P' } });
  expect(vaultSettings({ periodicNotes: data, dailyNotes: '{"folder":"core"}' }).daily?.folder).toBe('core');
  const off = JSON.stringify({ daily: { enabled: false, folder: 'P' } });
  expect(vaultSettings({ communityPlugins: '["periodic-notes"]', periodicNotes: off, dailyNotes: '{"folder":"core"}' }).daily?.folder).toBe('core');
});

const JOURNALS = { communityPlugins: '["journals"]', dailyNotes: '{"folder":"core"}' };
const journals = (...list: object[]): string => JSON.stringify({ version: 2, journals: Object.fromEntries(list.map((one, index) => [`J${index}`, { name: `J${index}`, ...one }])) });

test.each([
  ['its defaults', { write: { type: 'day' }, nameTemplate: '', dateFormat: '', folder: '', templates: [] }, { folder: '', format: 'YYYY-MM-DD', template: null }],
  ['a folder and a format', { write: { type: 'day' }, nameTemplate: '{{date}}', dateFormat: 'DD.MM.YYYY', folder: '/Journal/', templates: ['T/d', 'T/e'] }, { folder: 'Journal', format: 'DD.MM.YYYY', template: 'T/d.md' }],
  [
    'variables in folder and name',
    { write: { type: 'day' }, nameTemplate: 'Day {{date:YYYY-MM-DD}} of {{journal_name}}', dateFormat: 'D', folder: 'Log/{{ date:YYYY/MM }}', templates: ['T/{{date}}'] },
    { folder: '', format: '[Log/]YYYY/MM/[Day ]YYYY-MM-DD[ of ][J0]', template: null },
  ],
])('Journals goes before the core plugin: %s', (_what, journal, daily) => {
  expect(vaultSettings({ ...JOURNALS, journals: journals(journal) }).daily).toEqual(daily);
});

test('of several journals the first that is written daily is the daily one', () => {
  const data = journals({ write: { type: 'week' }, folder: 'W' }, { write: { type: 'day' }, folder: 'A' }, { write: { type: 'day' }, folder: 'B' });
  expect(vaultSettings({ ...JOURNALS, journals: data }).daily?.folder).toBe('A');
});

test.each([
  ['no daily journal', journals({ write: { type: 'week' } })],
  ['a name that holds more than a day', journals({ write: { type: 'day' }, nameTemplate: '{{date}} {{index}}' })],
  ['nothing that is known', '{"journals": [7]}'],
])('Journals with %s leaves daily notes to the core plugin', (_what, data) => {
  expect(vaultSettings({ ...JOURNALS, journals: data }).daily?.folder).toBe('core');
});

test('Periodic Notes goes before Journals, and Journals that is switched off counts for nothing', () => {
  const data = journals({ write: { type: 'day' }, folder: 'J' });
  const periodicNotes = '{"daily": {"enabled": true, "folder": "P"}}';
  expect(vaultSettings({ communityPlugins: '["journals", "periodic-notes"]', periodicNotes, journals: data }).daily?.folder).toBe('P');
  expect(vaultSettings({ dailyNotes: '{"folder":"core"}', journals: data }).daily?.folder).toBe('core');
});

test('templates: the core folder, that of Templater, and the daily template itself', () => {
  const { templates } = vaultSettings({
    templates: '{"folder":"Templates/"}',
    communityPlugins: '["templater-obsidian"]',
    templater: '{"templates_folder":"Other"}',
    dailyNotes: '{"template":"Days/new"}',
  });
  expect(templates).toEqual(['Templates', 'Other', 'Days/new.md']);
  expect(isIn('Templates/a.md', templates)).toBe(true);
  expect(isIn('Templates2/a.md', templates)).toBe(false);
  expect(isIn('Days/new.md', templates)).toBe(true);
});

test('a damaged file counts as absent, and nothing in one is taken for more than it is', () => {
  expect(vaultSettings({ dailyNotes: '{"folder": "x', app: '[]', templates: '7' }).daily?.folder).toBe('');
  expect(vaultSettings({ dailyNotes: '{"folder": 7, "format": null}' }).daily).toEqual({ folder: '', format: 'YYYY-MM-DD', template: null });
  expect(vaultSettings({ app: '{"useTab": false, "tabSize": 2}' }).indent).toBe('  ');
  expect(vaultSettings({ app: '{"useTab": false, "tabSize": 1e9}' }).indent).toBe('    ');
});
