/** Whether Obsidian's three origins may talk to the relay, judged by its answers to a program that sends them. PROTOCOL.md [P73] [P74]. */
import { bad, good, type HopResult } from './hop';

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

export function judgeOrigins(all: readonly OriginFacts[]): HopResult {
  for (const { origin, allowed, preflight, upgrade } of all) {
    const app = OBSIDIAN_ORIGINS.find(([known]) => known === origin)?.[1] ?? origin;
    if (upgrade === 'ORIGIN') {
      return bad('origins', 'ORIGIN', `${app} (${origin}) is refused: the relay is told of another origin.`, 'Let the proxy pass the Origin header unchanged (nginx: no proxy_set_header Origin).');
    }
    if (upgrade === null) {
      return bad('origins', 'UPGRADE_REFUSED', `A WebSocket upgrade of ${app} (${origin}) is refused before it reaches the relay; one without an Origin is not.`, 'Let the proxy pass every Origin; the relay checks it.');
    }
    if (isDoubled(allowed) || isDoubled(preflight.allowed)) {
      return bad('origins', 'CORS_DOUBLED', `${app} (${origin}) is allowed twice in one answer, so that browsers refuse both.`, `${PASS} The relay answers for itself.`);
    }
    const lacking = !lets(allowed, origin);
    if (!lacking && (preflight.status < 200 || preflight.status > 299 || !lets(preflight.allowed, origin) || !/\bPOST\b/i.test(preflight.methods) || !/content-type/i.test(preflight.headers))) {
      return bad('origins', 'PREFLIGHT', `${app} (${origin}) asks first by OPTIONS, and the answer (HTTP ${preflight.status}) does not allow it.`, 'Let the proxy pass OPTIONS to the relay, without a password or an answer of its own.');
    }
    if (lacking) return bad('origins', 'CORS_MISSING', `${app} (${origin}) is not allowed by the answers that arrive.`, PASS);
  }
  return good('origins', 'Obsidian on computers, iOS and Android may all talk to it.');
}

function isDoubled(allowed: readonly string[]): boolean {
  return allowed.join(',').split(',').length > 1;
}

function lets(allowed: readonly string[], origin: string): boolean {
  return allowed.length === 1 && (allowed[0] === origin || allowed[0] === '*');
}
