/** A space with real keys whose devices are writers, founded and joined at a real relay. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createEd25519 } from '../../src/crypto';
import { nodeEd25519 } from '../../src/folder/node-ed25519';
import { foundSpace, joinSpace, type Credentials, type PairingPorts } from '../../src/peer';
import { parseLink } from '../../src/protocol';
import { openMemoryStore } from '../../src/store';
import { openSqliteStore } from '../../src/store/sqlite';
import { httpByFetch } from '../../src/transport';
import { rosterOf, Writer, type Roster, type WriterOptions } from './writer';

const NAMES = 'abcdefghijklmnopqrstuvwxyz';

async function ports(): Promise<PairingPorts> {
  const ed25519 = await createEd25519(globalThis.crypto.subtle, nodeEd25519);
  return { post: httpByFetch(), random: (length) => new Uint8Array(randomBytes(length)), now: Date.now, ed25519 };
}

export class FireSpace {
  readonly writers: Writer[] = [];

  private constructor(
    private readonly credentials: readonly Credentials[],
    private readonly roster: Roster,
    readonly documents: readonly string[],
  ) {}

  /** @param link set-up link of the relay; @param devices that may ever take part, readers included */
  static async found(link: string, devices: number, documents: readonly string[]): Promise<FireSpace> {
    const parsed = parseLink(link);
    if (parsed.type !== 'setup') throw new Error('Not a set-up link.');
    const founder = await foundSpace(parsed, await ports());
    const all = [founder];
    const { secret, epoch, epochSecret, relays } = founder;
    while (all.length < devices) all.push(await joinSpace({ type: 'pairing', secret, epoch, epochSecret, relays }, await ports()));
    return new FireSpace(all, await rosterOf(all), documents);
  }

  /** The next device that has not run yet. @param directory of its SQLite store; without it the store is in memory */
  async writer(directory: string | null, more: Partial<WriterOptions> & { readonly relay?: string } = {}): Promise<Writer> {
    const at = this.writers.length;
    const credentials = this.credentials[at];
    const name = NAMES[at];
    if (credentials === undefined || name === undefined) throw new Error('The space has no more devices.');
    const relays = more.relay === undefined ? credentials.relays : [more.relay];
    const writer = await Writer.start({
      roster: this.roster,
      store: directory === null ? openMemoryStore() : openSqliteStore(join(directory, `${name}.sqlite`)),
      name,
      documents: this.documents,
      ...more,
      credentials: { ...credentials, relays },
    });
    this.writers.push(writer);
    return writer;
  }

  async stop(): Promise<void> {
    await Promise.all(this.writers.map((writer) => writer.stop()));
  }

  /**
   * Compares what every device reads with what each wrote.
   * @param isSameLog false after an older backup was restored: the relay then takes back what it said, and is told again
   * @returns what is wrong, in words; empty if nothing was lost or doubled and all read the same
   */
  faults(isSameLog = true): string[] {
    const faults: string[] = [];
    for (const name of this.documents) {
      const written = this.writers.flatMap((writer) => writer.wrote(name)).sort();
      for (const [i, reader] of this.writers.entries()) {
        const read = reader.reads(name);
        const seen = new Set(read);
        const lost = written.filter((word) => !seen.has(word));
        if (lost.length > 0) faults.push(`${NAMES[i]} lacks ${lost.length} words of ${name}, e.g. ${lost[0]}`);
        if (read.length > seen.size) faults.push(`${NAMES[i]} has ${read.length - seen.size} words of ${name} twice`);
        if (lost.length === 0 && seen.size > written.length) faults.push(`${NAMES[i]} has ${seen.size - written.length} words in ${name} that nobody wrote`);
        if (reader.digest(name) !== this.writers[0]?.digest(name)) faults.push(`${NAMES[i]} and ${NAMES[0]} differ in ${name}`);
      }
    }
    for (const [i, { witness, clones }] of this.writers.entries()) {
      if (isSameLog) faults.push(...witness.broken.map((what) => `${NAMES[i]}: ${what}`));
      if (clones > 0) faults.push(`${NAMES[i]} was taken for a copy of itself`);
    }
    return faults;
  }

  /** What devices reported of entries that they missed or would not take, in words. A report is no loss: `faults` tells that. */
  reports(): string[] {
    return this.writers.flatMap(({ refused }, i) => refused.map(({ reason, message }) => `${NAMES[i]}: ${reason}: ${message}`));
  }
}
