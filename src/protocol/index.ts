export * from './ids';
export * from './errors';
export * from './limits';
export * from './frames';
export * from './entry';
export { encodeFrame, decodeClientFrame, decodeRelayFrame } from './codec';
export * from './entry-codec';
export { toHex, fromHex } from './hex';
