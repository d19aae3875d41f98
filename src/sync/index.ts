export * from './api';
export * from './ports';
export { createSyncEngine } from './engine';
