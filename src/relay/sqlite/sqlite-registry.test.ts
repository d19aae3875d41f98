import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DeviceId } from '../../protocol';
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

test('devices that come back in one turn of the event loop are written in one transaction, each in its own order', async () => {
  const registry = new SqliteRegistry(database);
  const devices = Array.from({ length: 40 }, (_, i) => i.toString(16).padStart(32, '0') as DeviceId);
  const hour = 60 * 60 * 1000;
  await registry.addTicket('ticket', 0);
  const [first, ...others] = devices as [DeviceId, ...DeviceId[]];
  await registry.found({ ticket: 'ticket', space: SPACE, device: first, deviceKey: Buffer.alloc(32, 1), admissionKey: Buffer.alloc(32, 2), founded: 0 });
  for (const device of others) await registry.admit(SPACE, device, Buffer.alloc(32, 3), 0, 100);
  const tokenOf = (device: DeviceId) => Buffer.from(device, 'hex');
  await Promise.all(devices.map((device) => registry.openSession(tokenOf(device), SPACE, device, hour, 0)));

  const transact = jest.spyOn(database, 'transact');
  await Promise.all(devices.flatMap((device) => [registry.heard(SPACE, device, hour), registry.extendSession(tokenOf(device), 2 * hour), registry.extendSession(tokenOf(device), 3 * hour)]));
  expect(transact).toHaveBeenCalledTimes(1);
  for (const device of devices) expect(await registry.session(tokenOf(device), 0)).toMatchObject({ device, expires: 3 * hour });
  expect(await registry.othersHeard(SPACE, first)).toBe(hour);

  // What waits for the next transaction is written before the file is closed.
  const last = registry.extendSession(tokenOf(first), 4 * hour);
  database.close();
  await last;
  const again = new RelayDatabase({ file: join(directory, 'relay.db'), reserveBytes: 65_536 });
  expect(await new SqliteRegistry(again).session(tokenOf(first), 0)).toMatchObject({ expires: 4 * hour });
  again.close();
});

test('sessions that have ended are dropped, and not looked for with each new one', async () => {
  const registry = new SqliteRegistry(database);
  const open = (number: number, expires: number, now: number) => registry.openSession(Buffer.alloc(32, number), SPACE, LAPTOP, expires, now);
  const kept = () => database.connection.prepare('SELECT count(*) FROM sessions').pluck().get();
  await open(1, 1_000, 0);
  await open(2, 10_000_000, 30_000);
  expect(kept()).toBe(2);
  expect(await registry.session(Buffer.alloc(32, 1), 30_000)).toBeNull();
  await open(3, 10_000_000, 60_000);
  expect(kept()).toBe(2);
});
