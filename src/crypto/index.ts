export { SealError } from './seal-error';
export { createEd25519, nobleEd25519, publicKeyOf, PUBLIC_KEY_BYTES, SEED_BYTES, type Ed25519, type Signer, type Verifier } from './ed25519';
export { ContentHash } from './content-hash';
export { digest, deviceIdOf } from './digest';
export { aliasOf, deriveEpoch, deriveSpace, SECRET_BYTES, type EpochKeys, type SpaceKeys } from './space-keys';
export { createIdentity, fingerprint, identityOf, type Identity } from './identity';
export { openEntry, openIntroducedEntry, sealEntry } from './entry-seal';
export { openPresence, sealPresence, type PresenceContext } from './presence-seal';
export { paddedLength } from './padding';
