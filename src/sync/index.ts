export * from './api';
export * from './ports';
export { createSyncEngine } from './engine';
export { backoff } from './backoff';
export { delivered, newFlow, paceOf, windowOf } from './bulk-window';
export { BodyError, decodeBody } from './body';
