/** Chromium's permission for the local network (142 and later; for sockets from 147). */
import { hostOf } from './address';
import { bad, good, type HopResult } from './hop';

/** @param state of the permission; null where the platform knows none */
export function judgePermission(relay: string, state: string | null): HopResult {
  const host = hostOf(relay);
  if (state === 'denied') {
    return bad('local-network', 'LOCAL_NETWORK', `This app may not reach the local network, which ${host} seems to be in.`, 'Allow this app the local network in the system’s privacy settings, or give the relay a public address (--tailscale, --public-url).');
  }
  return good('local-network', `${host} is in the local network${state === 'prompt' ? ': say yes when you are asked to allow that' : ''}.`);
}
