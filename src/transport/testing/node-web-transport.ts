/** The browser's `WebTransport` for tests in Node. */
import { join } from 'node:path';
import { findDeno } from '../../relay/webtransport/find-deno';
import { QuicProcess } from './quic-process';

/** Its file; null where it could not be installed: then tests that need it are left out, and say so. */
export const DENO = findDeno();
// eslint-disable-next-line no-console -- what is left out is said in one line
if (DENO === null) console.warn('Left out: tests of WebTransport, which need the package deno.');
export const describeWithDeno = DENO === null ? describe.skip : describe;

export class QuicClient extends QuicProcess {
  /** Registers the hooks of a test file. */
  constructor() {
    super();
    beforeAll(async () => {
      if (DENO !== null) await this.start(DENO, join(__dirname, 'quic-client.mjs'));
    });
    afterAll(() => this.stop());
  }
}
