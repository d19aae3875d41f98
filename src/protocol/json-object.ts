/** A small JSON object that must hold exactly the named members. */
import { fromBase64Url } from './base64url';
import { ProtocolError } from './errors';
import { ID_BYTES } from './ids';
import { LIMITS } from './limits';

export class JsonObject {
  private readonly members: ReadonlyMap<string, unknown>;

  /** @throws ProtocolError TOO_LARGE above LIMITS.requestBody, BAD_FRAME unless an object with exactly `names` */
  constructor(body: string, names: readonly string[]) {
    // A UTF-16 unit is at least one byte, so nothing that passes here was cut off wrongly.
    if (body.length > LIMITS.requestBody) throw new ProtocolError('TOO_LARGE', `A body is larger than ${LIMITS.requestBody} bytes.`);
    let value: unknown;
    try {
      value = JSON.parse(body);
    } catch {
      throw new ProtocolError('BAD_FRAME', 'The body is not JSON.');
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new ProtocolError('BAD_FRAME', 'The body is not a JSON object.');
    this.members = new Map(Object.entries(value));
    for (const name of names) if (!this.members.has(name)) throw new ProtocolError('BAD_FRAME', `The body lacks "${name}".`);
    if (this.members.size !== names.length) throw new ProtocolError('BAD_FRAME', 'The body has a member that it should not have.');
  }

  string(name: string): string {
    const value = this.members.get(name);
    if (typeof value !== 'string') throw new ProtocolError('BAD_FRAME', `"${name}" is not a string.`);
    return value;
  }

  /** A safe integer from 0. */
  integer(name: string): number {
    const value = this.members.get(name);
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw new ProtocolError('BAD_FRAME', `"${name}" is not an integer from 0.`);
    return value;
  }

  id<Id extends string>(name: string): Id {
    const value = this.string(name);
    if (value.length !== 2 * ID_BYTES || !/^[0-9a-f]+$/.test(value)) throw new ProtocolError('BAD_FRAME', `"${name}" is not an identifier.`);
    return value as Id;
  }

  bytes(name: string, length: number): Uint8Array {
    try {
      return fromBase64Url(this.string(name), length);
    } catch {
      throw new ProtocolError('BAD_FRAME', `"${name}" is not the base64url of ${length} bytes.`);
    }
  }

  /** As `bytes`, left as its text. */
  encoded(name: string, length: number): string {
    this.bytes(name, length);
    return this.string(name);
  }
}
