/**
 * Guards of the promises, each taken out by itself. `edits`: exact texts that stand once in their file. `tests`: the suites that must fail,
 * quickest first. What is listed is every sync of a disk, every check of a digest or signature, every rule against doubling, the order outbox
 * before wire, and every field that a seal is bound to.
 */
const one = (file, find, replace) => [{ file, find, replace }];
const CRYPTO = ['src/crypto', 'src/peer/entry-cipher', 'test/peers/trust'];
const RELAY = ['src/relay'];
const SYNC = ['src/sync', 'test/sim/sim.test'];
const LOG = ['src/relay/sqlite', 'src/relay/memory', 'src/relay/connection'];
const WHOLE = ['test/peers', 'test/sim/whole'];

/** Byte ranges of the header that entries are bound to, [P10]. */
const HEADER = [['suite', 0, 1], ['kind', 1, 2], ['lane', 2, 3], ['space', 3, 19], ['device', 19, 35], ['alias', 35, 51], ['previous', 51, 67], ['epoch', 67, 71], ['counter', 71, 79], ['covers', 79, 87], ['part', 87, 89], ['parts', 89, 91]];
const blinded = (from, to) => `associated.map((byte, at) => (purposeless(associated) && at >= ${from} && at < ${to} ? 0 : byte))`;
const HELPER = '\nfunction purposeless(associated: Uint8Array): boolean {\n  return associated.length === 91;\n}\n';

export const MUTANTS = [
  // Disks.
  { name: 'relay: commits do not sync (synchronous = NORMAL)', edits: one('src/relay/sqlite/database.ts', "connection.pragma('synchronous = FULL');", "connection.pragma('synchronous = NORMAL');"), tests: RELAY },
  { name: 'relay: acknowledges before the commit', edits: one('src/relay/sqlite/sqlite-log.ts', '    try {\n      if (reserved) publish(touched);', '    for (const waiter of waiters) waiter.resolve(waiter.results);\n    try {\n      if (reserved) publish(touched);'), tests: LOG },
  { name: 'relay: never commits the turn', edits: one('src/relay/sqlite/sqlite-log.ts', '        this.writer.commit();\n        this.database.assertInPlace();\n', '        this.database.assertInPlace();\n'), tests: [...LOG, 'src/relay'] },
  { name: 'relay: goes on after a failed write', edits: [...one('src/relay/sqlite/database.ts', '    this.failure = error;\n    try {', '    try {'), ...one('src/relay/sqlite/sqlite-log.ts', '  private assertUsable(): void {\n    if (this.failure !== null) throw this.failure;', '  private assertUsable(): void {\n    if (this.failure?.reason === \'closed\') throw this.failure;')], tests: LOG },
  { name: 'relay: the reserve on the disk is not synced', edits: one('src/relay/sqlite/reserve.ts', '        fsyncSync(file);\n', ''), tests: RELAY },
  { name: 'relay: sequences are not reserved before they are told', edits: one('src/relay/sqlite/sqlite-log.ts', 'const reserved = touched.every((state) => state.head <= state.reserved);', 'const reserved = true;'), tests: LOG },
  { name: 'relay: acknowledges into a file that was taken away', edits: one('src/relay/sqlite/database.ts', 'if (this.openFile !== null && !this.openFile.isInPlace()) throw goneFrom(this.file);', ''), tests: ['src/relay/sqlite'] },
  { name: 'relay: damaged pages are not looked for', edits: one('src/relay/sqlite/database.ts', "if (file !== ':memory:') this.checkPages(", "if (file === ':memory:') this.checkPages("), tests: ['src/relay/sqlite'] },
  { name: 'relay: goes on after it read a damaged page', edits: one('src/relay/sqlite/database.ts', 'if (!isOfDisk(error)) throw error;', 'throw error;'), tests: ['src/relay/sqlite'] },
  { name: 'relay: goes on after a failed write of the registry', edits: one('src/relay/sqlite/database.ts', '    this.onFailure?.(error);\n', ''), tests: ['src/relay/sqlite'] },
  { name: 'device (SQLite): strict batches do not sync', edits: one('src/store/sqlite.ts', 'this.database.pragma(`synchronous = ${mode}`);', "this.database.pragma('synchronous = NORMAL');"), tests: ['src/store'] },
  { name: 'device (IndexedDB): strict batches are relaxed', edits: one('src/store/indexeddb.ts', "this.database.transaction(tables, 'readwrite', { durability });", "this.database.transaction(tables, 'readwrite', { durability: 'relaxed' });"), tests: ['src/store'] },
  { name: 'device: no strict batch follows a relaxed one', edits: one('src/sync/store-writer.ts', '      this.strict = true;\n      this.flush();\n    });\n  }\n}', '      this.flush();\n    });\n  }\n}'), tests: SYNC },
  { name: 'device: a strict flush is a relaxed one', edits: one('src/sync/store-writer.ts', "await this.options.store.write(writes, strict ? 'strict' : 'relaxed');", "await this.options.store.write(writes, 'relaxed');"), tests: SYNC },
  { name: 'device: what a full disk refuses is dropped', edits: one('src/sync/store-writer.ts', '    this.waiting = [...batch, ...this.waiting];', '    this.waiting = [...this.waiting];'), tests: SYNC },
  { name: 'device: a quit app does not try the full disk again', edits: one('src/sync/store-writer.ts', '    this.cancelRetry?.();\n    this.cancelRetry = null;\n', ''), tests: [...SYNC, 'test/peers/killed'] },
  { name: 'device: rows of notes are stored before the edits that they speak of', edits: one('src/peer/peer.ts', "() => engine?.status.problem?.code.startsWith('STORE_') ?? false", '() => false'), tests: ['src/peer', ...WHOLE] },
  { name: 'folder: a file is written in place', edits: one('src/folder/replace-file.ts', '    renameSync(temporary, file);', "    const fs = require('node:fs');\n    fs.writeFileSync(file, fs.readFileSync(temporary));\n    fs.rmSync(temporary);"), tests: ['src/folder', 'test/folder/process'] },
  // Outbox before wire.
  { name: 'device: sends before its outbox row is written', edits: one('src/sync/outbox.ts', '      if (!entry.durable) break;\n', ''), tests: SYNC },
  { name: 'device: seals before the relay has told its counters', edits: one('src/sync/gathering.ts', 'return isLinked(state) && now >= state.sealBlockedUntil && live.known === live.counter && bulk.known === bulk.counter;', 'return now >= state.sealBlockedUntil;'), tests: SYNC },
  { name: 'device: an update and what keeps it are not one batch', edits: one('src/sync/gathering.ts', "    for (const update of job.pending) writes.push({ table: 'pending', key: update.key, value: null });\n", ''), tests: SYNC },
  // Doubling.
  { name: 'relay: the same bytes again are stored again', edits: one('src/relay/sqlite/sqlite-log.ts', '    if (counter <= head.counter) {\n      const digest', '    if (counter < head.counter) {\n      const digest'), tests: LOG },
  { name: 'relay: other bytes under a used counter are called a duplicate', edits: one('src/relay/sqlite/sqlite-log.ts', "return sequence === 0 ? { status: 'conflict', lane, counter } : { status: 'duplicate', lane, counter, sequence };", "return { status: 'duplicate', lane, counter, sequence };"), tests: LOG },
  { name: 'relay: a gap is filled', edits: one('src/relay/sqlite/sqlite-log.ts', "    if (counter > head.counter + 1) return { status: 'gap', lane, counter, expected: head.counter + 1 };\n", ''), tests: LOG },
  { name: 'device: what a copy wrote under its name is not noticed', edits: one('src/sync/outbox.ts', "      if (state.hasLinked) return 'cloned';\n", ''), tests: SYNC },
  { name: 'device: another digest under its counter is not noticed', edits: one('src/sync/outbox.ts', "    if (head.counter > 0 && ours !== undefined && ours !== head.digest) return 'cloned';\n", ''), tests: SYNC },
  { name: 'device: a relay that lost entries gets none again', edits: one('src/sync/outbox.ts', "    if (head.counter < lane.counter && !rewind(state, lane, head.counter + 1)) return 'cloned';\n", ''), tests: SYNC },
  { name: 'note: a file that holds the last own words has them twice', edits: one('src/note/fit.ts', "ofFile ? rebaseBeyond(edit.changes, over, was?.text ?? '') : ", ''), tests: ['src/note/read', ...WHOLE] },
  { name: 'note: a block that comes back is compared with what others made of it', edits: one('src/note/bind.ts', 'const base = options.shadow ? namedOf(options.shadow) : shapeOf(tree);', 'const base = shapeOf(tree);'), tests: ['test/peers/left-texts', ...WHOLE] },
  { name: 'peer: a file is compared before the relay gave back what a crash took', edits: one('src/peer/peer.ts', 'while (wasInterrupted && running', 'while (false && running'), tests: WHOLE },
  { name: 'peer: what a bullet was before is taken for an edit', edits: one('src/document/past-texts.ts', '  had(', '  had(..._: unknown[]): boolean {\n    return _.length < 0;\n  }\n\n  hadOnce('), tests: ['test/peers/second-engine', ...WHOLE] },
  // Signatures and digests.
  { name: 'device: signatures of entries are not checked', edits: one('src/crypto/sealed-message.ts', '  if (!(await author.verify(signed, message.subarray(signatureAt)))) {', '  if (!(await author.verify(signed, message.subarray(signatureAt))) && signed.length < 0) {'), tests: CRYPTO },
  { name: 'device: a public key need not hash to its device', edits: one('src/peer/entry-cipher.ts', 'if (deviceIdOf(publicKey) !== device || !(await', 'if (!(await'), tests: CRYPTO },
  { name: 'device: admissions are not checked', edits: one('src/peer/entry-cipher.ts', '|| !(await this.admitter.verify(claim, admission))', ''), tests: CRYPTO },
  { name: 'device: the signature does not cover the header', edits: one('src/crypto/sealed-message.ts', 'const signed = concatBytes(PURPOSES[purpose], associated, message.subarray(0, signatureAt));', 'const signed = concatBytes(PURPOSES[purpose], message.subarray(0, signatureAt));'), tests: CRYPTO },
  { name: 'device: the signature does not say its purpose', edits: [{ file: 'src/crypto/sealed-message.ts', find: 'const signed = concatBytes(PURPOSES[purpose], associated, message', replace: 'const signed = concatBytes(associated, message' }, { file: 'src/crypto/sealed-message.ts', find: 'signer.sign(concatBytes(PURPOSES[purpose], associated, nonce, ciphertext))', replace: 'signer.sign(concatBytes(associated, nonce, ciphertext))' }], tests: CRYPTO },
  { name: 'relay: signatures of requests are not checked', edits: one('src/relay/admission.ts', '  if (!verify(null, message, checkKey(publicKey), signature)) throw', '  if (!verify(null, message, checkKey(publicKey), signature) && message.length < 0) throw'), tests: RELAY },
  { name: 'relay: a request may be made twice', edits: one('src/relay/admission.ts', "    if (this.nonces.has(key)) throw new ProtocolError('BAD_SIGNATURE', 'This request was made before.');\n", ''), tests: RELAY },
  { name: 'relay: the time of a request does not matter', edits: one('src/relay/admission.ts', 'if (Math.abs(time - this.now()) > LIMITS.clockSkew) throw', 'if (time < 0) throw'), tests: RELAY },
  { name: 'relay: entries of another device are taken', edits: one('src/relay/connection.ts', 'if (header.space !== this.space || header.device !== this.device) {', 'if (header.space !== this.space) {'), tests: RELAY },
  { name: 'relay: entries of another space are taken', edits: one('src/relay/connection.ts', 'if (header.space !== this.space || header.device !== this.device) {', 'if (header.device !== this.device) {'), tests: RELAY },
  { name: 'relay: a cursor needs no digest', edits: one('src/relay/memory/memory-log.ts', '      return held === digest;', '      return held !== undefined;'), tests: LOG },
  { name: 'relay: anyone may confirm its own snapshot', edits: one('src/relay/connection.ts', '    if (snapshot.device === this.device && (sequence > this.head || !(await isAlone(this.space, this.device)))) return;\n', ''), tests: RELAY },
  { name: 'relay: prunes what nobody confirmed', edits: one('src/relay/memory/memory-log.ts', 'snapshot === undefined || !snapshot.confirmed || !isCovered', 'snapshot === undefined || !isCovered'), tests: LOG },
  { name: 'device: an entry that is kept back is not noticed', edits: one('src/sync/engine.ts', "      case 'withheld': {", "      case 'withheld': {\n        if (effect.sequence >= 0) return;"), tests: [...SYNC, 'test/peers/trust'] },
  // What a seal is bound to.
  ...HEADER.map(([name, from, to]) => ({
    name: `seal: entries are not bound to their ${name}`,
    edits: [
      { file: 'src/crypto/sealed-message.ts', find: 'xchacha20poly1305(contentKey, nonce, associated).encrypt', replace: `xchacha20poly1305(contentKey, nonce, ${blinded(from, to)}).encrypt` },
      { file: 'src/crypto/sealed-message.ts', find: 'xchacha20poly1305(contentKey, message.subarray(0, NONCE_BYTES), associated)', replace: `xchacha20poly1305(contentKey, message.subarray(0, NONCE_BYTES), ${blinded(from, to)})` },
      { file: 'src/crypto/sealed-message.ts', find: '\nfunction signatureOffset(', replace: `${HELPER}\nfunction signatureOffset(` },
    ],
    tests: CRYPTO,
  })),
  { name: 'seal: presence is not bound to its space', edits: one('src/crypto/presence-seal.ts', 'return concatBytes(hexToBytes(spaceId), hexToBytes(deviceId), epochBytes);', 'return concatBytes(new Uint8Array(16), hexToBytes(deviceId), epochBytes);'), tests: CRYPTO },
  { name: 'seal: presence is not bound to its device', edits: one('src/crypto/presence-seal.ts', 'return concatBytes(hexToBytes(spaceId), hexToBytes(deviceId), epochBytes);', 'return concatBytes(hexToBytes(spaceId), new Uint8Array(16), epochBytes);'), tests: CRYPTO },
  { name: 'seal: presence is not bound to its epoch', edits: one('src/crypto/presence-seal.ts', '  new DataView(epochBytes.buffer).setUint32(0, epoch);', '  new DataView(epochBytes.buffer).setUint32(0, epoch * 0);'), tests: CRYPTO },
];
