/**
 * The wire of version 1, pinned: made from PROTOCOL.md by another program. A change here breaks every device and relay in use.
 * Byte strings inside frames are hexadecimal.
 */
import { decodeClientFrame, decodeRelayFrame, encodeFrame } from './codec';
import type { EntryHeader } from './entry';
import { encodeHeader } from './entry-codec';
import { ERROR_CODES } from './errors';
import type { Frame } from './frames';
import { fromHex, toHex } from './hex';
import type { DeviceId, SpaceId } from './ids';
import { signedAdmission, signedFound, signedJoin, signedSession } from './requests';
import vectors from './vectors.json';

/** The frame with its byte strings as bytes. */
function revive(frame: unknown): Frame {
  const revived: unknown = JSON.parse(JSON.stringify(frame), (key: string, value: unknown) => {
    if (key === 'bytes') return fromHex(value as string);
    return value;
  });
  const { type, entries } = revived as { type: string; entries?: string[] };
  return (type === 'append' ? { type, entries: entries?.map(fromHex) } : revived) as Frame;
}

test.each(vectors.client)('[P1] [P4] client frame $frame.type: $hex', ({ frame, hex }) => {
  expect(toHex(encodeFrame(revive(frame)))).toBe(hex);
  expect(decodeClientFrame(fromHex(hex))).toEqual(revive(frame));
});

test.each(vectors.relay)('[P1] [P4] [P7] [P8] relay frame $frame.type: $hex', ({ frame, hex }) => {
  expect(toHex(encodeFrame(revive(frame)))).toBe(hex);
  expect(decodeRelayFrame(fromHex(hex))).toEqual(revive(frame));
});

test.each(vectors.headers)('[P10] header of a $header.kind', ({ header, hex }) => {
  expect(toHex(encodeHeader(header as EntryHeader))).toBe(hex);
});

test('[P22] bytes to be signed', () => {
  const { ticket, time, found, join, admit, session } = vectors.signed;
  const space = vectors.signed.space as SpaceId;
  const device = vectors.signed.device as DeviceId;
  const deviceKey = fromHex(vectors.signed.deviceKey);
  const admissionKey = fromHex(vectors.signed.admissionKey);
  expect(toHex(signedFound({ ticket, space, deviceKey, admissionKey, time }))).toBe(found);
  expect(toHex(signedJoin({ space, deviceKey, time }))).toBe(join);
  expect(toHex(signedAdmission({ space, deviceKey }))).toBe(admit);
  expect(toHex(signedSession({ space, device, time, nonce: fromHex(vectors.signed.nonce) }))).toBe(session);
});

test('[P40] the numbers of the codes', () => {
  expect(ERROR_CODES.join(' ')).toBe(
    'BAD_FRAME TOO_LARGE UNAUTHORIZED SESSION_EXPIRED UNKNOWN_SPACE BAD_TICKET BAD_SIGNATURE CLOCK_SKEW VERSION ORIGIN RATE_LIMITED SLOW_CONSUMER SPACE_FULL DISK_FULL SHUTTING_DOWN INTERNAL DATA_READ_ONLY DATA_CORRUPT DATA_GONE DISK_FAILED NOT_ADMITTED',
  );
});
