/** Makes a failing script short: leaves out steps as long as the same promise is still broken. */
import type { Script, Step } from './script';
import { World } from './world';

/** Which promise a run breaks first, or null. */
export async function brokenBy(script: Script): Promise<string | null> {
  const [first] = (await new World(script).run()).complaints;
  return first === undefined ? null : kindOf(first);
}

/** "[I3]", or the first words of another complaint. */
function kindOf(complaint: string): string {
  return /^\[I\d+\]/.exec(complaint)?.[0] ?? complaint.slice(0, 24);
}

/**
 * Zeller's ddmin over the steps, then fewer devices and shorter waits.
 * @param runs at most so many runs
 */
export async function shrink(script: Script, runs = 600): Promise<Script> {
  const kind = await brokenBy(script);
  if (kind === null) return script;
  let left = runs;
  let best = script;
  const fails = async (candidate: Script): Promise<boolean> => left-- > 0 && (await brokenBy(candidate)) === kind;
  const take = async (steps: readonly Step[]): Promise<boolean> => {
    const candidate = { ...best, steps };
    if (!(await fails(candidate))) return false;
    best = candidate;
    return true;
  };
  for (let size = Math.ceil(best.steps.length / 2); size >= 1 && left > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < best.steps.length && left > 0; ) {
      const taken = await take([...best.steps.slice(0, at), ...best.steps.slice(at + size)]);
      if (!taken) at += size;
    }
  }
  for (let devices = 2; devices < best.devices && left > 0; devices++) {
    const candidate = { ...best, devices };
    if (await fails(candidate)) best = candidate;
  }
  for (const wait of [0, 100, 1_500]) {
    for (let at = 0; at < best.steps.length && left > 0; at++) {
      const step = best.steps[at];
      if (step !== undefined && step.wait > wait) await take(best.steps.map((each, index) => (index === at ? { ...each, wait } : each)));
    }
  }
  return best;
}
