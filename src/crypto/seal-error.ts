/** Why a sealed message was not opened, or key material not taken. Thrown by this folder, and nothing else is. */
export class SealError extends Error {
  override readonly name = 'SealError';
  constructor(
    /**
     * `forged`: the signature is not that of the key it was checked against. `damaged`: signed by that key, but it does not open: another
     * content key, another header, or a bug of its author. `malformed`: too short or of the wrong length to be anything.
     */
    readonly reason: 'forged' | 'damaged' | 'malformed',
    message: string,
  ) {
    super(message);
  }
}
