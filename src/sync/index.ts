export * from './api';
export * from './ports';
export { createSyncEngine } from './engine';
export { backoff, pauseAfter } from './backoff';
export { BodyError, decodeBody } from './body';
