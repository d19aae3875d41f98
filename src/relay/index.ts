/** The relay as a library: beside one's own routes (`attachRelay`), with a server of its own (`startRelay`), or with another engine. */
export { attachRelay, type AttachedRelay } from './attach';
export { startRelay, type RunningRelay, type StartOptions } from './start';
export { Relay } from './relay';
export { RELAY_LIMITS, type RelayEngine, type RelayLimits, type RelayOptions, type RelayStatistics } from './relay-options';
export type { Authorize, AuthorizedAct } from './authorization';
export type { InspectedEntry, InspectOptions } from './inspect';
export { lineJournal, masked, type Fields, type Journal } from './journal';
export * from './log';
export type { Foundation, Founding, Registry, SessionRecord } from './registry';
export { MemoryLog } from './memory/memory-log';
export { MemoryRegistry } from './memory/memory-registry';
export { askForBackup, openLocalDoor, watchFrames, type BackupAnswer } from './local-door';
export type { WatchedFrame, WatchListener } from './frame-watch';
export { backUp, checkCopy, putInPlace, type CopyFacts } from './sqlite/copying';
export { RelayDatabase, type DatabaseOptions } from './sqlite/database';
export { SqliteLog, type SqliteLogOptions } from './sqlite/sqlite-log';
export { SqliteRegistry } from './sqlite/sqlite-registry';
