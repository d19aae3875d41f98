/** Which pages and apps may talk to the relay, and the CORS headers that tell a browser so. PROTOCOL.md [P73] [P74]. */
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';

/** Obsidian on computers, on iOS, on Android. */
export const OBSIDIAN_ORIGINS = ['app://obsidian.md', 'capacitor://localhost', 'http://localhost'] as const;

const PREFLIGHT: OutgoingHttpHeaders = {
  'Access-Control-Allow-Methods': 'GET, POST, OPTIONS',
  // A wildcard would not cover `authorization`.
  'Access-Control-Allow-Headers': 'authorization, content-type',
  'Access-Control-Max-Age': '86400',
};
const EXPOSED: OutgoingHttpHeaders = { 'Access-Control-Expose-Headers': 'retry-after' };

export class Origins {
  private readonly allowed: ReadonlySet<string>;

  /** @param more exact origins beside Obsidian's, e.g. https://example.org */
  constructor(more: readonly string[] = []) {
    this.allowed = new Set([...OBSIDIAN_ORIGINS, ...more]);
  }

  /** A program that is no browser sends none, and is allowed. */
  allows(request: IncomingMessage): boolean {
    const { origin } = request.headers;
    return origin === undefined || this.allowed.has(origin);
  }

  /** Goes on every answer to this request, whatever its status. */
  headers(request: IncomingMessage): OutgoingHttpHeaders {
    const { origin } = request.headers;
    const allow: OutgoingHttpHeaders = origin !== undefined && this.allowed.has(origin) ? { 'Access-Control-Allow-Origin': origin, ...EXPOSED } : {};
    return { Vary: 'Origin', ...allow };
  }

  preflightHeaders(request: IncomingMessage): OutgoingHttpHeaders {
    return { ...this.headers(request), ...PREFLIGHT };
  }
}
