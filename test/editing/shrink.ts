/** A failing script, made short: episodes and steps are left out as long as it fails. */
import type { Episode, Script } from './script';

const MOST_TRIES = 110;

export async function shrink(script: Script, fails: (script: Script) => Promise<boolean>): Promise<Script> {
  let best = script;
  let tries = 0;
  const take = async (episodes: readonly Episode[]): Promise<boolean> => {
    if (++tries > MOST_TRIES || !(await fails({ ...script, episodes }))) return false;
    best = { ...script, episodes };
    return true;
  };
  for (let width = Math.ceil(best.episodes.length / 2); width >= 1; width = Math.floor(width / 2)) {
    for (let at = best.episodes.length - width; at >= 0; at -= width) await take(best.episodes.filter((_, index) => index < at || index >= at + width));
  }
  for (let changed = true; changed && tries < MOST_TRIES; ) {
    changed = false;
    for (let at = best.episodes.length - 1; at >= 0; at--) {
      for (let step = (best.episodes[at]?.steps.length ?? 0) - 1; step >= 0; step--) {
        const shorter = best.episodes.map((one, index) => (index === at ? { ...one, steps: one.steps.filter((_, place) => place !== step) } : one));
        changed = (await take(shorter)) || changed;
      }
    }
  }
  return best;
}
