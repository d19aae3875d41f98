/** Some minutes in the life of a space, as one seed has them; then quiet, and the questions that must be answered with yes. */
import { readEntry, TAG_BYTES, toHex, type Alias, type Cursor, type Digest } from '../../src/protocol';
import * as decoding from 'lib0/decoding';
import { decodeBody } from '../../src/sync/body';
import type { MemoryDisk } from '../../src/store/memory';
import { SimClock } from './clock';
import { aliasNamed, SimDevice } from './device';
import { decode, WordSets } from './documents';
import { SimNetwork } from './network';
import { SimRandom } from './random';
import { SimRelay } from './relay';

export interface Outcome {
  readonly log: readonly string[];
  /** Empty when all is well. */
  readonly complaints: readonly string[];
}

export interface WorldOptions {
  readonly devices: number;
  readonly documents: number;
  readonly actions: number;
  /** Whether an old backup of the relay may come back. */
  readonly backups: boolean;
}

const USUAL: WorldOptions = { devices: 3, documents: 4, actions: 60, backups: true };
/** Of a word that travels in parts. */
const LENGTH = 150_000;
/** Time to settle in the end, ms: longer than the longest pause between two tries. */
const SETTLING = 400_000;

export class World {
  readonly clock = new SimClock();
  readonly random: SimRandom;
  readonly relay: SimRelay;
  readonly network: SimNetwork;
  readonly devices: SimDevice[];
  readonly log: string[] = [];
  readonly complaints: string[] = [];
  readonly aliases: readonly Alias[];
  private words = 0;
  private readonly large = new Set<number>();
  /** Words that a power cut took before they were anywhere else. */
  private readonly mayBeLost = new Set<string>();

  constructor(
    readonly seed: number,
    private readonly options: WorldOptions = USUAL,
  ) {
    this.random = new SimRandom(seed);
    this.relay = new SimRelay(this.clock, this.random);
    this.network = new SimNetwork(this.clock, this.random, this.relay);
    const note = (line: string): void => this.note(line);
    this.devices = Array.from({ length: options.devices }, (_, index) => new SimDevice(`d${index}`, this.clock, this.random, this.network, note));
    this.aliases = Array.from({ length: options.documents }, (_, index) => aliasNamed(`doc ${index}`));
  }

  async run(): Promise<Outcome> {
    for (const device of this.devices) {
      device.wanted = this.aliases.slice(0, 1);
      await device.start();
    }
    for (let i = 0; i < this.options.actions; i++) {
      await this.act();
      await this.clock.advance(this.random.chance(0.1) ? this.random.below(20_000) : this.random.below(400));
      for (const device of this.devices) if (device.isUp && device.reborn) await device.takeNewIdentity();
    }
    await this.heal();
    this.judge();
    for (const device of this.devices) await device.stop();
    return { log: this.log, complaints: this.complaints };
  }

  private async act(): Promise<void> {
    const device = this.random.pick(this.devices);
    const dice = this.random.below(100);
    if (!device.isUp) {
      this.note(`${device.name} starts`);
      await device.start();
    } else if (dice < 58) this.type(device);
    else if (dice < 66) {
      this.note(`${device.name} is cut off`);
      this.network.cut(device.id);
    } else if (dice < 72) this.toggleReach(device);
    else if (dice < 79) this.crash(device);
    else if (dice < 83) {
      this.note(`${device.name} stops`);
      await device.stop();
    } else if (dice < 90) {
      const event = this.random.pick(['hidden', 'visible', 'online'] as const);
      this.note(`${device.name} is told ${event}`);
      device.engine.notify(event);
    } else if (dice < 93) {
      const paused = this.random.chance(0.5);
      this.note(`${device.name} paused: ${paused}`);
      device.engine.setPaused(paused);
    } else this.disturbRelay();
  }

  private type(device: SimDevice): void {
    const alias = this.random.pick(this.aliases);
    const large = this.random.chance(0.03);
    const count = large ? 1 : 1 + this.random.below(3);
    const first = this.words;
    this.words += count;
    if (large) this.large.add(first);
    device.say(alias, Array.from({ length: count }, (_, index) => this.word(device.name, first + index)));
    this.note(`${device.name} says ${count} from ${first}${large ? ', at length' : ''}`);
  }

  private word(device: string, number: number): string {
    return this.large.has(number) ? `${device}-${number}${'!'.repeat(LENGTH)}` : `${device}-${number}`;
  }

  private toggleReach(device: SimDevice): void {
    const { unreachable } = this.network;
    if (!unreachable.delete(device.id)) {
      unreachable.add(device.id);
      this.network.cut(device.id);
    }
    this.note(`${device.name} reachable: ${!unreachable.has(device.id)}`);
  }

  private crash(device: SimDevice): void {
    const kept = this.random.below(device.disk.atRisk + 1);
    const before = [...device.documents.words.values()].flatMap((set) => [...set]);
    device.crash(kept);
    const left = new Set([...WordSets.onDisk(device.disk).values()].flatMap((set) => [...set]));
    for (const word of before) if (!left.has(word)) this.mayBeLost.add(word);
    this.checkCursor(device.name, device.disk);
    this.note(`${device.name} crashes, ${kept} batches kept`);
  }

  private disturbRelay(): void {
    const dice = this.random.below(10);
    if (!this.relay.up) {
      this.relay.restart();
      this.note('relay starts');
    } else if (dice < 7) {
      this.relay.crash();
      this.note('relay crashes');
      if (dice < 5) this.relay.restart();
    } else if (!this.options.backups) this.note('relay goes on');
    else if (dice < 9) {
      this.relay.backup();
      this.note('relay is backed up');
    } else if (this.relay.restore()) {
      // What only the relay had, and a crash had taken from its author, may be gone for good now.
      this.note('relay gets its backup back');
      this.relay.restart();
    }
  }

  private async heal(): Promise<void> {
    this.relay.restart();
    this.network.unreachable.clear();
    for (const device of this.devices) {
      if (!device.isUp) await device.start();
      device.engine.setPaused(false);
      device.engine.notify('visible');
    }
    const settled = await this.clock.until(() => {
      for (const device of this.devices) if (device.reborn) return true;
      return this.isQuiet();
    }, SETTLING);
    for (const device of this.devices) if (device.reborn) await device.takeNewIdentity();
    if (!(settled && this.isQuiet()) && !(await this.clock.until(() => this.isQuiet(), SETTLING))) {
      for (const device of this.devices) {
        const { phase, problem, unacknowledged, behind } = device.engine.status;
        this.complaints.push(`${device.name} does not settle: ${phase} ${problem?.code ?? ''} ${unacknowledged} waiting, ${behind} behind`);
      }
    }
    await this.clock.advance(10_000);
  }

  private isQuiet(): boolean {
    return this.devices.every((device) => {
      const { phase, unacknowledged } = device.engine.status;
      return phase === 'live' && unacknowledged === 0 && !device.reborn;
    });
  }

  private judge(): void {
    const [first, ...others] = this.devices;
    if (first === undefined) return;
    for (const alias of this.aliases) {
      const expected = sorted(first.documents.words.get(alias));
      for (const other of others) {
        const found = sorted(other.documents.words.get(alias));
        if (found !== expected) this.complaints.push(`${first.name} and ${other.name} differ: ${difference(expected, found)}`);
      }
    }
    const there = new Set([...first.documents.words.values()].flatMap((set) => [...set]));
    for (let word = 0, missing = 0; word < this.words && missing < 5; word++) {
      if (this.devices.some(({ name }) => there.has(this.word(name, word)) || this.mayBeLost.has(this.word(name, word)))) continue;
      missing++;
      this.complaints.push(`word ${word} is lost`);
    }
    this.judgeLog();
    for (const device of this.devices) {
      this.checkCursor(device.name, device.disk);
      if (device.documents.aside.length > 0) this.complaints.push(`${device.name} set entries aside`);
      if (device.documents.withheld.length > 0) this.complaints.push(`${device.name} suspects the relay: ${device.documents.withheld.join(' ')}`);
    }
    this.note(`end: ${this.relay.log.length} entries, ${there.size} words`);
  }

  /** No word is in two entries of the log that were made by typing, and counters have no gap. */
  private judgeLog(): void {
    const seen = new Map<string, number>();
    for (const row of this.relay.log) {
      if (row.header.kind !== 'update' || row.header.parts > 1) continue;
      const body = decodeBody(readEntry(row.bytes).ciphertext.slice(0, -TAG_BYTES));
      if (row.header.lane === 'bulk') continue; // a whole state, posted again
      for (const word of body.updates.flatMap(decode)) {
        const before = seen.get(word);
        if (before !== undefined) this.complaints.push(`${word} is in entries ${before} and ${row.sequence}`);
        seen.set(word, row.sequence);
      }
    }
  }

  /** All that a disk's cursor claims to have been read is on that disk. */
  private checkCursor(name: string, disk: MemoryDisk): void {
    const row = disk.rows.get('meta')?.get('sync/cursors');
    if (row === undefined) return;
    const cursor = newestCursor(row);
    if (cursor === null || !this.relay.holds(cursor)) return; // the relay lost it; the device will see that
    const onDisk = WordSets.onDisk(disk);
    const parts = [...(disk.rows.get('meta') ?? [])].filter(([key]) => key.startsWith('sync/part/')).length;
    for (const entry of this.relay.log) {
      if (entry.sequence > cursor.sequence || entry.header.parts > 1) continue;
      const body = decodeBody(readEntry(entry.bytes).ciphertext.slice(0, -TAG_BYTES));
      const missing = body.updates.flatMap(decode).find((word) => !onDisk.get(entry.header.alias)?.has(word));
      if (missing !== undefined) this.complaints.push(`${name}'s cursor ${cursor.sequence} claims ${entry.sequence}, but ${missing} is not on its disk (${parts} parts)`);
    }
  }

  private note(line: string): void {
    this.log.push(`${this.clock.now() % 10_000_000} ${line}`);
  }
}

function newestCursor(row: Uint8Array): Cursor | null {
  const input = decoding.createDecoder(row);
  if (decoding.readVarUint(input) === 0) return null;
  const sequence = decoding.readVarUint(input);
  return { sequence, digest: toHex(decoding.readUint8Array(input, 16)) as Digest };
}

function sorted(words: ReadonlySet<string> | undefined): string {
  return [...(words ?? [])].sort().join(' ');
}

function difference(a: string, b: string): string {
  const [left, right] = [new Set(a.split(' ')), new Set(b.split(' '))];
  const only = (x: Set<string>, y: Set<string>): string => [...x].filter((word) => !y.has(word)).slice(0, 5).join(' ');
  return `only here ${only(left, right)}; only there ${only(right, left)}`;
}

