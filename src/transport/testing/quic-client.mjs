// A client of WebTransport for tests in Node, which has none: run by Deno. Each connection to its port says in one line of JSON what it is for: a session,
// which lives as long as that connection, or a stream of one; it is answered by a line, and then the stream's bytes follow both ways.
/* global Deno */
const encoder = new TextEncoder();
const sessions = new Map();
const listener = Deno.listen({ hostname: '127.0.0.1', port: 0 });
Deno.stdout.writeSync(encoder.encode(`${listener.addr.port}\n`));
globalThis.addEventListener('unhandledrejection', (event) => event.preventDefault());

async function lineOf(socket) {
  let text = '';
  const byte = new Uint8Array(1);
  while (!text.endsWith('\n')) {
    if ((await socket.read(byte)) === null) throw new Error('It left.');
    text += String.fromCharCode(byte[0]);
  }
  return JSON.parse(text);
}

async function serve(socket) {
  const say = (message) => socket.write(encoder.encode(`${JSON.stringify(message)}\n`));
  try {
    const { session, url, hashes } = await lineOf(socket);
    if (url !== undefined) {
      const opened = new WebTransport(url, { serverCertificateHashes: hashes.map((hash) => ({ algorithm: 'sha-256', value: Uint8Array.from(hash) })) });
      await opened.ready;
      sessions.set(session, opened);
      await say({ ok: true });
      await Promise.race([opened.closed, socket.read(new Uint8Array(1))]);
      opened.close();
    } else {
      const stream = await sessions.get(session).createBidirectionalStream();
      await say({ ok: true });
      await Promise.race([stream.readable.pipeTo(socket.writable), socket.readable.pipeTo(stream.writable).then(() => stream.writable.abort())]);
    }
  } catch (error) {
    await say({ ok: false, error: String(error) }).catch(() => undefined);
  } finally {
    try {
      socket.close();
    } catch {
      // It is closed already.
    }
  }
}

const accept = async () => {
  for await (const socket of listener) void serve(socket);
};
void accept();
// Ends with the test that started it.
for await (const _ of Deno.stdin.readable);
Deno.exit(0);
