import { sep } from 'node:path';
import TestSequencer from '@jest/test-sequencer';

/** Test files that take longest, in this order: begun last, one of them would run alone while the other cores wait. */
const SLOW = ['test/sim/whole/whole', 'test/fire/kills', 'test/sim/sim', 'test/fire/disk', 'test/peers/simulation', 'test/peers/second-engine', 'test/browser/typing', 'test/browser/try', 'test/browser/disk'];

/** Jest's own order, by how long a file took or how large it is, after the slow ones. */
export default class SlowFirst extends TestSequencer {
  sort(tests) {
    const place = ({ path }) => {
      const at = SLOW.findIndex((name) => path.endsWith(`${name.replaceAll('/', sep)}.test.ts`));
      return at < 0 ? SLOW.length : at;
    };
    return [...super.sort(tests)].sort((a, b) => place(a) - place(b));
  }
}
