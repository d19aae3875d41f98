/**
 * Another sync engine over the vaults of some devices: it copies whole files between them, as Syncthing or rsync with times do
 * (test/folder/file-copier.ts is the same over real folders). Each version of a file goes by itself, so that a newer one may overtake
 * an older, which then comes last. It is a program of its own: it goes on while Blockwire is off, and waits where a device is offline.
 */
import type { SimClock } from '../clock';
import type { SimRandom } from '../random';
import type { SimDevice } from './device';

/** How late a file arrives, ms. */
const LEAST = 500;
const MOST = 20_000;
/** Now and then minutes late, ms. */
const MINUTES = 4 * 60_000;
const SLOW = 0.1;
/** How often a version is brought once more, after all. */
const STALE = 0.15;
/** How often a file is written in place, the first half first. */
const TORN = 0.15;
/** Between the halves, ms. */
const HALF_FOR = 40;
/** A file is taken when it has been as it is for so many ms. */
const TAKEN_AFTER = 60;
/** What another program saved is not overwritten within so many ms: what nobody has had the time to read would be this engine's loss. */
const SPARE = 1_000;

interface Version {
  readonly to: Side;
  readonly path: string;
  readonly text: string;
  readonly mtime: number;
}

/** One device's vault as the engine sees it. */
interface Side {
  readonly device: SimDevice;
  /** What it saw or put there last, by path. */
  readonly seen: Map<string, string>;
  /** When others changed a file there, as it saw. */
  readonly savedAt: Map<string, number>;
  /** Files that are half written. */
  readonly torn: Set<string>;
  /** What came while the device was offline. */
  readonly waiting: Version[];
}

export class SimEngine {
  /** Nothing is brought twice, and nothing minutes late: the vaults come to rest. */
  isCalm = false;
  private readonly sides: Side[] = [];
  /** Looks and deliveries to come. */
  private pending = 0;

  constructor(
    private readonly clock: SimClock,
    private readonly random: SimRandom,
    private readonly hears: {
      readonly note: (line: string) => void;
      /** It put a file in place. */
      readonly onCarried: (device: SimDevice, path: string) => void;
    },
  ) {}

  /** A vault begins as a copy of those that are there. */
  join(device: SimDevice): void {
    const side: Side = { device, seen: new Map(), savedAt: new Map(), torn: new Set(), waiting: [] };
    const [first] = this.sides;
    if (first !== undefined) for (const [path, file] of first.device.vault.files) device.vault.files.set(path, { ...file });
    for (const [path, { text }] of device.vault.files) side.seen.set(path, text);
    this.sides.push(side);
    device.vault.onWritten = (path) => this.later(TAKEN_AFTER, () => this.look(side, path));
    device.onBack = () => {
      for (const path of device.vault.files.keys()) this.look(side, path);
      for (const version of side.waiting.splice(0)) this.send(version, this.delay());
    };
  }

  has(device: SimDevice): boolean {
    return this.sides.some((side) => side.device === device);
  }

  /** Whether every file that was saved has arrived. */
  get isIdle(): boolean {
    return this.pending === 0 && this.sides.every(({ waiting }) => waiting.length === 0);
  }

  private look(side: Side, path: string): void {
    const file = side.device.vault.files.get(path);
    if (file === undefined || side.device.offline || side.torn.has(path) || side.seen.get(path) === file.text) return;
    side.seen.set(path, file.text);
    side.savedAt.set(path, this.clock.now());
    for (const to of this.sides) {
      if (to === side) continue;
      const version = { to, path, ...file };
      this.send(version, this.delay());
      if (!this.isCalm && this.random.chance(STALE)) this.send(version, MOST + this.delay());
    }
  }

  private send(version: Version, after: number): void {
    this.later(after, () => this.arrive(version));
  }

  private arrive(version: Version): void {
    const { to, path, text, mtime } = version;
    const { device } = to;
    if (device.offline) {
      to.waiting.push(version);
      return;
    }
    const there = device.vault.files.get(path)?.text;
    if (there === text) return;
    const savedAt = there === undefined || there === to.seen.get(path) ? (to.savedAt.get(path) ?? 0) : this.clock.now();
    if (to.torn.has(path) || savedAt + SPARE > this.clock.now()) return this.send(version, to.torn.has(path) ? HALF_FOR : savedAt + SPARE - this.clock.now());
    to.seen.set(path, text);
    if (this.isCalm || !this.random.chance(TORN)) return this.put(to, path, text, mtime);
    const half = text.slice(0, text.length / 2);
    to.torn.add(path);
    this.put(to, path, half, device.now());
    this.later(HALF_FOR, () => {
      to.torn.delete(path);
      // Whoever put another file in its place meanwhile keeps that.
      if (device.vault.files.get(path)?.text === half) this.put(to, path, text, mtime);
      else this.look(to, path);
    });
  }

  private put({ device }: Side, path: string, text: string, mtime: number): void {
    this.hears.note(`engine: ${device.name} gets ${path}, ${text.length} letters of ${mtime - this.clock.now()} ms`);
    device.replaced(path, text, mtime);
    this.hears.onCarried(device, path);
  }

  private delay(): number {
    if (!this.isCalm && this.random.chance(SLOW)) return this.random.below(MINUTES);
    return LEAST + this.random.below(MOST - LEAST);
  }

  private later(ms: number, run: () => void): void {
    this.pending += 1;
    this.clock.after(ms, () => {
      this.pending -= 1;
      run();
    });
  }
}
