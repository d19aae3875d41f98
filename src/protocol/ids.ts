/**
 * Identifiers on the wire, as lower-case hexadecimal strings in memory (map keys, logs) and raw bytes in frames.
 * They are plain strings to the type checker apart from their brand, so that one is never passed for another.
 */
declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** 16 bytes: names a space, derived from the space's secret. */
export type SpaceId = Branded<'SpaceId'>;
/** 16 bytes: first half of SHA-256 of the device's Ed25519 public key. */
export type DeviceId = Branded<'DeviceId'>;
/** 16 bytes: HMAC of a document's id under a key that the relay never has. */
export type Alias = Branded<'Alias'>;
/** 16 bytes: first half of SHA-256 of an entry's bytes. */
export type Digest = Branded<'Digest'>;
/** 16 bytes: HMAC of a file's content hash under a key that the relay never has. */
export type FileId = Branded<'FileId'>;

/** Bytes in each of the identifiers above. */
export const ID_BYTES = 16;
