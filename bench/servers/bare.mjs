// The least a durable relay can do, as fast as `ws` and better-sqlite3 allow: no sessions, no sealing, no deduplication, no limits.
// Like ours it commits once a turn of the event loop (WAL, synchronous FULL), acknowledges after that, and sends each recipient one
// frame a turn. `eager`: like ours it also passes entries on before the commit; without, after it.
//
// Frames: from a client a count and that many length-prefixed entries; to a reader the same; to the author the count alone. All numbers are 32 bits.
import { createServer } from 'node:http';
import Sqlite from 'better-sqlite3';
import { WebSocketServer } from 'ws';
import { listen, serve } from './serve.mjs';

const rooms = new Map();

serve({
  async start({ data, eager }) {
    const database = new Sqlite(`${data}/bare.db`);
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.pragma('locking_mode = EXCLUSIVE');
    database.pragma('wal_autocheckpoint = 2000');
    database.exec('CREATE TABLE entries (space TEXT, sequence INTEGER, bytes BLOB, PRIMARY KEY (space, sequence)) WITHOUT ROWID');
    if (database.pragma('synchronous', { simple: true }) !== 2) throw new Error('SQLite would not sync.');
    const insert = database.prepare('INSERT INTO entries VALUES (?, ?, ?)');
    const begin = database.prepare('BEGIN IMMEDIATE');
    const commit = database.prepare('COMMIT');
    const dirty = new Set();
    let scheduled = false;

    const flush = () => {
      scheduled = false;
      const turn = [...dirty];
      dirty.clear();
      if (eager) passOn(turn);
      begin.run();
      for (const room of turn) for (const entry of room.fresh) insert.run(room.name, room.next++, entry);
      commit.run();
      if (!eager) passOn(turn);
      for (const room of turn) {
        const answer = Buffer.alloc(4);
        answer.writeUInt32LE(room.fresh.length);
        room.author.send(answer);
        room.fresh = [];
      }
    };

    const server = createServer();
    const sockets = new WebSocketServer({ server, perMessageDeflate: false, clientTracking: false });
    sockets.on('connection', (socket, request) => {
      const name = request.url ?? '/';
      const room = rooms.get(name) ?? { name, next: 1, fresh: [], author: null, sockets: new Set() };
      rooms.set(name, room);
      room.sockets.add(socket);
      socket.on('close', () => room.sockets.delete(socket));
      socket.on('message', (/** @type {Buffer} */ message) => {
        room.author = socket;
        const count = message.readUInt32LE(0);
        let at = 4;
        for (let i = 0; i < count; i++) {
          const length = message.readUInt32LE(at);
          room.fresh.push(message.subarray(at + 4, at + 4 + length));
          at += 4 + length;
        }
        dirty.add(room);
        if (!scheduled) setImmediate(flush);
        scheduled = true;
      });
    });
    return `ws://127.0.0.1:${await listen(server)}`;
  },
});

function passOn(turn) {
  for (const { fresh, author, sockets } of turn) {
    const frame = pack(fresh);
    for (const socket of sockets) if (socket !== author) socket.send(frame);
  }
}

/** @param {readonly Buffer[]} entries */
function pack(entries) {
  const frame = Buffer.allocUnsafe(entries.reduce((size, entry) => size + 4 + entry.length, 4));
  frame.writeUInt32LE(entries.length, 0);
  let at = 4;
  for (const entry of entries) {
    frame.writeUInt32LE(entry.length, at);
    entry.copy(frame, at + 4);
    at += 4 + entry.length;
  }
  return frame;
}
