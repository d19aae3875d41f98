export * from './ids';
export * from './errors';
export * from './limits';
export * from './frames';
export * from './entry';
