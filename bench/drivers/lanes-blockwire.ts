/** A file of a block, and letters in it, by Blockwire's engines: what is typed over the device's connection, the file over one of its own. */
import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { withFiles, type FileEngine, type FileRef } from '../../src/files';
import { decodeCredentials, encodeCredentials, keyringOf, type Credentials } from '../../src/peer';
import { encodeOffer, type Alias, type Offer } from '../../src/protocol';
import { findDeno } from '../../src/relay';
import { openMemoryStore } from '../../src/store';
import { bytesByFetch, longPollWay, Offers, streamByFetch, streamWay, systemClock, systemRandom, webTransportWay, type Way, type WayName } from '../../src/transport';
import { QuicProcess } from '../../src/transport/testing/quic-process';
import { blockOf } from '../block';
import { ROOT } from '../child';
import { BenchDevice } from '../device';
import { serve } from '../servers/serve.mjs';
import { makeSpace } from '../space';
import { laneMethods, now, type LaneSide } from './lane.mjs';

let side: LaneSide;
const lane = laneMethods(() => side);
let space: Credentials[] = [];
let file: FileRef = { hash: '', size: 0 };
let member: BenchDevice | null = null;
const quic = new QuicProcess();
/** Of one document that a device missed: it travels in parts, as snapshots do, of which most of what a device missed for long consists. */
const MISSED = 128 * 1024;

serve({
  ...lane.methods,
  /** @returns the credentials of both devices, as texts */
  async found({ url, ticket }: { url: string; ticket: string }): Promise<string[]> {
    return (await makeSpace(url, ticket, 2)).map(encodeCredentials);
  },
  /** @param by the only way, a WebSocket where it is left out @param offer where WebTransport is */
  async open({ url, devices, index, by = 'websocket', offer }: { url: string; devices: string[]; index: number; by?: WayName; offer?: Offer }): Promise<void> {
    space = devices.map(decodeCredentials);
    const credentials = { ...(space[index] as Credentials), relays: [url] }; // the bench names one of two
    let files: FileEngine | null = null;
    const lent: NonNullable<Parameters<typeof BenchDevice.open>[3]> = (transport, store) => {
      const both = withFiles({ transport, own: transport.beside(), clock: systemClock, random: systemRandom, store, keys: keyringOf(credentials).space });
      files = both.files;
      return both.transport;
    };
    const [device] = (await BenchDevice.open(space, [{ credentials, store: openMemoryStore() }], blockOf(50), lent, by === 'websocket' ? undefined : [offer ? await quicWay(url, offer) : by === 'stream' ? streamWay({ post: bytesByFetch(), stream: streamByFetch(), clock: systemClock }) : longPollWay({ post: bytesByFetch(), clock: systemClock })])) as [BenchDevice];
    const engine = files as FileEngine | null;
    if (engine === null) throw new Error('A device without files.');
    member = device;
    const before = device.text().length;
    let typed = 0;
    device.onText = (text) => lane.hears(text.length - before - typed);
    const options = { signal: new AbortController().signal, progress: () => undefined, urgent: true };
    side = {
      letter: (i) => {
        typed++;
        device.type(String.fromCharCode(97 + (i % 26)));
      },
      send: async (bytes) => {
        const content = randomBytes(bytes);
        file = { hash: createHash('sha256').update(content).digest('hex'), size: bytes };
        await engine.upload(file, async (from, to) => content.subarray(from, to), options);
      },
      received: async () => void (await engine.download(file, options)),
      close: async () => {
        await engine.stop();
        await device.stop();
      },
    };
  },
  /** Leaves the relay, and stays away. */
  away(): void {
    deviceHere().engine.setPaused(true);
  },
  /** Writes so many bytes in documents that nobody looks at. */
  async fill({ bytes }: { bytes: number }): Promise<void> {
    const { engine } = deviceHere();
    for (let i = 0; i * MISSED < bytes; i++) engine.queue(aliasNamed(i), randomBytes(MISSED), '', []);
    await engine.settled(60_000);
    if (engine.status.unacknowledged > 1) throw new Error(`What was to be missed was not sent: ${engine.status.unacknowledged} entries wait.`);
  },
  /** Is back, and reads what it missed. */
  async back(): Promise<{ began: number; ended: number }> {
    const { engine } = deviceHere();
    const began = now();
    engine.setPaused(false);
    for (let i = 0; engine.status.phase !== 'live'; i++) {
      if (i > 30_000) throw new Error(`It did not come live: ${engine.status.phase}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    return { began, ended: now() };
  },
  /** What the other side has sent. */
  file: () => file,
  expect: (ref: FileRef) => void (file = ref),
});

/** A process of Deno ends QUIC on this side, too, as a browser's network process does. */
async function quicWay(url: string, offer: Offer): Promise<Way> {
  await quic.start(findDeno() ?? '', join(ROOT, 'src/transport/testing/quic-client.mjs'));
  const offers = new Offers(() => true);
  offers.take(url, encodeOffer(offer));
  return webTransportWay({ WebTransport: quic.classFor(), offers, clock: systemClock });
}

function deviceHere(): BenchDevice {
  if (member === null) throw new Error('It is not open yet.');
  return member;
}

function aliasNamed(index: number): Alias {
  return createHash('sha256').update(`missed ${index}`).digest('hex').slice(0, 32) as Alias;
}
