/** Whether a QUIC server answers at a UDP port, without speaking QUIC: one that meets a version that there is not names those that it has (RFC 9000, 6). */
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import type { FoundAddress } from '../../doctor';

/** Reserved, so that no server has it (RFC 9000, 15). */
const NO_VERSION = 0x1a2a3a4a;
const ID = 8;
/** Servers answer no shorter one. */
const LENGTH = 1_200;
/** A packet may be lost: when it is sent again, as parts of the patience. */
const SENDINGS = [0, 0.2, 0.5];

/** @param patience ms */
export function answersQuic({ address, family }: FoundAddress, port: number, patience: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
    const [theirs, ours] = [randomBytes(ID), randomBytes(ID)];
    const timers = SENDINGS.map((part) => setTimeout(() => socket.send(helloOf(theirs, ours), port, address, () => undefined), part * patience));
    const done = (answers: boolean): void => {
      timers.forEach((timer) => clearTimeout(timer));
      socket.close();
      resolve(answers);
    };
    timers.push(setTimeout(() => done(false), patience));
    // A closed port may say so by an error of the next sending, or not at all.
    socket.on('error', () => undefined);
    socket.on('message', (packet) => {
      if (isAnswer(packet, theirs, ours)) done(true);
    });
  });
}

/** A long header with a version, both connection ids, and nothing. */
function helloOf(theirs: Buffer, ours: Buffer): Buffer {
  const packet = Buffer.alloc(LENGTH);
  packet[0] = 0xc0;
  packet.writeUInt32BE(NO_VERSION, 1);
  packet[5] = ID;
  theirs.copy(packet, 6);
  packet[6 + ID] = ID;
  ours.copy(packet, 7 + ID);
  return packet;
}

/** Version negotiation: version 0, and the ids the other way round. */
function isAnswer(packet: Buffer, theirs: Buffer, ours: Buffer): boolean {
  const ids = Buffer.concat([Buffer.of(ID), ours, Buffer.of(ID), theirs]);
  return packet.length > 5 + ids.length && ((packet[0] ?? 0) & 0x80) !== 0 && packet.readUInt32BE(1) === 0 && packet.subarray(5, 5 + ids.length).equals(ids);
}
