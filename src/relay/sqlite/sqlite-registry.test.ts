import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeRegistry } from '../registry.contract';
import { LAPTOP, SPACE, updates } from '../testing/entries';
import { RelayDatabase } from './database';
import { SqliteLog } from './sqlite-log';
import { SqliteRegistry } from './sqlite-registry';

let directory: string;
let database: RelayDatabase;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'blockwire-registry-'));
  database = new RelayDatabase({ file: join(directory, 'relay.db'), reserveBytes: 65_536 });
});
afterEach(() => {
  database.close();
  rmSync(directory, { recursive: true, force: true });
});

describeRegistry('SQLite', async () => new SqliteRegistry(database));

test("a change of the registry does not disturb the log's open turn", async () => {
  const log = new SqliteLog(database);
  const registry = new SqliteRegistry(database);
  const appended = log.append(SPACE, LAPTOP, updates(1, 3));
  await registry.addTicket('ticket', 1);
  expect((await appended).map(({ status }) => status)).toEqual(['stored', 'stored', 'stored']);
  expect(await registry.unusedTicket()).toBe('ticket');
});
