// Builds everything into main.js and dist/. `--watch` rebuilds on change; `--no-types` leaves the declarations out.
import { appendFile, chmod, cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';
import ts from 'typescript';
import { bundledPackages, noticesOf } from './esbuild.notices.mjs';
import { foreignInputs } from './test/gates/plugin-inputs.mjs';

const root = dirname(fileURLToPath(import.meta.url));
const watch = process.argv.includes('--watch');
const types = !watch && !process.argv.includes('--no-types');

/** What Obsidian provides to plugins; bundling a second copy of CodeMirror breaks its editor silently. */
const provided = ['obsidian', 'electron', '@codemirror/*', '@lezer/*'];

/** @type {esbuild.BuildOptions} */
const shared = {
  absWorkingDir: root,
  bundle: true,
  charset: 'utf8',
  // Whole licences go along instead.
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
};
/** @type {esbuild.BuildOptions} */
const node = { ...shared, platform: 'node', format: 'esm', target: 'node20.19', packages: 'external', minifySyntax: true };
/** @type {esbuild.BuildOptions} */
const page = { ...shared, platform: 'browser', format: 'esm', target: 'es2022', minify: !watch, sourcemap: watch ? 'inline' : false };

/** @type {Record<string, esbuild.BuildOptions>} */
const targets = {
  plugin: {
    ...shared,
    entryPoints: ['./src/obsidian/main.ts'],
    outfile: 'main.js',
    platform: 'browser',
    format: 'cjs',
    // Engines of the phones and computers that Obsidian runs on; lowering private fields any further costs 40 kB.
    target: ['chrome100', 'safari15', 'ios15'],
    external: provided,
    minify: !watch,
    sourcemap: watch ? 'inline' : false,
    plugins: [pluginGate(), notices()],
  },
  cli: { ...node, entryPoints: ['./src/cli/main.ts'], outfile: 'dist/blockwire.mjs', banner: { js: '#!/usr/bin/env node' }, plugins: [executable()] },
  relay: { ...node, entryPoints: ['./src/relay/index.ts'], outfile: 'dist/relay.mjs' },
  sockets: { ...node, entryPoints: ['./src/relay/processes/socket-process.ts'], outfile: 'dist/socket-process.mjs' },
  shell: { ...page, entryPoints: { shell: './test/shell/main.ts', 'shell-style': './test/shell/shell.css' }, outdir: 'dist/shell' },
  try: { ...page, entryPoints: { page: './src/cli/try/page/page.ts', 'page-style': './src/cli/try/page/page.css' }, outdir: 'dist/try' },
};

/** Files that are served or installed as they are. */
const copies = [
  ['src/relay/webtransport/quic-end.mjs', 'dist/quic-end.mjs'],
  ['test/shell/index.html', 'dist/shell/index.html'],
  ['src/cli/try/page/index.html', 'dist/try/index.html'],
  ['samples', 'dist/samples'],
];

/** Fails the build when the plugin holds what would not run on a phone. @returns {esbuild.Plugin} */
function pluginGate() {
  return {
    name: 'plugin-gate',
    setup(build) {
      build.onEnd(async ({ metafile, errors }) => {
        if (!metafile || errors.length > 0) return;
        await mkdir(join(root, 'dist'), { recursive: true });
        await writeFile(join(root, 'dist/plugin-meta.json'), JSON.stringify(metafile));
        const found = foreignInputs(metafile);
        if (found.length > 0) return { errors: found.map((text) => ({ text })) };
      });
    },
  };
}

/** Puts the licences of what the plugin holds at its end: Obsidian installs this file alone. @returns {esbuild.Plugin} */
function notices() {
  return {
    name: 'notices',
    setup(build) {
      build.onEnd(async ({ metafile, errors }) => {
        if (metafile && errors.length === 0) await appendFile(join(root, 'main.js'), `/*!\n${noticesOf(root, bundledPackages(metafile))}*/\n`);
      });
    },
  };
}

/** @returns {esbuild.Plugin} */
function executable() {
  return {
    name: 'executable',
    setup(build) {
      build.onEnd(async ({ errors }) => {
        if (errors.length === 0) await chmod(join(root, 'dist/blockwire.mjs'), 0o755);
      });
    },
  };
}

/** Declarations of the relay as a library. Node resolves relative imports only with their extension, so each gets it. */
async function declarations() {
  const entry = join(root, 'src/relay/index.ts');
  const out = join(root, 'dist/types');
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [entry] }, ts.sys, root);
  const program = ts.createProgram([entry], {
    ...options,
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    rootDir: join(root, 'src'),
    outDir: out,
  });
  await rm(out, { recursive: true, force: true });
  const written = new Map();
  program.emit(undefined, (file, text) => written.set(file.replace(/\.d\.ts$/, ''), text));
  for (const [file, text] of written) {
    const withExtensions = text.replace(/((?:from|import)\s*\(?\s*['"])(\.{1,2}(?:\/[^'"]*)?)(['"])/g, (_, before, path, after) => {
      const target = join(dirname(file), path);
      return `${before}${written.has(target) ? path : `${path}/index`}.mjs${after}`;
    });
    await mkdir(dirname(file), { recursive: true });
    await writeFile(`${file}.d.mts`, withExtensions);
  }
  await writeFile(join(root, 'dist/relay.d.mts'), "export * from './types/relay/index.mjs';\n");
}

async function copyAll() {
  for (const [from, to] of copies) {
    await mkdir(dirname(join(root, to)), { recursive: true });
    await cp(join(root, from), join(root, to), { recursive: true });
  }
}

async function run() {
  if (watch) {
    const recopy = { name: 'copy', setup: (build) => build.onEnd(() => copyAll().catch((error) => console.error(error.message))) };
    for (const options of Object.values(targets)) {
      const context = await esbuild.context({ ...options, logLevel: 'info', plugins: [...(options.plugins ?? []), recopy] });
      await context.watch();
    }
    console.log('Watching. Ctrl-C ends it.');
    return;
  }
  /** @type {Set<string>} */
  const bundled = new Set();
  const builds = Object.entries(targets).map(async ([name, options]) => {
    const { metafile } = await esbuild.build(options);
    for (const each of bundledPackages(metafile)) bundled.add(each);
    for (const [file, { bytes }] of Object.entries(metafile.outputs)) console.log(`${name.padEnd(8)} ${file.padEnd(28)} ${(bytes / 1000).toFixed(1)} kB`);
  });
  const results = await Promise.allSettled(builds);
  let failed = false;
  for (const [i, result] of results.entries()) {
    if (result.status === 'fulfilled') continue;
    failed = true;
    // esbuild has printed its own errors by now; anything else is ours to show.
    console.error(`${Object.keys(targets)[i]}: ${result.reason.errors ? 'build failed' : result.reason.stack}`);
  }
  try {
    await copyAll();
    await writeFile(join(root, 'dist/THIRD-PARTY-NOTICES.txt'), `Blockwire's bundles hold these packages.\n\n${noticesOf(root, [...bundled].sort())}`);
    if (types) await declarations();
  } catch (error) {
    failed = true;
    console.error(error.message);
  }
  if (failed) process.exitCode = 1;
}

await run();
