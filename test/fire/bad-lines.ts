/** Real devices behind a bad line: one has a good line to the relay, two share the bad one. All of them write. */
import { startRelay, type RunningRelay } from '../../src/relay';
import { SkippingClock } from '../folder/folder-world';
import { Line, PLAIN } from './line';
import { until } from './patience';
import { FireSpace } from './space';
import type { Writer } from './writer';

const DOCUMENT = 'a note';
/** [S45]: silence of 25 s is looked into, an answer may take 6 s. */
const NOTICED = { watch: 25_000, probe: 6_000 };

export class BadLine {
  private constructor(
    readonly relay: RunningRelay,
    readonly line: Line,
    readonly space: FireSpace,
    readonly clock: SkippingClock,
  ) {}

  /** @param directory an empty one; @param pingEvery of the relay, ms */
  static async open(directory: string, pingEvery?: number): Promise<BadLine> {
    const relay = await startRelay({ data: directory, port: 0, pingEvery });
    const line = await Line.open(relay.port);
    const link = await relay.relay.setupLink(relay.url);
    const bad = new BadLine(relay, line, await FireSpace.found(link ?? '', 4, [DOCUMENT]), new SkippingClock());
    await bad.space.writer(null);
    for (let i = 0; i < 2; i++) await bad.space.writer(null, { relay: line.url, clock: bad.clock });
    await until('all are connected', () => bad.space.writers.every((writer) => writer.isLive));
    return bad;
  }

  /** The two on the bad line. */
  get behind(): readonly Writer[] {
    return this.space.writers.slice(1);
  }

  get first(): Writer {
    const [first] = this.space.writers;
    if (first === undefined) throw new Error('No writer.');
    return first;
  }

  /** Every device writes so many words, one every few ms. */
  async write(words: number, pause = 10, padding = 0): Promise<void> {
    for (let i = 0; i < words; i++) {
      for (const writer of this.space.writers) writer.write(DOCUMENT, padding);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  hasAll(): boolean {
    const [first, ...others] = this.space.writers;
    return this.space.writers.every((writer) => writer.isSettled) && others.every((other) => other.digest(DOCUMENT) === first?.digest(DOCUMENT));
  }

  /** The line is good again, and everyone finds together. @returns what is wrong, in words */
  async recover(seconds = 60): Promise<string[]> {
    this.line.pace = PLAIN;
    this.line.cutEach(null);
    this.line.revive();
    for (const writer of this.behind) writer.engine.notify('online');
    await until('all have all', () => this.hasAll(), seconds).catch(() => undefined);
    // One who starts from empty gets it all, too.
    const reader = await this.space.writer(null);
    await until('an empty device has read', () => reader.isLive && reader.digest(DOCUMENT) === this.first.digest(DOCUMENT), seconds).catch(() => undefined);
    return this.space.faults();
  }

  /** The line dies without a word. @returns ms by the devices' clock until both devices behind it had noticed */
  async dieUnnoticed(skipping: boolean): Promise<number> {
    const began = this.clock.now();
    this.line.die();
    this.first.write(DOCUMENT);
    for (const writer of this.behind) writer.write(DOCUMENT);
    if (skipping) {
      this.clock.skip(NOTICED.watch);
      await until('the silence is looked into', () => this.clock.isSet(NOTICED.probe));
      this.clock.skip(NOTICED.probe);
    }
    await until('it was noticed', () => this.behind.every(({ engine }) => engine.status.phase !== 'live'), 60);
    return this.clock.now() - began;
  }

  async end(): Promise<void> {
    await this.space.stop();
    await this.line.close();
    await this.relay.stop();
  }
}

/** Resets at any time, so many. */
export async function resets(bad: BadLine, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    await bad.write(3, 5);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 30));
    bad.line.reset();
    for (const writer of bad.behind) writer.engine.notify('online');
  }
}

/** Every connection is cut in the middle of what the relay sends, so many times. */
export async function cuts(bad: BadLine, times: number): Promise<void> {
  const lost = (): number => bad.behind.reduce((sum, { witness }) => sum + witness.counts.resets, 0);
  for (let i = 0; i < times; i++) {
    const before = lost();
    bad.line.cutEach(40 + Math.floor(Math.random() * 1_200));
    await until('a connection was cut', async () => {
      await bad.write(1, 5);
      for (const writer of bad.behind) writer.engine.notify('online');
      return lost() > before;
    });
    // Every third time it may open again in between.
    if (i % 3 === 0) bad.line.cutEach(null);
  }
}
