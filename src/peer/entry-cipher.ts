/**
 * The `Cipher` port from crypto/: which key opens and whose signature counts. A device is known by the roster; entries of the index
 * introduce their author themselves: 32 bytes of public key and 64 of admission go before their body.
 */
import { digest, openEntry, openIntroducedEntry, openPresence, sealEntry, sealPresence, SealError, deviceIdOf } from '../crypto';
import type { Ed25519, Signer, Verifier } from '../crypto';
import { encodeHeader, fromHex, HEADER_BYTES, ProtocolError, readEntryHeader, signedAdmission } from '../protocol';
import type { Alias, DeviceId, Digest, EntryHeader, SpaceId } from '../protocol';
import { CipherError } from '../sync';
import type { Cipher } from '../sync';
import type { Keyring } from './credentials';
import type { RosterEntry } from './index-document';

const KEY_BYTES = 32;
const INTRODUCTION_BYTES = KEY_BYTES + 64;

export interface EntryCipherOptions {
  readonly ed25519: Ed25519;
  readonly keyring: Keyring;
  readonly indexAlias: Alias;
  readonly random: (length: number) => Uint8Array;
  readonly rosterEntry: (device: DeviceId) => RosterEntry | undefined;
}

export class EntryCipher implements Cipher {
  private readonly verifiers = new Map<DeviceId, Verifier>();

  private constructor(
    private readonly options: EntryCipherOptions,
    private readonly signer: Signer,
    private readonly admitter: Verifier,
    /** Signature of the admission key over this device's public key. */
    readonly admission: Uint8Array,
  ) {}

  static async create(options: EntryCipherOptions): Promise<EntryCipher> {
    const { ed25519, keyring } = options;
    const signer = await ed25519.signer(keyring.identity.seed);
    const admitting = await ed25519.signer(keyring.epoch.admissionSeed);
    const admission = await admitting.sign(signedAdmission({ space: keyring.space.spaceId as SpaceId, deviceKey: signer.publicKey }));
    return new EntryCipher(options, signer, await ed25519.verifier(admitting.publicKey), admission);
  }

  async seal(header: EntryHeader, body: Uint8Array): Promise<Uint8Array> {
    const sealed = header.alias === this.options.indexAlias ? concat(this.signer.publicKey, this.admission, body) : body;
    return sealEntry(encodeHeader(header), sealed, this.options.keyring.epoch.contentKey, this.signer, this.options.random);
  }

  async open(entry: Uint8Array): Promise<{ header: EntryHeader; body: Uint8Array }> {
    const header = headerOf(entry);
    const { keyring, indexAlias } = this.options;
    if (header.space !== keyring.space.spaceId) throw new CipherError('other-space', 'An entry of another space.');
    if (header.epoch !== keyring.epoch.epoch) throw new CipherError('unknown-epoch', `An entry was sealed under key ${header.epoch}, which this device does not have.`);
    try {
      if (header.alias === indexAlias) {
        const body = await openIntroducedEntry(entry, HEADER_BYTES, keyring.epoch.contentKey, (opened) => this.introduce(header.device, opened));
        return { header, body: body.subarray(INTRODUCTION_BYTES) };
      }
      return { header, body: await openEntry(entry, HEADER_BYTES, keyring.epoch.contentKey, await this.verifierOf(header.device)) };
    } catch (error) {
      throw asCipherError(error);
    }
  }

  sealPresence(body: Uint8Array): Promise<Uint8Array> {
    const { keyring, random } = this.options;
    return sealPresence(this.presenceContext(keyring.identity.deviceId), body, keyring.epoch.contentKey, this.signer, random);
  }

  async openPresence(device: DeviceId, bytes: Uint8Array): Promise<Uint8Array> {
    try {
      return await openPresence(this.presenceContext(device), bytes, this.options.keyring.epoch.contentKey, await this.verifierOf(device));
    } catch (error) {
      throw asCipherError(error);
    }
  }

  digest(bytes: Uint8Array): Digest {
    return digest(bytes) as Digest;
  }

  private async verifierOf(device: DeviceId): Promise<Verifier> {
    const known = this.verifiers.get(device);
    if (known) return known;
    const entry = this.options.rosterEntry(device);
    if (!entry) throw new CipherError('unknown-device', 'An entry of a device that is not in the roster.');
    return this.admit(device, fromHex(entry.publicKey), fromHex(entry.admission));
  }

  private introduce(device: DeviceId, body: Uint8Array): Promise<Verifier> {
    const known = this.verifiers.get(device);
    if (known) return Promise.resolve(known);
    if (body.length < INTRODUCTION_BYTES) throw new CipherError('damaged', 'An index entry lacks its introduction.');
    return this.admit(device, body.slice(0, KEY_BYTES), body.slice(KEY_BYTES, INTRODUCTION_BYTES));
  }

  /** Trusts a public key that the admission key signed, under the id that it hashes to. */
  private async admit(device: DeviceId, publicKey: Uint8Array, admission: Uint8Array): Promise<Verifier> {
    const { ed25519, keyring } = this.options;
    const claim = signedAdmission({ space: keyring.space.spaceId as SpaceId, deviceKey: publicKey });
    if (deviceIdOf(publicKey) !== device || !(await this.admitter.verify(claim, admission))) {
      throw new CipherError('forged', 'A device was introduced that nobody with the key of this space admitted.');
    }
    const verifier = await ed25519.verifier(publicKey);
    this.verifiers.set(device, verifier);
    return verifier;
  }

  private presenceContext(deviceId: string): { spaceId: string; deviceId: string; epoch: number } {
    const { keyring } = this.options;
    return { spaceId: keyring.space.spaceId, deviceId, epoch: keyring.epoch.epoch };
  }
}

function headerOf(entry: Uint8Array): EntryHeader {
  try {
    return readEntryHeader(entry);
  } catch (error) {
    throw asCipherError(error);
  }
}

function asCipherError(error: unknown): CipherError {
  if (error instanceof CipherError) return error;
  if (error instanceof SealError) return new CipherError(error.reason === 'forged' ? 'forged' : 'damaged', error.message);
  if (error instanceof ProtocolError) return new CipherError('damaged', error.message);
  throw error;
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
