/** Where Deno is: the npm package `deno`, or a program on PATH. */
import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';

const PROGRAM = process.platform === 'win32' ? 'deno.exe' : 'deno';

/** @returns its file, or null when there is none */
export function findDeno(environment: NodeJS.ProcessEnv = process.env, packages: () => readonly string[] = inPackages): string | null {
  const onPath = (environment['PATH'] ?? '').split(delimiter).filter((directory) => directory !== '').map((directory) => join(directory, PROGRAM));
  return [...packages(), ...onPath].find(isProgram) ?? null;
}

/** The package only starts the program of another one, which is for the one platform. */
function inPackages(): string[] {
  try {
    const own = createRequire(import.meta.url).resolve('deno/package.json');
    const fromThere = createRequire(own);
    const { optionalDependencies = {} } = fromThere(own) as { optionalDependencies?: Record<string, string> };
    const names = Object.keys(optionalDependencies).filter((name) => name.startsWith(`@deno/${process.platform}-${process.arch}`));
    return names.map((name) => join(dirname(fromThere.resolve(`${name}/package.json`)), PROGRAM));
  } catch {
    return []; // not installed
  }
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
