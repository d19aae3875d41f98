/** Chromium's permission for the local network (142 and later; for sockets from 147). */
import { hostOf } from './address';
import { bad, good, type HopResult } from './hop';

/** @param state of the permission; null where the platform knows none */
export function judgePermission(relay: string, state: string | null): HopResult {
  const host = hostOf(relay);
  if (state === 'denied') {
    return bad('local-network', 'LOCAL_NETWORK', `${host} is in the local network, and this app may not reach it.`, 'Allow this app the local network in the system’s privacy settings, or give the relay a public address (--tailscale, --public-url).');
  }
  return good('local-network', state === 'prompt' ? `${host} is in the local network: say yes when you are asked to allow that.` : `${host} is in the local network, and may be reached.`);
}
