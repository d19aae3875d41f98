import { builtinModules } from 'node:module';

/** Packages that must never be found inside the plugin: they need Node, or Obsidian provides them. */
const foreignPackages = ['ws', 'better-sqlite3', 'chokidar', 'commander', 'moment', 'obsidian', 'electron'];

/**
 * What esbuild's metafile of the plugin shows that may not be in it, one sentence each. A missing `external` bundles silently,
 * and a second copy of CodeMirror breaks the editor only at run time.
 * @param {import('esbuild').Metafile} metafile
 * @returns {string[]}
 */
export function foreignInputs(metafile) {
  const found = [];
  for (const [path, input] of Object.entries(metafile.inputs)) {
    const packageName = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
    if (packageName && (foreignPackages.includes(packageName) || /^@(codemirror|lezer)\//.test(packageName)))
      found.push(`main.js holds ${packageName} (${path})`);
    if (/^src\/(relay|folder|cli)\//.test(path)) found.push(`main.js holds ${path}`);
    for (const { path: imported, external } of input.imports) {
      if (external && (imported.startsWith('node:') || builtinModules.includes(imported)))
        found.push(`main.js imports the Node module ${imported} (in ${path})`);
    }
  }
  return found;
}
