/** Who is believed: only whom somebody with the key of the space admitted, under the id that the key hashes to, and only what that key signed. */
import { aliasOf, createIdentity, deriveEpoch, openEntry, SECRET_BYTES, sealEntry } from '../crypto';
import { encodeHeader, HEADER_BYTES, signedAdmission, toHex } from '../protocol';
import type { Alias, DeviceId, Digest, EntryHeader, SpaceId } from '../protocol';
import { syncEd25519 } from '../../test/peers/sync-ed25519';
import { keyringOf, type Credentials } from './credentials';
import { EntryCipher } from './entry-cipher';
import { INDEX_ID, type RosterEntry } from './index-document';

let drawn = 1;
const random = (length: number): Uint8Array => Uint8Array.from({ length }, () => (drawn = (drawn * 75 + 74) % 65_537) & 255);
const body = new TextEncoder().encode('hello');
const secret = random(SECRET_BYTES);

interface Party {
  readonly cipher: EntryCipher;
  readonly keyring: ReturnType<typeof keyringOf>;
  readonly device: DeviceId;
  readonly index: Alias;
}

async function party(roster: ReadonlyMap<string, RosterEntry> = new Map(), of = secret): Promise<Party> {
  const credentials: Credentials = { secret: of, epoch: 0, epochSecret: null, seed: createIdentity(random).seed, relays: [] };
  const keyring = keyringOf(credentials);
  const index = aliasOf(keyring.space.aliasKey, INDEX_ID) as Alias;
  const cipher = await EntryCipher.create({ ed25519: syncEd25519, keyring, indexAlias: index, random, rosterEntry: (id) => roster.get(id) });
  return { cipher, keyring, device: keyring.identity.deviceId as DeviceId, index };
}

function header({ keyring, device }: Party, alias: Alias): EntryHeader {
  return { suite: 1, kind: 'update', lane: 'live', space: keyring.space.spaceId as SpaceId, device, alias, previous: '0'.repeat(32) as Digest, epoch: 0, counter: 1, covers: 0, part: 0, parts: 1 };
}

/** An index entry that introduces a device with this admission, signed by that device's own key. */
async function introduced(author: Party, admission: Uint8Array, claimed: EntryHeader = header(author, author.index)): Promise<Uint8Array> {
  const signer = await syncEd25519.signer(author.keyring.identity.seed);
  return sealEntry(encodeHeader(claimed), Uint8Array.of(...signer.publicKey, ...admission, ...body), author.keyring.epoch.contentKey, signer, random);
}

async function admissionBy(admissionSeed: Uint8Array, { keyring }: Party, space = keyring.space.spaceId): Promise<Uint8Array> {
  return (await syncEd25519.signer(admissionSeed)).sign(signedAdmission({ space: space as SpaceId, deviceKey: keyring.identity.publicKey }));
}

describe('[P18] the author of an index entry', () => {
  test('is believed with an admission of the space, and known from then on', async () => {
    const [author, reader] = [await party(), await party()];
    const opened = await reader.cipher.open(await author.cipher.seal(header(author, author.index), body));
    expect(opened.body).toEqual(body);
    const other = toHex(random(16)) as Alias;
    expect((await reader.cipher.open(await author.cipher.seal(header(author, other), body))).body).toEqual(body);
  });

  test('is not believed when another key admitted it, or for another space', async () => {
    const [author, reader] = [await party(), await party()];
    const stranger = deriveEpoch(random(SECRET_BYTES), 0).admissionSeed;
    await expect(reader.cipher.open(await introduced(author, await admissionBy(stranger, author)))).rejects.toMatchObject({ reason: 'forged' });
    const elsewhere = await admissionBy(author.keyring.epoch.admissionSeed, author, toHex(random(16)));
    await expect(reader.cipher.open(await introduced(author, elsewhere))).rejects.toMatchObject({ reason: 'forged' });
    await expect(reader.cipher.open(await introduced(author, new Uint8Array(64)))).rejects.toMatchObject({ reason: 'forged' });
  });

  test('is not believed under the id of another device', async () => {
    const [author, victim, reader] = [await party(), await party(), await party()];
    const claimed = { ...header(author, author.index), device: victim.device };
    await expect(reader.cipher.open(await introduced(author, author.cipher.admission, claimed))).rejects.toMatchObject({ reason: 'forged' });
  });

  test('needs an introduction', async () => {
    const [author, reader] = [await party(), await party()];
    const signer = await syncEd25519.signer(author.keyring.identity.seed);
    const short = await sealEntry(encodeHeader(header(author, author.index)), body, author.keyring.epoch.contentKey, signer, random);
    await expect(reader.cipher.open(short)).rejects.toMatchObject({ reason: 'damaged' });
  });
});

describe('[P18] the author of any other entry', () => {
  const alias = 'ab'.repeat(16) as Alias;

  test('has to be in the roster', async () => {
    const [author, reader] = [await party(), await party()];
    await expect(reader.cipher.open(await author.cipher.seal(header(author, alias), body))).rejects.toMatchObject({ reason: 'unknown-device' });
  });

  test('is believed by the roster only with an admission', async () => {
    const author = await party();
    const entry: RosterEntry = { name: 'x', publicKey: toHex(author.keyring.identity.publicKey), admission: toHex(author.cipher.admission), joined: 1 };
    const good = await party(new Map([[author.device, entry]]));
    const bad = await party(new Map([[author.device, { ...entry, admission: '00'.repeat(64) }]]));
    const sealed = await author.cipher.seal(header(author, alias), body);
    expect((await good.cipher.open(sealed)).body).toEqual(body);
    await expect(bad.cipher.open(sealed)).rejects.toMatchObject({ reason: 'forged' });
  });

  test('of another space, or another epoch, is not opened', async () => {
    const [author, reader] = [await party(), await party(new Map(), random(SECRET_BYTES))];
    await expect(reader.cipher.open(await author.cipher.seal(header(author, alias), body))).rejects.toMatchObject({ reason: 'other-space' });
    const same = await party();
    await expect(same.cipher.open(await author.cipher.seal({ ...header(author, alias), epoch: 1 }, body))).rejects.toMatchObject({ reason: 'unknown-epoch' });
  });
});

test('[P10] an entry with any byte of its header changed does not open', async () => {
  const author = await party();
  const entry: RosterEntry = { name: 'x', publicKey: toHex(author.keyring.identity.publicKey), admission: toHex(author.cipher.admission), joined: 1 };
  const reader = await party(new Map([[author.device, entry]]));
  const sealed = await author.cipher.seal(header(author, 'ab'.repeat(16) as Alias), body);
  for (let at = 0; at < HEADER_BYTES; at++) {
    const changed = sealed.slice();
    changed[at] = (changed[at] ?? 0) ^ 1;
    await expect(reader.cipher.open(changed)).rejects.toBeDefined();
  }
});

test('[P14] what was sealed under one header does not open under another, though its author signed that, too', async () => {
  const author = await party();
  const signer = await syncEd25519.signer(author.keyring.identity.seed);
  const verifier = await syncEd25519.verifier(signer.publicKey);
  const { contentKey } = author.keyring.epoch;
  const sealed = await author.cipher.seal(header(author, 'ab'.repeat(16) as Alias), body);
  const signedAgain = async (unsigned: Uint8Array): Promise<Uint8Array> =>
    Uint8Array.of(...unsigned, ...(await signer.sign(Uint8Array.of(...new TextEncoder().encode('blockwire 1 entry\n'), ...unsigned))));
  const unsigned = sealed.subarray(0, -64);
  expect(await openEntry(await signedAgain(unsigned), HEADER_BYTES, contentKey, verifier)).toEqual(body);
  for (let at = 0; at < HEADER_BYTES; at++) {
    const changed = unsigned.slice();
    changed[at] = (changed[at] ?? 0) ^ 1;
    await expect(openEntry(await signedAgain(changed), HEADER_BYTES, contentKey, verifier)).rejects.toMatchObject({ reason: 'damaged' });
  }
});
