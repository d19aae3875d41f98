// What every driver of the lanes does: letters at an even pace with the time of each, and the time at which letters of the other side came.

const EVERY = 20;

/** Of one clock for all processes of this machine, ms. */
export const now = () => Number(process.hrtime.bigint()) / 1e6;

/**
 * @param {object} side
 * @param {(index: number) => void} side.letter types one
 * @param {(bytes: number) => Promise<void>} side.send a value of so many bytes; resolves when it is there as far as this side can know
 * @param {() => Promise<void>} side.received resolves when a value of the other side is here whole
 * @param {() => void} side.close
 */
export function laneMethods(side) {
  const typed = [];
  const heard = [];
  let timer = null;
  return {
    /** Letters of the other side, all of them so far. */
    hears(count) {
      while (heard.length < count) heard.push(now());
    },
    methods: {
      type() {
        const began = now();
        timer = setInterval(() => {
          // As many as are due: a late timer must not make fewer letters of it.
          while (now() - began >= typed.length * EVERY) {
            typed.push(now());
            side().letter(typed.length - 1);
          }
        }, 4);
      },
      rest() {
        clearInterval(timer);
        return typed;
      },
      heard: () => heard,
      now,
      async send({ bytes }) {
        const began = now();
        await side().send(bytes);
        return { began, ended: now() };
      },
      async received() {
        await side().received();
        return now();
      },
      close: () => side().close(),
    },
  };
}
