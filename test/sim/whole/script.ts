/** What happens in a run, as plain data: a step names who, what, and where by fractions, so that a run with steps left out still means something. */
import { SimRandom } from '../random';

export const DEEDS = {
  // A person at an editor.
  type: 30, enter: 10, 'soft break': 2, backspace: 3, join: 2, indent: 5, outdent: 3, 'move up': 3, 'move down': 3, drag: 3, sort: 1, cut: 3, paste: 6, 'delete line': 2, 'paste lines': 1,
  tick: 3, undo: 4, redo: 1, 'type outside': 3, tag: 1, 'make live': 1, untag: 0.4, 'copy block': 0.5, 'cut block': 0.7, 'delete block': 0.4, 'open note': 8, 'close note': 3, save: 5, compose: 1,
  // Files, by the same person or other programs.
  'edit file': 4, 'tick in file': 1, 'remove in file': 0.5, 'edit while off': 1, 'rename note': 0.5, 'delete note': 0.2, answer: 2,
  // What the world does.
  'go offline': 3, 'come online': 5, 'cut line': 3, 'half open': 1, restart: 2, kill: 2, 'power cut': 0.5, 'power cut at write': 0.7, 'killed while loading': 0.7, hide: 1, show: 1,
  'relay crash': 1.5, 'relay restart': 3, 'relay backup': 0.7, 'relay restore': 0.3, 'relay full': 0.3, 'relay sync fails': 0.4, 'relay has room': 1,
  'disk full': 0.4, 'disk has room': 1, 'clock jump': 0.5, 'clock right': 0.5, copy: 0.12, months: 0.05, quiet: 2.5,
} as const;

export type Deed = keyof typeof DEEDS;

export interface Step {
  readonly deed: Deed;
  /** [0, 1): which device; x, y, z: where, how much. */
  readonly who: number;
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** Time until the next, ms. */
  readonly wait: number;
}

/** Another sync engine over the vaults of some devices. */
export interface EngineScript {
  /** It joins so many, the first ones of the run. */
  readonly devices: number;
  /** The vaults tell of it from the start. */
  readonly known: boolean;
}

export interface Script {
  /** Of keys, delays and all else that is not a step. */
  readonly seed: number;
  readonly devices: number;
  readonly engine?: EngineScript;
  readonly steps: readonly Step[];
}

const ALL = Object.entries(DEEDS) as [Deed, number][];
const TOTAL = ALL.reduce((sum, [, weight]) => sum + weight, 0);
/** Apart from the seeds of scripts. */
const ENGINES = 2 ** 30;
const WAITS = [0, 0, 5, 20, 100, 400, 1_500, 6_000];

/** @param steps at least this many; a quiet period ends them */
export function scriptOf(seed: number, steps: number): Script {
  const random = new SimRandom(seed);
  // Mostly two or three; now and then a family.
  const devices = random.pick([2, 2, 2, 3, 3, 3, 4, 5, 8]);
  let who = 0;
  const list = Array.from({ length: steps }, (): Step => {
    // One goes on for a while, as people do.
    if (random.chance(0.35)) who = random.unit();
    let at = random.unit() * TOTAL;
    const deed = ALL.find(([, weight]) => (at -= weight) < 0)?.[0] ?? 'type';
    return { deed, who, x: random.unit(), y: random.unit(), z: random.unit(), wait: random.pick(WAITS) };
  });
  return { seed, devices, steps: list };
}

/** The same devices and steps, with another sync engine over some of the vaults. */
export function withEngine(script: Script): Script {
  const random = new SimRandom(script.seed + ENGINES);
  return { ...script, engine: { devices: Math.min(script.devices, random.pick([2, 2, 2, 3, 4])), known: random.chance(0.75) } };
}

/** A step as a person reads it. */
export function describeStep({ deed, who, x, y, z, wait }: Step): string {
  return `${deed} (who ${who.toFixed(3)}, at ${x.toFixed(3)} ${y.toFixed(3)} ${z.toFixed(3)}), then ${wait} ms`;
}
