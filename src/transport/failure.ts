/** Why no connection came about, as far as a device can know it, in words. */
import { errorOfCloseCode, isLoopback, refusalOf } from '../protocol';
import type { CloseReason } from '../sync';

const KEPT = 'Your edits are kept on this device and sent when the connection is back.';

/** A request got no answer at all. Browsers don't say why; Node and Electron often do. */
export function unreachable(relay: string, error: unknown): CloseReason {
  if (/CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_VERIFY/i.test(causes(error))) {
    return {
      code: 'TLS',
      message: `The relay’s certificate is not trusted by this device. ${KEPT} Give the relay a publicly trusted one (Caddy and Tailscale do that by themselves); phones don’t accept others.`,
      retry: true,
    };
  }
  const overHttp = relay.startsWith('http:') && !isLoopback(relay);
  return {
    code: 'UNREACHABLE',
    message: overHttp
      ? `The relay can’t be reached. ${KEPT} Its address begins with http://, which phones and many apps refuse outside this computer; it needs https://.`
      : `The relay can’t be reached. ${KEPT}`,
    retry: true,
  };
}

/** The relay gave a session, and yet no way to it opened. */
export const NO_WEBSOCKET: CloseReason = {
  code: 'NO_WEBSOCKET',
  message: `The relay answers, but no live connection came about, neither by WebSocket nor by plain requests. ${KEPT} If there is a proxy in front of the relay, let it pass the relay’s whole path on.`,
  retry: true,
};

/** A better way has opened, and is taken by the next connection. [S47] */
export const SWITCHING: CloseReason = { code: 'SWITCHING', message: `The connection changes to a better way. ${KEPT}`, retry: true };

/** The relay sent what no relay sends. Another try may reach a better one; it is this device that hangs up, so no person has to act. */
export const NOT_A_FRAME: CloseReason = {
  code: 'BAD_FRAME',
  message: `What the relay sent could not be understood. ${KEPT} Blockwire connects again; if it stays, update Blockwire here and on the relay.`,
  retry: true,
};

/** A socket that had been open is closed. */
export function closedWith(code: number): CloseReason {
  const error = errorOfCloseCode(code);
  if (error !== null) return refusalOf(error);
  if (code === 1001) return refusalOf('SHUTTING_DOWN');
  return { code: 'LOST', message: `The connection to the relay was lost. ${KEPT}`, retry: true };
}

/** Names and codes of an error and of what caused it. */
function causes(error: unknown): string {
  const parts: string[] = [];
  let current: unknown = error;
  for (let depth = 0; depth < 4 && typeof current === 'object' && current !== null; depth++) {
    const { code, message, cause } = current as { code?: unknown; message?: unknown; cause?: unknown };
    for (const part of [code, message]) if (typeof part === 'string') parts.push(part);
    current = cause;
  }
  return parts.join(' ');
}
