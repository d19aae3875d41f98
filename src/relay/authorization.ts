/** A further say of the relay's owner in who may connect: the accounts of the application that the relay stands beside. PROTOCOL.md [P87]. */
import type { IncomingMessage } from 'node:http';
import { ProtocolError, type DeviceId, type SpaceId } from '../protocol';
import { short, type Journal } from './journal';

/** What is asked for, after its signatures or its session have been found good. */
export interface AuthorizedAct {
  /** A new space, a new device of a space, a session for a device, a socket or link with that session. */
  readonly kind: 'found' | 'join' | 'session' | 'connect';
  readonly space: SpaceId;
  readonly device: DeviceId;
  /** The ticket in the set-up link that founds the space; null but for `found`. */
  readonly ticket: string | null;
}

/**
 * Whether it may happen. `request` is the HTTP request or upgrade as it came: its headers, its client certificate. Obsidian sends
 * none of the application's cookies, so an application knows its users by the ticket it gave them, and by space from then on.
 * A refusal is answered 403 NOT_ADMITTED, an error, or no answer in 10 s, 500 INTERNAL: before the upgrade, where there is one.
 */
export type Authorize = (request: IncomingMessage, act: AuthorizedAct) => boolean | Promise<boolean>;

const AUTHORIZE_TIME = 10_000;

/** @throws ProtocolError NOT_ADMITTED when refused, INTERNAL when `authorize` throws or does not answer */
export async function checkAuthorized(authorize: Authorize, request: IncomingMessage, act: AuthorizedAct, journal: Journal, within = AUTHORIZE_TIME): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let isAuthorized: boolean;
  try {
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new ProtocolError('INTERNAL', 'It did not answer.')), within);
    });
    isAuthorized = await Promise.race([authorize(request, act), late]);
  } catch (error) {
    // The error's text is the application's, and may name anyone.
    journal('authorize.failed', { kind: act.kind, space: short(act.space), device: short(act.device), error: error instanceof ProtocolError ? 'late' : 'thrown' });
    throw new ProtocolError('INTERNAL', 'Whether this device may connect could not be found out.');
  } finally {
    clearTimeout(timer);
  }
  if (!isAuthorized) throw new ProtocolError('NOT_ADMITTED', 'This relay does not admit this device.');
}
