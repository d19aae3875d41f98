import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { digest } from './digest';
import { createEd25519, nobleEd25519, publicKeyOf, type Signer, type Verifier } from './ed25519';
import { openEntry, openIntroducedEntry, sealEntry } from './entry-seal';
import { openPresence, sealPresence, type PresenceContext } from './presence-seal';
import { SealError } from './seal-error';

const HEADER = hexToBytes(
  '010000' + '11'.repeat(16) + '22'.repeat(16) + '33'.repeat(16) + '00'.repeat(16) + '00000000' + '0000000000000001' + '0000000000000000' + '0000' + '0001',
);
const KEY = new Uint8Array(32).fill(4);
const OTHER_KEY = new Uint8Array(32).fill(5);
const SEED = new Uint8Array(32).fill(6);
const OTHER_SEED = new Uint8Array(32).fill(7);
const BODY = utf8ToBytes('- thoughts on tea #live');
const CONTEXT: PresenceContext = { spaceId: '11'.repeat(16), deviceId: '22'.repeat(16), epoch: 0 };

const random = (length: number): Uint8Array => globalThis.crypto.getRandomValues(new Uint8Array(length));

let signer: Signer;
let author: Verifier;
let other: Verifier;
beforeAll(async () => {
  const engine = await createEd25519(globalThis.crypto.subtle);
  signer = await engine.signer(SEED);
  author = await engine.verifier(publicKeyOf(SEED));
  other = await engine.verifier(publicKeyOf(OTHER_SEED));
});

async function reasonOf(run: () => Promise<unknown>): Promise<string> {
  try {
    await run();
  } catch (error) {
    if (error instanceof SealError) return error.reason;
    throw error;
  }
  return 'none';
}

test('[P14] [P15] an entry opens to what was sealed', async () => {
  for (const body of [new Uint8Array(), BODY, new Uint8Array(100_000).fill(1)]) {
    const entry = await sealEntry(HEADER, body, KEY, signer, random);
    expect(entry.subarray(0, HEADER.length)).toEqual(HEADER);
    expect(await openEntry(entry, HEADER.length, KEY, author)).toEqual(body);
  }
});

test('[P14] a body sealed twice has nothing in common but header and length', async () => {
  const [one, two] = [await sealEntry(HEADER, BODY, KEY, signer, random), await sealEntry(HEADER, BODY, KEY, signer, random)];
  expect(one.length).toBe(two.length);
  expect(one.subarray(HEADER.length, HEADER.length + 24)).not.toEqual(two.subarray(HEADER.length, HEADER.length + 24));
  expect(one.subarray(HEADER.length + 24)).not.toEqual(two.subarray(HEADER.length + 24));
  expect(bytesToHex(one)).not.toContain(bytesToHex(BODY));
});

test('[P14] bodies of one word have one length', async () => {
  const lengths = await Promise.all([0, 1, 30, 63].map(async (length) => (await sealEntry(HEADER, new Uint8Array(length), KEY, signer, random)).length));
  expect(new Set(lengths)).toEqual(new Set([259]));
});

test('[P15] an entry with any one byte changed is refused with a typed error', async () => {
  const entry = await sealEntry(HEADER, BODY, KEY, signer, random);
  for (let i = 0; i < entry.length; i++) {
    const tampered = entry.slice();
    tampered[i] = (tampered[i] as number) ^ (1 << (i % 8));
    expect([i, await reasonOf(() => openEntry(tampered, HEADER.length, KEY, author))]).toEqual([i, 'forged']);
  }
});

test('[P15] an entry cut short anywhere is refused', async () => {
  const entry = await sealEntry(HEADER, BODY, KEY, signer, random);
  for (let length = HEADER.length; length < entry.length; length++) {
    expect(['forged', 'malformed']).toContain(await reasonOf(() => openEntry(entry.subarray(0, length), HEADER.length, KEY, author)));
  }
  expect(await reasonOf(() => openEntry(Uint8Array.of(...entry, 0), HEADER.length, KEY, author))).toBe('forged');
});

test('[P15] an entry of another device is forged', async () => {
  const entry = await sealEntry(HEADER, BODY, KEY, signer, random);
  expect(await reasonOf(() => openEntry(entry, HEADER.length, KEY, other))).toBe('forged');
});

test('[P14] an entry under another key does not open', async () => {
  const entry = await sealEntry(HEADER, BODY, OTHER_KEY, signer, random);
  expect(await reasonOf(() => openEntry(entry, HEADER.length, KEY, author))).toBe('damaged');
});

test('[P14] a ciphertext is bound to its header even where the author signs another', async () => {
  const entry = await sealEntry(HEADER, BODY, KEY, signer, random);
  const moved = entry.slice(0, -64);
  moved[78] = 2; // the counter's last byte
  const signed = new Uint8Array([...utf8ToBytes('blockwire 1 entry\n'), ...moved]);
  const resigned = new Uint8Array([...moved, ...(await signer.sign(signed))]);
  expect(await reasonOf(() => openEntry(resigned, HEADER.length, KEY, author))).toBe('damaged');
});

test('[P15] engines open what the other sealed', async () => {
  const entry = await sealEntry(HEADER, BODY, KEY, await nobleEd25519.signer(SEED), random);
  expect(await openEntry(entry, HEADER.length, KEY, author)).toEqual(BODY);
});

test('[P14] [P15] [P16] this header, body, key, seed and nonce give these bytes', async () => {
  const entry = await sealEntry(HEADER, BODY, KEY, signer, (length) => new Uint8Array(length).fill(8));
  expect(bytesToHex(entry)).toBe(ENTRY_VECTOR);
  expect(digest(entry)).toBe(ENTRY_DIGEST);
});

describe('[P18] an entry that introduces its author', () => {
  const asAuthor = async (): Promise<Verifier> => author;

  test('opens to what was sealed', async () => {
    const entry = await sealEntry(HEADER, BODY, KEY, signer, random);
    const seen: Uint8Array[] = [];
    const body = await openIntroducedEntry(entry, HEADER.length, KEY, async (opened) => {
      seen.push(opened);
      return author;
    });
    expect(body).toEqual(BODY);
    expect(seen).toEqual([BODY]);
  });

  test('is forged when the device that it introduces did not sign it', async () => {
    const entry = await sealEntry(HEADER, BODY, KEY, signer, random);
    expect(await reasonOf(() => openIntroducedEntry(entry, HEADER.length, KEY, async () => other))).toBe('forged');
  });

  test('introduces nobody when it does not open', async () => {
    const entry = await sealEntry(HEADER, BODY, OTHER_KEY, signer, random);
    const introduced = jest.fn(asAuthor);
    expect(await reasonOf(() => openIntroducedEntry(entry, HEADER.length, KEY, introduced))).toBe('damaged');
    expect(introduced).not.toHaveBeenCalled();
  });

  test('with any one byte changed is refused', async () => {
    const entry = await sealEntry(HEADER, BODY, KEY, signer, random);
    for (let i = 0; i < entry.length; i++) {
      const tampered = entry.slice();
      tampered[i] = (tampered[i] as number) ^ 1;
      expect(['forged', 'damaged']).toContain(await reasonOf(() => openIntroducedEntry(tampered, HEADER.length, KEY, asAuthor)));
    }
    expect(await reasonOf(() => openIntroducedEntry(entry.subarray(0, HEADER.length + 103), HEADER.length, KEY, asAuthor))).toBe('malformed');
  });

  test('passes on why its author was not believed', async () => {
    const entry = await sealEntry(HEADER, BODY, KEY, signer, random);
    const refused = openIntroducedEntry(entry, HEADER.length, KEY, async () => {
      throw new RangeError('not admitted');
    });
    await expect(refused).rejects.toThrow('not admitted');
  });
});

describe('[P17] presence', () => {
  test('opens to what was sealed', async () => {
    expect(await openPresence(CONTEXT, await sealPresence(CONTEXT, BODY, KEY, signer, random), KEY, author)).toEqual(BODY);
  });

  test.each<[string, Partial<PresenceContext>]>([
    ['another space', { spaceId: '44'.repeat(16) }],
    ['another device', { deviceId: '44'.repeat(16) }],
    ['another epoch', { epoch: 1 }],
  ])('of %s is refused', async (_, change) => {
    const message = await sealPresence(CONTEXT, BODY, KEY, signer, random);
    expect(await reasonOf(() => openPresence({ ...CONTEXT, ...change }, message, KEY, author))).toBe('forged');
  });

  test('with any one byte changed is refused', async () => {
    const message = await sealPresence(CONTEXT, BODY, KEY, signer, random);
    for (let i = 0; i < message.length; i++) {
      const tampered = message.slice();
      tampered[i] = (tampered[i] as number) ^ 1;
      expect([i, await reasonOf(() => openPresence(CONTEXT, tampered, KEY, author))]).toEqual([i, 'forged']);
    }
    expect(await reasonOf(() => openPresence(CONTEXT, new Uint8Array(103), KEY, author))).toBe('malformed');
  });

  test('is no entry, and an entry no presence', async () => {
    const associated = hexToBytes('11'.repeat(16) + '22'.repeat(16) + '00000000');
    const message = await sealPresence(CONTEXT, BODY, KEY, signer, random);
    expect(await reasonOf(() => openEntry(Uint8Array.of(...associated, ...message), associated.length, KEY, author))).toBe('forged');
    const entry = await sealEntry(associated, BODY, KEY, signer, random);
    expect(await reasonOf(() => openPresence(CONTEXT, entry.subarray(associated.length), KEY, author))).toBe('forged');
  });

  test('needs identifiers that are such', async () => {
    expect(await reasonOf(async () => sealPresence({ ...CONTEXT, spaceId: 'x' }, BODY, KEY, signer, random))).toBe('malformed');
  });
});

const ENTRY_VECTOR = 
  // header, nonce, ciphertext, signature
  '01000011111111111111111111111111111111222222222222222222222222222222223333333333333333333333333333333300000000000000000000000000000000000000000000000000000001000000000000000000000001' +
  '080808080808080808080808080808080808080808080808' +
  'd6515975a5f2ab2915eab31f7bfeb12a1c0f4532d1a9e8f843d0868ff9b15447c39d0a1c5ffde181c6768f6cf05a668dadec84048fb4c8393275dbb714b3ef8a8a1867d3f53abd3c7916c90bbf30ae1b' +
  'cbc6e53223e264ab6cbb3d68ec9daed62424fb366fef6ab5557d52a0eb8f4a7b7c3d45dda63c893c6f49cc265409b1fc3da7d72c19429fa363f126a5e6bd1803';
const ENTRY_DIGEST = 'f8e4545cbee0929ba15ce0bc10148c2d';
