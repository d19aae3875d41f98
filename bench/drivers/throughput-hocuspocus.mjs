// The same load on Hocuspocus: updates of one keystroke each, encoded beforehand, one a message as its protocol has it. The driver
// speaks the protocol itself, so that applying updates in a client is no brake.
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import { serve } from '../servers/serve.mjs';
import { load } from './load.mjs';

const SYNC = 0;
const AUTH = 2;
const SYNC_STATUS = 8;
const UPDATE = 2;

const spaces = [];

serve({
  async prepare({ url, space: s, readers, entries }) {
    const name = `space-${s}`;
    const sockets = await Promise.all(Array.from({ length: readers + 1 }, () => open(url, name)));
    spaces.push({ writer: sockets[0], readers: sockets.slice(1), entries: keystrokes(name, entries) });
  },
  async run() {
    const account = load(
      spaces.map(({ writer, entries }) => ({
        entries: entries.length,
        send: (from, count) => {
          for (let i = from; i < from + count; i++) writer.send(entries[i]);
        },
      })),
      spaces[0].readers.length,
    );
    spaces.forEach(({ writer, readers }, w) => {
      writer.on('message', (frame) => {
        const decoder = past(frame);
        if (decoding.readVarUint(decoder) === SYNC_STATUS) account.acknowledged(w, 1);
      });
      for (const reader of readers) {
        let got = 0;
        reader.on('message', (frame) => {
          const decoder = past(frame);
          if (decoding.readVarUint(decoder) !== SYNC || decoding.readVarUint(decoder) !== UPDATE) return;
          // Hocuspocus merges what it passes on, so what counts is how far a reader is: one writer, one clock tick a keystroke.
          const [to] = Y.parseUpdateMeta(decoding.readVarUint8Array(decoder)).to.values();
          account.delivered(to - got);
          got = to;
        });
      }
    });
    return account.run();
  },
});

/** A decoder that stands behind the document's name. */
function past(frame) {
  const decoder = decoding.createDecoder(frame);
  decoding.readVarUint8Array(decoder);
  return decoder;
}

function message(name, write) {
  const encoder = encoding.createEncoder();
  encoding.writeVarString(encoder, name);
  write(encoder);
  return encoding.toUint8Array(encoder);
}

function keystrokes(name, count) {
  const doc = new Y.Doc();
  const text = doc.getText('block');
  const frames = [];
  doc.on('update', (update) =>
    frames.push(
      message(name, (encoder) => {
        encoding.writeVarUint(encoder, SYNC);
        encoding.writeVarUint(encoder, UPDATE);
        encoding.writeVarUint8Array(encoder, update);
      }),
    ),
  );
  for (let i = 0; i < count; i++) text.insert(text.length, String.fromCharCode(97 + (i % 26)));
  return frames;
}

/** A socket that was let in to a document. */
async function open(url, name) {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const admitted = new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('Hocuspocus did not let a client in.')), 10_000);
    socket.on('message', function listen(frame) {
      if (decoding.readVarUint(past(frame)) !== AUTH) return;
      clearTimeout(timer);
      socket.off('message', listen);
      resolve();
    });
  });
  socket.send(
    message(name, (encoder) => {
      encoding.writeVarUint(encoder, AUTH);
      encoding.writeVarUint(encoder, 0);
      encoding.writeVarString(encoder, '');
    }),
  );
  await admitted;
  return socket;
}
