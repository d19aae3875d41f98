/**
 * Which way to a relay is tried first: the best one, until it fails; then the one that worked, for a time that doubles with each
 * failure of the better. Remembered by network, where the platform can tell one from another, and relay.
 */
import type { Clock } from '../sync';
import type { Line } from './line';
import type { Way } from './way';

/** How long a lower way is kept before a better one is tried again, ms. */
const FIRST_WAIT = 60_000;
const LONGEST_WAIT = 60 * 60_000;
/** A connection that lived so long proves its way, ms. */
const PROVEN = 60_000;
/** Connections in a row that broke sooner, until the next lower way is taken. */
const BREAKS = 2;
/** Relays and networks remembered. */
const PLACES = 8;

interface Place {
  /** Index of the way that worked. */
  rung: number;
  /** From then on the better ones are tried again, ms since the epoch. */
  until: number;
  wait: number;
  breaks: number;
}

/** Keeps what was learnt over a restart of the app. It holds addresses of relays, and no secret. */
export interface LadderKeeper {
  load(): string | null;
  save(text: string): void;
}

export interface LadderOptions {
  /** Best first. */
  readonly ways: readonly Way[];
  readonly clock: Clock;
  /** Names the network that the device is in, as far as the platform tells; '' where it does not. */
  readonly network?: () => string;
  readonly ladder?: LadderKeeper;
}

export class Ladder {
  private readonly places: Map<string, Place>;
  /** Opened ahead, for the next connection to its relay. */
  spare: { readonly relay: string; readonly line: Line } | null = null;

  constructor(private readonly options: LadderOptions) {
    this.places = readPlaces(options.ladder?.load() ?? null);
  }

  /** The ways in the order in which they are to be tried now. */
  order(relay: string): readonly Way[] {
    const ways = this.offered(relay, this.options.ways);
    const place = this.places.get(this.nameOf(relay));
    const known = place !== undefined && this.options.clock.now() < place.until ? this.options.ways[place.rung] : undefined;
    return known === undefined || !ways.includes(known) ? ways : [known, ...ways.filter((way) => way !== known)];
  }

  /** Ways better than this one. */
  above(relay: string, way: Way): readonly Way[] {
    return this.offered(relay, this.options.ways.slice(0, this.options.ways.indexOf(way)));
  }

  /** How long until a better way than the current one is tried, ms. */
  wait(relay: string): number {
    const place = this.places.get(this.nameOf(relay));
    return Math.min(LONGEST_WAIT, Math.max(1_000, (place?.until ?? 0) - this.options.clock.now()));
  }

  /** @param tried first: a lower way than that has won over it */
  won(relay: string, way: Way, tried: Way | undefined): void {
    const rung = this.options.ways.indexOf(way);
    const place = this.places.get(this.nameOf(relay));
    if (this.above(relay, way).length === 0) {
      if (place !== undefined) this.keep(relay, { ...place, rung, until: 0 });
    } else if (tried !== way) this.fall(relay, rung);
  }

  /** The better ways are left alone for a while, longer each time. */
  fall(relay: string, rung: number): void {
    const wait = Math.min(LONGEST_WAIT, 2 * (this.places.get(this.nameOf(relay))?.wait ?? FIRST_WAIT / 2));
    this.keep(relay, { rung, until: this.options.clock.now() + wait, wait, breaks: 0 });
  }

  /** A connection has ended. @param broke not by the will of either side @param lived ms @param heard whether a frame came on it */
  ended(relay: string, way: Way, broke: boolean, lived: number, heard: boolean): void {
    const rung = this.options.ways.indexOf(way);
    const place = this.places.get(this.nameOf(relay));
    if (rung === this.options.ways.length - 1) return;
    if (lived >= PROVEN && heard) {
      if (place !== undefined && this.above(relay, way).length === 0) this.places.delete(this.nameOf(relay));
    } else if (broke) {
      const breaks = (place?.breaks ?? 0) + (heard ? 1 : BREAKS);
      if (breaks >= BREAKS) this.fall(relay, rung + 1);
      else this.keep(relay, { rung, until: 0, wait: FIRST_WAIT / 2, ...place, breaks });
    }
  }

  /** What was in the way of the better ones is over: they are tried as soon as may be. */
  hope(relay: string): void {
    const place = this.places.get(this.nameOf(relay));
    if (place !== undefined) this.keep(relay, { ...place, until: 0 });
  }

  private offered(relay: string, ways: readonly Way[]): readonly Way[] {
    return ways.filter((way) => way.isOffered?.(relay) ?? true);
  }

  private keep(relay: string, place: Place): void {
    const name = this.nameOf(relay);
    // The newest last.
    this.places.delete(name);
    this.places.set(name, place);
    for (const oldest of this.places.keys()) if (this.places.size > PLACES) this.places.delete(oldest);
    this.options.ladder?.save(JSON.stringify([...this.places]));
  }

  private nameOf(relay: string): string {
    return `${this.options.network?.() ?? ''} ${relay}`;
  }
}

function readPlaces(text: string | null): Map<string, Place> {
  try {
    const rows = JSON.parse(text ?? '[]') as [string, Place][];
    return new Map(rows.filter(([name, { rung, until, wait, breaks }]) => typeof name === 'string' && [rung, until, wait, breaks].every(Number.isFinite)));
  } catch {
    return new Map();
  }
}
