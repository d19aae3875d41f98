// What every latency driver does: one letter every 20 ms, and for each the time until the other side's document holds it.

const EVERY = 20;
/** Longest wait for the last letters, ms. */
const PATIENCE = 20_000;

/**
 * @param {object} sides
 * @param {(index: number) => void} sides.type makes keystroke `index` on A
 * @param {(heard: (length: number) => void) => void} sides.onLength sets what to call with the number of keystrokes that B holds
 * @param {number} letters
 * @param {number} warmUp further letters before them that do not count
 * @returns {Promise<number[]>} milliseconds, one a keystroke
 */
export async function typeAtPace({ type, onLength }, letters, warmUp) {
  const typed = [];
  const heard = [];
  const all = letters + warmUp;
  let finish = () => {};
  const finished = new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`Only ${heard.length} of ${all} keystrokes arrived.`)), PATIENCE + all * EVERY);
    finish = () => {
      clearTimeout(timer);
      resolve();
    };
  });
  onLength((length) => {
    const now = performance.now();
    while (heard.length < length) heard.push(now);
    if (heard.length >= all) finish();
  });
  const began = performance.now();
  for (let i = 0; i < all; i++) {
    const wait = began + i * EVERY - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    typed.push(performance.now());
    type(i);
  }
  await finished;
  return typed.map((at, i) => heard[i] - at).slice(warmUp);
}
