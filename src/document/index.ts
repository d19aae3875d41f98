export * from './types';
export { DocumentError } from './errors';
export type { DocumentErrorCode } from './errors';
export { LiveDocument } from './live-document';
export type { Applied, ApplyOptions, Author, Merged } from './live-document';
export { seed } from './seed';
export type { Seed, SeededIds } from './seed';
export { canonical } from './canonical';
export { importClientId } from './import-client';
