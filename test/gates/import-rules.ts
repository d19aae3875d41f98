import { dirname, join } from 'node:path/posix';
import ts from 'typescript';
import { textOf } from './source-files';

const device = ['protocol', 'outline', 'document', 'note', 'crypto', 'sync', 'transport', 'store', 'files', 'peer', 'doctor'];

/** Which folder of src may import which. */
export const mayImport: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  outline: [],
  crypto: [],
  document: ['outline'],
  note: ['outline', 'document'],
  sync: ['protocol'],
  transport: ['protocol', 'sync'],
  store: ['protocol', 'sync'],
  files: ['protocol', 'crypto', 'sync'],
  doctor: ['protocol'],
  peer: ['outline', 'document', 'note', 'crypto', 'sync', 'files', 'protocol'],
  relay: ['protocol'],
  obsidian: device,
  folder: device,
  cli: ['relay', 'folder', 'doctor', 'protocol', 'crypto'],
};

/** Files of a folder that others may import beside its index: contracts, and adapters that only one kind of program can load. */
const doors: Readonly<Record<string, RegExp>> = {
  sync: /^(ports|api)$/,
  peer: /^(ports|api)$/,
  files: /^api$/,
  store: /^[^/]+$/,
  transport: /^[^/]+$/,
};

/** Folders, or files in them, that run in Node alone and may import its modules and native packages. */
const nodeSide = /^src\/(relay|folder|cli)\/|^src\/store\/sqlite|^src\/transport\/(?:ws|http)-node/;
/** Who may import what Obsidian provides. */
const obsidianSide = /^src\/obsidian\//;
/** The try-it page runs in a browser and in no vault. */
const providedByObsidian = /^(obsidian|electron|@codemirror\/.*|@lezer\/.*)$/;
const nodePackages = /^(node:.*|ws|better-sqlite3|chokidar|commander)$/;

/** Every module that a source text names: static, type-only, re-exported, dynamic and required. */
export function importsOf(text: string): string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map((file) => file.fileName);
}

/** What an adapter may take from sync's index: the contracts that it fulfils. */
const portsOfSync = new Set([...textOf('src/sync/ports.ts').matchAll(/^export (?:abstract )?(?:interface|type|class|const|function) (\w+)/gm)].map((match) => match[1]));

/** The names that a text imports from a module; '*' for all of it. */
function namesFrom(text: string, module: string): string[] {
  const found: string[] = [];
  for (const statement of ts.createSourceFile('x.ts', text, ts.ScriptTarget.ES2022).statements) {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) continue;
    const { moduleSpecifier } = statement;
    if (!moduleSpecifier || !ts.isStringLiteral(moduleSpecifier) || moduleSpecifier.text !== module) continue;
    const bindings = ts.isImportDeclaration(statement) ? statement.importClause?.namedBindings : statement.exportClause;
    if (bindings && (ts.isNamedImports(bindings) || ts.isNamedExports(bindings))) found.push(...bindings.elements.map((element) => (element.propertyName ?? element.name).text));
    else found.push('*');
  }
  return found;
}

/** Sentences, one for each import in a file that the rules don't allow. `path` is relative to the project. */
export function brokenImports(path: string, text: string): string[] {
  const broken: string[] = [];
  const folder = /^src\/([^/]+)\//.exec(path)?.[1];
  if (!folder) return [`${path} is in no folder of src`];
  const allowed = mayImport[folder];
  if (!allowed) return [`src/${folder} has no import rules`];
  for (const name of importsOf(text)) {
    if (!name.startsWith('.')) {
      if (providedByObsidian.test(name) && !obsidianSide.test(path)) broken.push(`${path} imports ${name}, which only src/obsidian may`);
      if (nodePackages.test(name) && !nodeSide.test(path)) broken.push(`${path} imports ${name}, which needs Node`);
      continue;
    }
    const target = join(dirname(path), name);
    const [, other, inside] = /^src\/([^/]+)(?:\/(.+))?$/.exec(target) ?? [];
    // The version is written once.
    if (target === 'package.json' && folder === 'cli') continue;
    if (!other) {
      broken.push(`${path} imports ${name}, which is outside src`);
      continue;
    }
    if (other === folder) continue;
    if (!allowed.includes(other)) broken.push(`${path} imports src/${other}, which src/${folder} may not`);
    else if ((folder === 'transport' || folder === 'store') && other === 'sync' && inside !== 'ports') {
      const more = namesFrom(text, name).filter((imported) => !portsOfSync.has(imported));
      if (more.length > 0) broken.push(`${path} imports ${more.join(', ')} from ${name}, but only sync's ports are for it`);
    }
    else if (inside && inside !== 'index' && !doors[other]?.test(inside)) broken.push(`${path} imports ${name} past the folder's index`);
  }
  return broken;
}
