import type { Metafile } from 'esbuild';

export function bundledPackages(metafile: Metafile): string[];
export function noticesOf(root: string, packages: readonly string[]): string;
