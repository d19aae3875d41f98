// Ends QUIC for a relay that runs in Node, which has no HTTP/3: run by Deno as a process beside the relay. It looks into nothing: the bytes of each
// stream go to the relay over a connection of this computer, and back. The relay tells it what to do by its standard input, a line of JSON each:
// first { secret, relayPort, hostname, port, cert, key }, then { cert, key } whenever the certificate changes, and { ask }, which it answers. It ends when that input does.
/* global Deno */

/** Sessions at once; one address has some of them at most. What each may have sent unread, QUIC bounds to a few MB. */
const SESSIONS = 4_000;
const SESSIONS_OF_ADDRESS = 32;
/** A session without a stream for so long is over, ms. */
const IDLE = 15_000;
const QUIC = {
  alpnProtocols: ['h3'],
  // Keeps the way open through routers, whose memory for UDP is short.
  keepAliveInterval: 15_000,
  maxIdleTimeout: 30_000,
  // HTTP/3 has one of its own for the session. Deno 2.9 ends none before the session ends: devices open 32 in it, and then another session. [P102]
  maxConcurrentBidirectionalStreams: 40,
  // HTTP/3 has three.
  maxConcurrentUnidirectionalStreams: 4,
};

const encoder = new TextEncoder();
/** @param {Record<string, unknown>} message */
const tell = (message) => Deno.stdout.writeSync(encoder.encode(`${JSON.stringify(message)}\n`));

let sessions = 0;
/** @type {Map<string, number>} */
const ofAddress = new Map();

/** @param {{ secret: string, relayPort: number }} relay */
async function carry(relay, address, stream) {
  const reader = stream.readable.getReader();
  let socket = null;
  try {
    socket = await Deno.connect({ hostname: '127.0.0.1', port: relay.relayPort });
    socket.setNoDelay(true);
    const writer = socket.writable.getWriter();
    await writer.write(encoder.encode(`${relay.secret} ${address}\n`));
    writer.releaseLock();
    void up(reader, socket);
    await socket.readable.pipeTo(stream.writable);
  } finally {
    close(socket);
    stream.writable.abort().catch(() => undefined);
  }
}

/** Where the device has left, the relay is told by the end. Where the relay has, its last words are still under way, and nothing may pile up here. */
async function up(reader, socket) {
  const writer = socket.writable.getWriter();
  let isWanted = true;
  for (;;) {
    const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }));
    if (done) return close(socket);
    if (isWanted) await writer.write(value).catch(() => (isWanted = false));
  }
}

function close(socket) {
  try {
    socket?.close();
  } catch {
    // It is closed already.
  }
}

async function serve(relay, incoming) {
  if (sessions >= SESSIONS) return incoming.refuse();
  sessions++;
  let address = '';
  try {
    const connection = await incoming.accept();
    address = connection.remoteAddr.hostname;
    const open = (ofAddress.get(address) ?? 0) + 1;
    ofAddress.set(address, open);
    if (open > SESSIONS_OF_ADDRESS) return connection.close({ closeCode: 0, reason: '' });
    let streams = 0;
    let idle = setTimeout(() => connection.close({ closeCode: 0, reason: '' }), IDLE);
    const session = await Deno.upgradeWebTransport(connection);
    await session.ready;
    const read = async () => {
      for await (const stream of session.incomingBidirectionalStreams) {
        streams++;
        clearTimeout(idle);
        carry(relay, address, stream)
          .catch(() => undefined)
          .finally(() => {
            streams--;
            if (streams === 0) idle = setTimeout(() => session.close(), IDLE);
          });
      }
    };
    await Promise.race([read(), session.closed]);
    clearTimeout(idle);
  } catch {
    // A device that left, or what is none: nobody has to be told.
  } finally {
    sessions--;
    const left = (ofAddress.get(address) ?? 0) - 1;
    if (left > 0) ofAddress.set(address, left);
    else ofAddress.delete(address);
  }
}

async function listen(endpoint, relay, { cert, key }) {
  for await (const incoming of endpoint.listen({ ...QUIC, cert, key })) void serve(relay, incoming);
}

// A connection that breaks in the middle of a stream may leave a promise that nobody waits for.
globalThis.addEventListener('unhandledrejection', (event) => event.preventDefault());

let endpoint = null;
let relay = null;
const decoder = new TextDecoder();
let text = '';
for await (const chunk of Deno.stdin.readable) {
  text += decoder.decode(chunk, { stream: true });
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
    const message = JSON.parse(text.slice(0, end));
    text = text.slice(end + 1);
    if ('ask' in message) {
      tell({ there: message.ask });
      continue;
    }
    if (endpoint === null) {
      relay = message;
      try {
        endpoint = new Deno.QuicEndpoint({ hostname: message.hostname, port: message.port });
      } catch (error) {
        tell({ failed: String(error) });
        Deno.exit(1);
      }
      tell({ listening: endpoint.addr.port });
    }
    // Sessions that are open stay with the certificate that they met.
    listen(endpoint, relay, message).catch((error) => {
      tell({ failed: String(error) });
      Deno.exit(1);
    });
  }
}
Deno.exit(0);
