export * from './types';
export { parse, parseBlock, render } from './parse';
export type { BlockReading } from './parse';
export { readLine, sameShape } from './line-kind';
export type { LineShape } from './line-kind';
export { itemText, offsetToSource, sourceToOffset } from './item-text';
export { canWrite, childIndent, contentIndent, writeItem } from './write';
export type { WrittenItem } from './write';
