/** What the check of a connection asks the relay as a folder's device. */
import { sessionRequest } from '../peer';
import type { Credentials } from '../peer';
import { systemRandom } from '../transport';
import { nodeEd25519 } from './node-ed25519';

/** @param time ms since 1970 @returns the JSON body of a request for a session, signed by the device */
export function sessionRequestOf(credentials: Credentials, time: number): Promise<string> {
  return sessionRequest(credentials, time, nodeEd25519, (length) => systemRandom.bytes(length));
}
