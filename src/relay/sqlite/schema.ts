/** Tables of a relay's file: the log, the files beside it, and the registry, which says who may connect. What is missing is made when the file is opened. */

/** "BwRl" */
export const APPLICATION_ID = 0x4277526c;
/** Rises with every change that an older program would misread. */
export const SCHEMA_VERSION = 1;

/** Tables that grow with what is written: too large to be checked whole at each start. */
export const LOG_TABLES: readonly string[] = ['entries', 'pruned', 'chunks'];

/**
 * `spaces.reserved`: sequence numbers up to here may have been given out, whatever the log now holds; none is used twice.
 * `entries.kind`: 0 update, 1 snapshot. `entries.lane`: 0 live, 1 bulk. `pruned` keeps what cursors and late
 * re-sends of dropped entries are checked by.
 * `files.file`: null for a forgotten file, whose chunks go by and by. `files.next`: its chunks before that are there.
 * `chunks.id`: 65,536 x the file's id, and the index.
 */
export const SCHEMA = `
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS spaces (
  id INTEGER PRIMARY KEY,
  space BLOB NOT NULL UNIQUE,
  reserved INTEGER NOT NULL,
  bytes INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS authors (
  id INTEGER PRIMARY KEY,
  space INTEGER NOT NULL,
  device BLOB NOT NULL,
  UNIQUE (space, device)
);
CREATE TABLE IF NOT EXISTS lanes (
  author INTEGER NOT NULL,
  lane INTEGER NOT NULL,
  counter INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  digest BLOB NOT NULL,
  PRIMARY KEY (author, lane)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS documents (
  id INTEGER PRIMARY KEY,
  space INTEGER NOT NULL,
  alias BLOB NOT NULL,
  first INTEGER NOT NULL DEFAULT 0,
  sequence INTEGER NOT NULL DEFAULT 0,
  covers INTEGER NOT NULL DEFAULT 0,
  author INTEGER NOT NULL DEFAULT 0,
  confirmed INTEGER NOT NULL DEFAULT 0,
  UNIQUE (space, alias)
);
CREATE TABLE IF NOT EXISTS entries (
  space INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  document INTEGER NOT NULL,
  author INTEGER NOT NULL,
  lane INTEGER NOT NULL,
  counter INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  covers INTEGER NOT NULL,
  part INTEGER NOT NULL,
  parts INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (space, sequence)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS entries_of_document ON entries (document, sequence);
CREATE TABLE IF NOT EXISTS pruned (
  space INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  author INTEGER NOT NULL,
  lane INTEGER NOT NULL,
  counter INTEGER NOT NULL,
  digest BLOB NOT NULL,
  PRIMARY KEY (space, sequence)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS files (
  id INTEGER PRIMARY KEY,
  space BLOB NOT NULL,
  file BLOB,
  count INTEGER NOT NULL,
  next INTEGER NOT NULL,
  touched INTEGER NOT NULL,
  UNIQUE (space, file)
);
CREATE INDEX IF NOT EXISTS files_forgotten ON files (id) WHERE file IS NULL;
CREATE TABLE IF NOT EXISTS chunks (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL);

CREATE TABLE IF NOT EXISTS members (
  space BLOB NOT NULL,
  device BLOB NOT NULL,
  public_key BLOB NOT NULL,
  added INTEGER NOT NULL,
  heard INTEGER NOT NULL,
  PRIMARY KEY (space, device)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS foundations (
  space BLOB PRIMARY KEY,
  admission_key BLOB NOT NULL,
  founded INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sessions (
  token_hash BLOB PRIMARY KEY,
  space BLOB NOT NULL,
  device BLOB NOT NULL,
  expires INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sessions_of_device ON sessions (space, device);
CREATE TABLE IF NOT EXISTS tickets (
  ticket TEXT PRIMARY KEY,
  made INTEGER NOT NULL
) WITHOUT ROWID;
`;
