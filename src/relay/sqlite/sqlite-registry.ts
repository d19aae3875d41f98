/** The registry in the relay's SQLite file. Every change is on the disk when its promise resolves. An error of the disk ends the log's work, too. */
import { fromHex, toHex, type DeviceId, type SpaceId } from '../../protocol';
import { HEARD_EVERY, type Foundation, type Founding, type Registry, type SessionRecord } from '../registry';
import type { RelayDatabase } from './database';

type FoundationRow = [admissionKey: Uint8Array, founded: number];

/**
 * Time between two transactions of what devices that come back need, ms, or so many times as long as the last one took: when thousands do, a sync of the
 * disk for each would hold them up, and a slow disk would leave no time for anything else.
 */
const GATHER = { least: 20, times: 4 };
/** Sessions that have ended are dropped at most this often, ms: all are looked at for that, and thousands of devices may open theirs at once. */
const DROP_EVERY = 60_000;

interface Due {
  readonly work: () => void;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class SqliteRegistry implements Registry {
  private readonly statements;
  private due: Due[] = [];
  /** The next such transaction may begin. */
  private nextAt = -Infinity;
  private droppedAt = -Infinity;

  constructor(private readonly database: RelayDatabase) {
    database.beforeClose = () => this.writeDue();
    const prepare = (sql: string) => database.connection.prepare(sql);
    this.statements = {
      spaces: prepare('SELECT space FROM foundations ORDER BY founded, space').pluck(),
      space: prepare('SELECT admission_key, founded FROM foundations WHERE space = ?').raw(),
      found: prepare('INSERT INTO foundations (space, admission_key, founded) VALUES (?, ?, ?)'),
      useTicket: prepare('DELETE FROM tickets WHERE ticket = ?'),
      addTicket: prepare('INSERT OR IGNORE INTO tickets (ticket, made) VALUES (?, ?)'),
      ticket: prepare('SELECT ticket FROM tickets ORDER BY made, ticket LIMIT 1').pluck(),
      addMember: prepare('INSERT OR IGNORE INTO members (space, device, public_key, added, heard) VALUES (?, ?, ?, ?, ?)'),
      memberKey: prepare('SELECT public_key FROM members WHERE space = ? AND device = ?').pluck(),
      memberCount: prepare('SELECT count(*) FROM members WHERE space = ?').pluck(),
      heard: prepare('UPDATE members SET heard = ? WHERE space = ? AND device = ?'),
      heardAt: prepare('SELECT heard FROM members WHERE space = ? AND device = ?').pluck(),
      othersHeard: prepare('SELECT max(heard) FROM members WHERE space = ? AND device <> ?').pluck(),
      openSession: prepare('INSERT OR REPLACE INTO sessions (token_hash, space, device, expires) VALUES (?, ?, ?, ?)'),
      dropSessions: prepare('DELETE FROM sessions WHERE expires <= ?'),
      session: prepare('SELECT space, device, expires FROM sessions WHERE token_hash = ? AND expires > ?').raw(),
      extend: prepare('UPDATE sessions SET expires = ? WHERE token_hash = ?'),
    };
  }

  async spaces(): Promise<readonly SpaceId[]> {
    return (this.read(() => this.statements.spaces.all()) as Uint8Array[]).map((space) => toHex(space) as SpaceId);
  }

  async space(space: SpaceId): Promise<Foundation | null> {
    const row = this.read(() => this.statements.space.get(fromHex(space))) as FoundationRow | undefined;
    return row === undefined ? null : { admissionKey: row[0], founded: row[1] };
  }

  async found(request: Founding): Promise<'founded' | 'known' | 'bad-ticket' | 'taken'> {
    const { statements } = this;
    const space = fromHex(request.space);
    const device = fromHex(request.device);
    const row = this.read(() => statements.space.get(space)) as FoundationRow | undefined;
    if (row !== undefined) {
      const isSame = this.read(() => statements.memberKey.get(space, device)) !== undefined && Buffer.compare(row[0], request.admissionKey) === 0;
      return isSame ? 'known' : 'taken';
    }
    let outcome: 'founded' | 'bad-ticket' = 'bad-ticket';
    this.database.transact(() => {
      if (statements.useTicket.run(request.ticket).changes === 0) return;
      statements.found.run(space, request.admissionKey, request.founded);
      statements.addMember.run(space, device, request.deviceKey, request.founded, request.founded);
      outcome = 'founded';
    });
    return outcome;
  }

  async admit(space: SpaceId, device: DeviceId, deviceKey: Uint8Array, now: number, most: number): Promise<'admitted' | 'full'> {
    const key = fromHex(space);
    const id = fromHex(device);
    if (this.read(() => this.statements.memberKey.get(key, id)) !== undefined) return 'admitted';
    if ((this.read(() => this.statements.memberCount.get(key)) as number) >= most) return 'full';
    this.database.transact(() => this.statements.addMember.run(key, id, deviceKey, now, now));
    return 'admitted';
  }

  async deviceKey(space: SpaceId, device: DeviceId): Promise<Uint8Array | null> {
    return (this.read(() => this.statements.memberKey.get(fromHex(space), fromHex(device))) as Uint8Array | undefined) ?? null;
  }

  async heard(space: SpaceId, device: DeviceId, now: number): Promise<void> {
    const last = this.read(() => this.statements.heardAt.get(fromHex(space), fromHex(device))) as number | undefined;
    if (last === undefined || now - last < HEARD_EVERY) return;
    await this.together(() => this.statements.heard.run(now, fromHex(space), fromHex(device)));
  }

  async othersHeard(space: SpaceId, device: DeviceId): Promise<number> {
    const heard = this.read(() => this.statements.othersHeard.get(fromHex(space), fromHex(device))) as number | null;
    return heard ?? (await this.space(space))?.founded ?? 0;
  }

  async openSession(tokenHash: Uint8Array, space: SpaceId, device: DeviceId, expires: number, now: number): Promise<void> {
    await this.together(() => {
      if (now - this.droppedAt >= DROP_EVERY) {
        this.droppedAt = now;
        this.statements.dropSessions.run(now);
      }
      this.statements.openSession.run(tokenHash, fromHex(space), fromHex(device), expires);
    });
  }

  async session(tokenHash: Uint8Array, now: number): Promise<SessionRecord | null> {
    const row = this.read(() => this.statements.session.get(tokenHash, now)) as [Uint8Array, Uint8Array, number] | undefined;
    return row === undefined ? null : { space: toHex(row[0]) as SpaceId, device: toHex(row[1]) as DeviceId, expires: row[2] };
  }

  async extendSession(tokenHash: Uint8Array, expires: number): Promise<void> {
    await this.together(() => this.statements.extend.run(expires, tokenHash));
  }

  async unusedTicket(): Promise<string | null> {
    return (this.read(() => this.statements.ticket.get()) as string | undefined) ?? null;
  }

  async addTicket(ticket: string, now: number): Promise<void> {
    this.database.transact(() => this.statements.addTicket.run(ticket, now));
  }

  /** Runs in one transaction with all that asks for it in this turn of the event loop, or soon after the last such transaction. */
  private together(work: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.due.push({ work, resolve, reject });
      if (this.due.length > 1) return;
      const wait = this.nextAt - performance.now();
      if (wait > 0) setTimeout(() => this.writeDue(), wait);
      else setImmediate(() => this.writeDue());
    });
  }

  private writeDue(): void {
    const { due } = this;
    if (due.length === 0) return;
    this.due = [];
    const began = performance.now();
    try {
      this.database.transact(() => {
        for (const { work } of due) work();
      });
      for (const { resolve } of due) resolve();
    } catch (error) {
      for (const { reject } of due) reject(error);
    }
    const ended = performance.now();
    this.nextAt = ended + Math.max(GATHER.least, GATHER.times * (ended - began));
  }

  private read<T>(work: () => T): T {
    return this.database.reading(work);
  }
}
