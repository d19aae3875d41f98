export * from './api';
export * from './ports';
export { createSyncEngine } from './engine';
export { backoff } from './backoff';
export { BodyError, decodeBody } from './body';
