/**
 * Compares every live block, by digest, with the devices that are connected now, and mends those that differ. [S61] [S62]
 * Presence carries it, of which only the newest message is sure to arrive: what was not answered is asked again.
 */
import { DocumentError } from '../document';
import type { DeviceId } from '../protocol';
import { PeerError } from './api';
import type { BlockCheck, Verified } from './api';
import type { Core } from './core';
import type { Mend } from './presence';
import { blockStatuses } from './statuses';

/** Blocks that one message asks for. */
const AT_ONCE = 40;
/** Between two of them, in ms. */
const ASK_EVERY = 600;
/** After so long without a new answer no more is waited for, in ms. */
const QUIET = 6_000;
/** A block that was written in the last so many ms is being edited, and no wonder if it differs. */
const JUST_NOW = 10_000;
/** How long what waits here may take to be sent before the comparison begins, in ms. */
const SENT_WITHIN = 10_000;

export class Verification {
  /** What each device said of each block since the comparison began. */
  private readonly told = new Map<string, Map<DeviceId, string>>();
  private readonly mendedFor = new Map<DeviceId, number>();
  private running: Promise<Verified> | null = null;
  private stopped = false;

  constructor(private readonly core: () => Core) {}

  stop(): void {
    this.stopped = true;
  }

  /** One at a time: who asks meanwhile gets the same answer. @throws PeerError NOT_CONNECTED */
  verify(): Promise<Verified> {
    this.running ??= this.run().finally(() => (this.running = null));
    return this.running;
  }

  // ---- asked by another device ----

  /** What these blocks are here. */
  asked(blocks: readonly string[]): void {
    const { presence, track } = this.core();
    track(Promise.all(blocks.map(async (blockId) => presence.mineIs(blockId, await this.digestOf(blockId)))));
  }

  /** @param at names the request: it may come more than once */
  askedToMend(from: DeviceId, at: number, blocks: readonly string[]): void {
    if (this.mendedFor.get(from) === at) return;
    this.mendedFor.set(from, at);
    this.core().track(Promise.all(blocks.map((blockId) => this.mend(blockId))));
  }

  answered(from: DeviceId, digests: Readonly<Record<string, string>>): void {
    if (!this.running) return;
    for (const [block, digest] of Object.entries(digests)) {
      const devices = this.told.get(block) ?? new Map<DeviceId, string>();
      this.told.set(block, devices.set(from, digest));
    }
  }

  // ---- asking ----

  private async run(): Promise<Verified> {
    const core = this.core();
    const { engine, presence, index } = core;
    if (engine.status.phase !== 'live') throw new PeerError('NOT_CONNECTED', 'This device is not connected to its relay.', 'Nothing was compared. Try again when it is.');
    this.told.clear();
    await engine.settled(SENT_WITHIN).catch(() => undefined); // what still waits is told as being edited
    const others = [...index.roster].filter(([device]) => device !== core.device);
    const connected = new Set(engine.status.peers.connected);
    const asked = others.filter(([device]) => connected.has(device)).map(([device]) => device);
    const statuses = blockStatuses(core);
    const ids = statuses.map(({ blockId }) => blockId);
    for (const blockId of ids) {
      if (this.isChanging(blockId) || (await core.documents.isStored(blockId).catch(unlessUnreadable)) !== false) continue;
      await core.documents.sendWhole(blockId).catch(unlessUnreadable);
    }
    const tried = new Set<string>();
    try {
      const differing = (await this.compare(ids, asked)).filter((blockId) => this.told.has(blockId) && !this.isChanging(blockId));
      for (let from = 0; from < differing.length && !this.stopped; from += AT_ONCE) {
        const batch = differing.slice(from, from + AT_ONCE);
        for (const blockId of batch) {
          tried.add(blockId);
          await this.keep(blockId);
        }
        // The others first: what this device sends would change what they are to keep.
        let open = await this.compare(batch, asked, { at: core.clock.now(), blocks: batch });
        await Promise.all(open.map((blockId) => this.mend(blockId)));
        open = await this.compare(open, asked);
      }
    } finally {
      presence.ask([]);
    }
    const nameOf = (device: DeviceId): string => index.device(device)?.name ?? '';
    const blocks: BlockCheck[] = [];
    for (const { blockId, title, path } of statuses) {
      const mine = await this.digestOf(blockId);
      const on = asked.map((device) => ({ name: nameOf(device), state: this.stateOf(blockId, mine, this.told.get(blockId)?.get(device), tried.has(blockId)) }));
      blocks.push({ blockId, title, path, on });
    }
    return { asked: asked.map(nameOf), notAsked: others.filter(([device]) => !connected.has(device)).map(([, { name }]) => name), blocks };
  }

  private stateOf(blockId: string, mine: string, theirs: string | undefined, wasTried: boolean): BlockCheck['on'][number]['state'] {
    if (theirs === undefined) return 'no-answer';
    if (theirs === mine && mine !== '') return wasTried ? 'mended' : 'same';
    return !wasTried && this.isChanging(blockId) ? 'changing' : 'differs';
  }

  private isChanging(blockId: string): boolean {
    const { clock, documents, engine } = this.core();
    return engine.status.waiting.has(documents.aliasOf(blockId)) || clock.now() - documents.changedAt(blockId) < JUST_NOW;
  }

  /** Asks until all are the same, or nothing new is said any more. @returns those that are not the same on all these devices */
  private async compare(blocks: readonly string[], devices: readonly DeviceId[], mend?: Mend): Promise<readonly string[]> {
    const { clock, presence, engine } = this.core();
    let open: readonly string[] = blocks;
    let since = clock.now();
    let known = -1;
    for (;;) {
      const there = devices.filter((device) => engine.status.peers.connected.includes(device));
      const still: string[] = [];
      for (const blockId of open) {
        const mine = await this.digestOf(blockId);
        if (mine === '' || there.some((device) => this.told.get(blockId)?.get(device) !== mine)) still.push(blockId);
      }
      const answers = [...this.told.values()].reduce((sum, { size }) => sum + size, 0);
      if (answers - still.length !== known) since = clock.now();
      known = answers - still.length;
      if (still.length === 0 || there.length === 0 || clock.now() - since >= QUIET || this.stopped) return still;
      presence.ask(still.slice(0, AT_ONCE), mend);
      // Those that were asked for now come last the next time.
      open = [...still.slice(AT_ONCE), ...still.slice(0, AT_ONCE)];
      await new Promise<void>((resolve) => clock.after(ASK_EVERY, resolve));
    }
  }

  /** '' if it isn't here, or can't be read. */
  private async digestOf(blockId: string): Promise<string> {
    const { presence, documents } = this.core();
    const known = presence.digestOf(blockId);
    if (known !== undefined && known !== '') return known;
    if (!(await documents.has(blockId))) return '';
    const document = await documents.hold(blockId).catch(unlessUnreadable);
    documents.release(blockId);
    return document?.digest() ?? '';
  }

  private async keep(blockId: string): Promise<void> {
    const { documents, history } = this.core();
    if (await documents.has(blockId)) await history.keep(blockId).catch(unlessUnreadable);
  }

  /** Keeps the block as it is in its history, reads it anew, and sends the whole of it: what each device has and others lack reaches all. */
  private async mend(blockId: string): Promise<void> {
    const { documents, notes } = this.core();
    if (!(await documents.has(blockId))) return;
    await this.keep(blockId);
    await documents.sendWhole(blockId).catch(unlessUnreadable);
    const path = notes.owners.get(blockId);
    const session = path === undefined ? undefined : notes.at(path);
    if (!session) return notes.documentTouched(blockId);
    session.unwritten.add(blockId);
    notes.writeSoon(session);
  }
}

/** A document that can't be read differs, and is told so; the others are compared all the same. */
function unlessUnreadable(error: unknown): undefined {
  if (!(error instanceof DocumentError)) throw error;
  return undefined;
}
