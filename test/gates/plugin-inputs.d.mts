import type { Metafile } from 'esbuild';
export function foreignInputs(metafile: Metafile): string[];
