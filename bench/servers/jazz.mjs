// A sync server of Jazz as its own `jazz-run sync` is: one node without rights, SQLite, a peer for each WebSocket.
import { createServer } from 'node:http';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { ControlledAgent, getSqliteStorage, LocalNode } from 'cojson';
import { createWebSocketPeer } from 'cojson-transport-ws';
import { NapiCrypto } from 'cojson/crypto/NapiCrypto';
import { WebSocketServer } from 'ws';
import { listen, serve } from './serve.mjs';

serve({
  async start({ data }) {
    const crypto = await NapiCrypto.create();
    const secret = crypto.newRandomAgentSecret();
    const node = new LocalNode(secret, crypto.newRandomSessionID(new ControlledAgent(secret, crypto).id), crypto);
    node.setStorage(getSqliteStorage(driverOf(new Database(join(data, 'jazz.db')))));
    const server = createServer();
    let peers = 0;
    new WebSocketServer({ server }).on('connection', (websocket) => {
      node.syncManager.addPeer(createWebSocketPeer({ id: `client-${++peers}`, role: 'client', websocket, expectPings: false, batchingByDefault: false, deletePeerStateOnClose: true }));
    });
    return `ws://127.0.0.1:${await listen(server)}`;
  },
});

function driverOf(db) {
  db.pragma('journal_mode = WAL');
  return {
    run: (sql, params) => void db.prepare(sql).run(params),
    get: (sql, params) => db.prepare(sql).get(params),
    query: (sql, params) => db.prepare(sql).all(params),
    transaction: (callback) => db.transaction(callback)(),
    closeDb: () => db.close(),
    getMigrationVersion: () => db.pragma('user_version', { simple: true }),
    saveMigrationVersion: (version) => void db.pragma(`user_version = ${version}`),
  };
}
