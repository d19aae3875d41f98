import { brokenImports, importsOf } from './import-rules';
import { filesBelow, textOf } from './source-files';

const sources = filesBelow('src', ['.ts']).filter((path) => !/\.test\.ts$|\/testing\//.test(path));

describe('import rules', () => {
  test('each folder imports only what it may, through the index', () => {
    expect(sources.length).toBeGreaterThan(10);
    expect(sources.flatMap((path) => brokenImports(path, textOf(path)))).toEqual([]);
  });

  test.each([
    ['src/outline/x.ts', "import { a } from '../protocol';"],
    ['src/document/x.ts', "import type { A } from '../note';"],
    ['src/sync/x.ts', "export * from '../peer';"],
    ['src/relay/x.ts', "const a = await import('../crypto');"],
    ['src/obsidian/x.ts', "import '../relay';"],
    ['src/obsidian/x.ts', "const fs = require('node:fs');"],
    ['src/peer/x.ts', "import ws from 'ws';"],
    ['src/note/x.ts', "import { b } from '../document/live-document';"],
    ['src/transport/x.ts', "import { b } from '../sync';"],
    ['src/folder/x.ts', "import { b } from 'obsidian';"],
    ['src/cli/x.ts', "import { b } from '../../test/shell/server';"],
    ['src/cli/x.ts', "type A = import('../peer').Peer;"],
    ['src/elsewhere/x.ts', ''],
  ])('%s: %s is refused', (path, text) => {
    expect(brokenImports(path, text)).toHaveLength(1);
  });

  test.each([
    ['src/peer/x.ts', "import { a } from '../note'; import type { S } from '../sync/api';"],
    ['src/folder/x.ts', "import { a } from '../store/sqlite'; import { b } from 'node:fs';"],
    ['src/obsidian/x.ts', "import { a } from '../store/indexed-db'; import { b } from '@codemirror/view';"],
    ['src/cli/x.ts', "import { a } from '../relay'; import c from './y/z';"],
  ])('%s: %s is allowed', (path, text) => {
    expect(brokenImports(path, text)).toEqual([]);
  });

  test('an import in a comment or a string is none', () => {
    expect(importsOf("// import '../relay'\nconst a = \"import '../relay'\";")).toEqual([]);
  });
});
