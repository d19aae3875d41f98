/** Whether Obsidian's three origins may talk to the relay, judged by its answers to a program that sends them. PROTOCOL.md [P73] [P74]. */
import { hostOf } from './address';
import { bad, good, warning, type HopResult, type Verdict } from './hop';

/** Obsidian on computers, on iOS, on Android. */
export const OBSIDIAN_ORIGINS: readonly (readonly [origin: string, app: string])[] = [
  ['app://obsidian.md', 'Obsidian on computers'],
  ['capacitor://localhost', 'Obsidian on iOS'],
  ['http://localhost', 'Obsidian on Android'],
];

/** What came back for one origin. */
export interface OriginFacts {
  readonly origin: string;
  /** Each `Access-Control-Allow-Origin` of GET /health. */
  readonly allowed: readonly string[];
  /** OPTIONS before a session is asked for. */
  readonly preflight: { readonly status: number; readonly allowed: readonly string[]; readonly methods: string; readonly headers: string };
  /** Code of the relay's answer to an upgrade, null unless it gave one. */
  readonly upgrade: string | null;
}

const PASS = 'Let the proxy pass the Origin header and the answers’ Access-Control headers unchanged, and add none of its own.';
const STILL = 'Blockwire works by WebSocket without that; what an app asks by fetch does not get through.';
const BY_APP = 'No WebSocket gets through either, so Blockwire uses Obsidian’s own requests: slower, and harder on a phone’s battery.';

/**
 * A refused upgrade is a failure. What CORS forbids is a warning: it binds neither a WebSocket nor Obsidian's own requests.
 * @param byPolls no upgrade gets through, with an origin or without: then requests are all that there is
 */
export function judgeOrigins(all: readonly OriginFacts[], byPolls = false): HopResult {
  const cors = (code: Verdict, text: string, cure: string): HopResult => warning('origins', code, `${text} ${byPolls ? BY_APP : STILL}`, cure);
  const named = all.map((facts) => ({ ...facts, app: `${OBSIDIAN_ORIGINS.find(([known]) => known === facts.origin)?.[1] ?? 'An app'} (${facts.origin})` }));
  for (const { app, upgrade } of named) {
    if (upgrade === 'ORIGIN') {
      return bad('origins', 'ORIGIN', `${app} is refused: the relay is told of another origin.`, 'Let the proxy pass the Origin header unchanged (nginx: no proxy_set_header Origin).');
    }
    if (upgrade === null && !byPolls) {
      return bad('origins', 'UPGRADE_REFUSED', `A WebSocket upgrade of ${app} is refused before it reaches the relay; one without an Origin is not.`, 'Let the proxy pass every Origin; the relay checks it.');
    }
  }
  for (const { app, origin, allowed, preflight } of named) {
    if (isDoubled(allowed) || isDoubled(preflight.allowed)) {
      return cors('CORS_DOUBLED', `${app} is allowed twice in one answer, so that browsers refuse both.`, `${PASS} The relay answers for itself.`);
    }
    if (!lets(allowed, origin)) return cors('CORS_MISSING', `${app} is not allowed by the answers that arrive.`, PASS);
    if (preflight.status < 200 || preflight.status > 299 || !lets(preflight.allowed, origin) || !/\bPOST\b/i.test(preflight.methods) || !/content-type/i.test(preflight.headers)) {
      // Frames in plain requests ask for no leave.
      return warning('origins', 'PREFLIGHT', `${app} asks first by OPTIONS, and the answer (HTTP ${preflight.status}) does not allow it. ${STILL}`, 'Let the proxy pass OPTIONS to the relay, without a password or an answer of its own.');
    }
  }
  return good('origins', 'Obsidian on computers, iOS and Android may all talk to it.');
}

/** As an app itself finds it: whether a fetch of what Obsidian's own request has just fetched gets through. */
export function judgeFetch(relay: string, passed: boolean): HopResult {
  if (passed) return good('origins', 'This app may talk to it.');
  return warning('origins', 'CORS_MISSING', `The answers of ${hostOf(relay)} do not allow this app. ${STILL}`, PASS);
}

function isDoubled(allowed: readonly string[]): boolean {
  return allowed.join(',').split(',').length > 1;
}

function lets(allowed: readonly string[], origin: string): boolean {
  return allowed.length === 1 && (allowed[0] === origin || allowed[0] === '*');
}
