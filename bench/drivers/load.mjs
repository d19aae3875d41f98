// What every throughput driver does: each space's writer keeps a window of entries unacknowledged; readers count what arrives.

/** Entries that a writer has under way. */
export const WINDOW = 64;
const PATIENCE = 120_000;

/**
 * @param {readonly { send(from: number, count: number): void, entries: number }[]} writers
 * @returns an account to which connections tell what was acknowledged and delivered, and whose `run` gives the seconds it took
 */
export function load(writers, readers) {
  const sent = writers.map(() => 0);
  const acknowledged = writers.map(() => 0);
  const wanted = writers.reduce((sum, { entries }) => sum + entries, 0);
  let got = 0;
  let stored = 0;
  let finish = () => {};
  const push = (w) => {
    const { entries, send } = writers[w];
    const count = Math.min(entries - sent[w], WINDOW - (sent[w] - acknowledged[w]));
    if (count <= 0) return;
    sent[w] += count;
    send(sent[w] - count, count);
  };
  const check = () => {
    if (got >= wanted * readers && stored >= wanted) finish();
  };
  return {
    acknowledged(w, count) {
      acknowledged[w] += count;
      stored += count;
      push(w);
      check();
    },
    delivered(count) {
      got += count;
      check();
    },
    /** @returns {Promise<{ seconds: number, delivered: number }>} */
    async run() {
      const began = performance.now();
      await new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`Delivered ${got} of ${wanted * readers}, acknowledged ${stored} of ${wanted}.`)), PATIENCE);
        finish = () => {
          clearTimeout(timer);
          resolve();
        };
        for (let w = 0; w < writers.length; w++) push(w);
      });
      return { seconds: (performance.now() - began) / 1000, delivered: got };
    },
  };
}
