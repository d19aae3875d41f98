export * from './ports';
export * from './api';
export { createPeer } from './peer';
export type { PeerOptions } from './peer';
export { decodeCredentials, encodeCredentials, keyringOf } from './credentials';
export type { Credentials, Keyring } from './credentials';
export { foundSpace, joinSpace, pairingLinkOf, readLink, renewIdentity, useLink } from './pairing';
export type { PairingPorts, Post } from './pairing';
