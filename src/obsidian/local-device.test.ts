import { nobleEd25519 } from '../crypto';
import { decodeCredentials, PeerError, type Peer } from '../peer';
import { formatLink } from '../protocol';
import { openMemoryStore } from '../store';
import { StoreError, type SyncStatus } from '../sync';
import { LocalDevice, problemOf, type DeviceParts, type PeerParts, type Problem } from './local-device';
import { Secrets } from './secrets';

const PAIRING = formatLink({ type: 'pairing', secret: new Uint8Array(32).fill(7), epoch: 0, epochSecret: null, relays: ['http://127.0.0.1:4747'] });
const SETUP = formatLink({ type: 'setup', relay: 'http://127.0.0.1:4747', ticket: 'AAAAAAAAAAAAAAAAAAAAAA' });

/** A device without an app: what was done, in order. */
class World {
  readonly done: string[] = [];
  readonly local = new Map<string, string>();
  readonly notices: Problem[] = [];
  readonly parts: PeerParts[] = [];
  readonly secrets = new Secrets(
    { loadLocalStorage: (key) => this.local.get(key) ?? null, saveLocalStorage: (key, data) => void (data === null ? this.local.delete(key) : this.local.set(key, data)) },
    (length) => new Uint8Array(length).fill(this.done.length + 1),
  );
  /** What the relay answers. */
  answer = { status: 200, body: '{"now":1}' };
  fails: { store?: Error; peer?: Error } = {};
  /** What the running peer knows. */
  phase: SyncStatus['phase'] = 'connecting';
  others: readonly string[] = [];
  tell: () => void = () => undefined;
  #random = 1;

  device(over: Partial<DeviceParts> = {}): LocalDevice {
    return new LocalDevice({
      secrets: this.secrets,
      suggestedName: () => 'Mac',
      notice: (problem) => this.notices.push(problem),
      after: (_ms, run) => run(),
      pairing: async () => ({ post: async () => this.answer, random: (length) => new Uint8Array(length).fill(this.#random++), now: () => 1, ed25519: nobleEd25519 }),
      openStore: async (vaultId) => {
        if (this.fails.store) throw this.fails.store;
        this.done.push(`open ${vaultId.length}`);
        const store = openMemoryStore();
        return { ...store, description: 'memory', read: store.read.bind(store), scan: store.scan.bind(store), write: store.write.bind(store), close: async () => void this.done.push('close') };
      },
      deleteStore: async () => void this.done.push('delete'),
      createPeer: async (parts) => {
        this.parts.push(parts);
        return this.#peer();
      },
      editors: { start: () => void this.done.push('bind'), stop: () => void this.done.push('unbind') },
      ...over,
    });
  }

  #peer(): Peer {
    const listeners: (() => void)[] = [];
    this.tell = () => listeners.forEach((listener) => listener());
    let own = this.parts.at(-1)?.deviceName ?? '';
    const peer: Partial<Peer> = {
      start: async () => {
        if (this.fails.peer) throw this.fails.peer;
        this.done.push('start');
      },
      stop: async () => void this.done.push('stop'),
      leave: async () => void this.done.push('leave'),
      onChange: (listener) => (listeners.push(listener), () => undefined),
      status: () => ({ phase: this.phase }) as SyncStatus,
      devices: () => [own, ...this.others].map((name, i) => ({ device: `${i}`, name, self: i === 0, connected: true, lastHeard: null })),
      renameDevice: (name) => {
        own = name;
        this.done.push(`rename ${name}`);
      },
    };
    return peer as Peer;
  }
}

let world: World;
beforeEach(() => (world = new World()));

test('a vault that belongs to no space does nothing', async () => {
  const device = world.device();
  await device.start();
  expect(device.phase).toBe('not-set-up');
  expect(device.peer).toBeNull();
  expect(world.done).toEqual([]);
});

test('set-up keeps the keys, then binds the editors once the peer runs', async () => {
  const device = world.device();
  const phases: string[] = [];
  device.onChange(() => phases.push(device.phase));
  await device.setUp(SETUP, ' Laptop ');
  expect(world.done).toEqual(['open 16', 'start', 'bind']);
  expect(phases).toEqual(['starting', 'running']);
  expect(device.relays).toEqual(['http://127.0.0.1:4747']);
  expect(world.parts[0]?.deviceName).toBe('Laptop');
  expect(decodeCredentials(world.secrets.load() ?? '').relays).toEqual(device.relays);
});

test('the next start needs no link', async () => {
  await world.device().setUp(SETUP, '');
  const device = world.device();
  await device.start();
  expect(device.phase).toBe('running');
  expect(device.name).toBe('Mac');
});

test('a vault that has keys is never set up over them, not even before it has started', async () => {
  await world.device().setUp(SETUP, 'x');
  const keys = world.secrets.load();
  const again = world.device();
  expect(again.phase).toBe('starting');
  await expect(again.setUp(SETUP, 'x')).rejects.toMatchObject({ code: 'SET_UP_ALREADY' });
  expect(world.secrets.load()).toBe(keys);
});

test('a session of an earlier identity is not used by a new one', async () => {
  world.secrets.sessions.save({ token: 'old', validUntil: 9e15 });
  await world.device().setUp(SETUP, 'x');
  await expect(world.secrets.sessions.load()).resolves.toBeNull();
});

test('a refused set-up changes nothing', async () => {
  world.answer = { status: 403, body: '{"code":"BAD_TICKET","message":"x","now":1}' };
  const device = world.device();
  await device.start();
  await expect(device.setUp(SETUP, 'x')).rejects.toMatchObject({ code: 'BAD_TICKET' });
  expect(device.phase).toBe('not-set-up');
  expect(world.local.size).toBe(0);
});

test('a vault of a space takes no second link', async () => {
  const device = world.device();
  await device.setUp(SETUP, '');
  const before = world.secrets.load();
  await expect(device.setUp(SETUP, '')).rejects.toMatchObject({ code: 'SET_UP_ALREADY' });
  expect(world.secrets.load()).toBe(before);
});

test('a store that another window has is a failure in words, and trying again works', async () => {
  const device = world.device();
  await device.setUp(SETUP, '');
  await device.stop();
  world.fails = { store: new StoreError('in-use', 'x') };
  const second = world.device();
  await second.start();
  expect(second.phase).toBe('failed');
  expect(second.problem).toMatchObject({ code: 'STORE_IN-USE', message: expect.stringContaining('another window') });
  expect(second.peer).toBeNull();
  world.fails = {};
  await second.start();
  expect(second.phase).toBe('running');
});

test('a peer that can’t start lets the store go', async () => {
  world.fails = { peer: new PeerError('NEWER', 'A newer Blockwire was here.', 'Update.') };
  const device = world.device();
  await device.setUp(SETUP, '');
  expect(device.phase).toBe('failed');
  expect(world.done).toEqual(['open 16', 'unbind', 'stop', 'close']);
});

test('leaving takes ids out through the editors first, and leaves nothing behind', async () => {
  const device = world.device();
  await device.setUp(SETUP, '');
  world.done.length = 0;
  await device.leave();
  expect(world.done).toEqual(['leave', 'unbind', 'close', 'delete']);
  expect(world.local.size).toBe(0);
  expect(device.phase).toBe('not-set-up');
});

test('a copied vault takes a new identity in the same space', async () => {
  const device = world.device();
  await device.setUp(SETUP, '');
  const before = decodeCredentials(world.secrets.load() ?? '');
  world.parts[0]?.onCloned();
  await device.start();
  const after = decodeCredentials(world.secrets.load() ?? '');
  expect(after.secret).toEqual(before.secret);
  expect(after.seed).not.toEqual(before.seed);
  expect(device.phase).toBe('running');
  expect(world.parts).toHaveLength(2);
});

test('stopping ends what runs, once', async () => {
  const device = world.device();
  await device.setUp(SETUP, '');
  world.done.length = 0;
  await Promise.all([device.stop(), device.stop()]);
  expect(world.done.filter((step) => step === 'stop')).toHaveLength(1);
  await device.start();
  expect(world.done).not.toContain('start');
});

test('a note that an editor takes over is no news; other problems are told', async () => {
  const device = world.device();
  await device.setUp(SETUP, '');
  world.parts[0]?.onProblem('NOTE_OPEN', 'x');
  world.parts[0]?.onProblem('TOO_LARGE', 'Too large.');
  expect(world.notices.map(({ code }) => code)).toEqual(['TOO_LARGE']);
});

describe('a device that joins', () => {
  const renames = (): string[] => world.done.filter((step) => step.startsWith('rename'));

  test('under the suggested name takes a number once it knows that the name is taken, and once only', async () => {
    const device = world.device();
    await device.setUp(PAIRING, 'Mac');
    world.others = ['Mac'];
    world.tell();
    expect(renames()).toEqual([]);
    world.phase = 'live';
    world.tell();
    expect(renames()).toEqual(['rename Mac 2']);
    expect(device.name).toBe('Mac 2');
    expect(world.secrets.deviceName).toBe('Mac 2');
    world.others = ['Mac', 'Mac 2'];
    world.tell();
    expect(renames()).toHaveLength(1);
  });

  test.each([
    ['a name of its own', PAIRING, 'Office', 'Office'],
    ['a name that nobody has', PAIRING, 'Mac', 'iPhone'],
    ['the first name of a new space', SETUP, 'Mac', 'Mac'],
  ])('keeps %s', async (_what, link, name, other) => {
    const device = world.device();
    await device.setUp(link, name);
    world.phase = 'live';
    world.others = [other];
    world.tell();
    world.others = [other, name];
    world.tell();
    expect(renames()).toEqual([]);
    expect(device.name).toBe(name);
  });

  test('keeps the name that its user gave it meanwhile', async () => {
    const device = world.device();
    await device.setUp(PAIRING, 'Mac');
    device.rename('mac');
    world.phase = 'live';
    world.others = ['Mac'];
    world.tell();
    expect(renames()).toEqual(['rename mac']);
  });
});

test('every failure has words', () => {
  for (const error of [new Error('x'), 'x', new PeerError('A', 'b', 'c'), ...(['full', 'corrupt', 'newer-schema', 'in-use', 'closed', 'failed'] as const).map((reason) => new StoreError(reason, 'x'))]) {
    const { code, message, hint } = problemOf(error);
    expect([code, message, hint].every((text) => text !== '')).toBe(true);
  }
});
