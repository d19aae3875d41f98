/** Files of live blocks, between this device and the relay. */
export * from './api';
export { withFiles, type FileEngine, type WithFilesOptions } from './transfers';
