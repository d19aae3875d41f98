/** What every engine behind the registry port does. */
import type { DeviceId, SpaceId } from '../protocol';
import { HEARD_EVERY, type Registry } from './registry';
import { LAPTOP, OTHER_SPACE, PHONE, SPACE } from './testing/entries';

const KEY = Buffer.alloc(32, 1);
const PHONE_KEY = Buffer.alloc(32, 2);
const ADMISSION = Buffer.alloc(32, 3);
const TOKEN = Buffer.alloc(32, 4);

export function describeRegistry(name: string, open: () => Promise<Registry>): void {
  describe(`${name}: the registry's contract`, () => {
    let registry: Registry;
    beforeEach(async () => {
      registry = await open();
    });

    async function found(space: SpaceId = SPACE, device: DeviceId = LAPTOP, ticket = 'ticket'): Promise<string> {
      return registry.found({ ticket, space, device, deviceKey: KEY, admissionKey: ADMISSION, founded: 1_000 });
    }

    test('a ticket founds one space', async () => {
      await registry.addTicket('ticket', 1);
      expect(await registry.unusedTicket()).toBe('ticket');
      expect(await found()).toBe('founded');
      expect(await registry.unusedTicket()).toBeNull();
      expect(await found(OTHER_SPACE)).toBe('bad-ticket');
      expect(await registry.spaces()).toEqual([SPACE]);
      expect((await registry.space(SPACE))?.founded).toBe(1_000);
      expect(await registry.space(OTHER_SPACE)).toBeNull();
    });

    test('a request repeated after a lost answer is known; another device founds nothing over it', async () => {
      await registry.addTicket('ticket', 1);
      await found();
      expect(await found()).toBe('known');
      await registry.addTicket('second', 2);
      expect(await found(SPACE, PHONE, 'second')).toBe('taken');
      expect(await registry.unusedTicket()).toBe('second');
    });

    test('devices are found by their key, up to the limit', async () => {
      await registry.addTicket('ticket', 1);
      await found();
      expect(await registry.deviceKey(SPACE, PHONE)).toBeNull();
      expect(await registry.admit(SPACE, PHONE, PHONE_KEY, 2_000, 2)).toBe('admitted');
      expect(await registry.admit(SPACE, PHONE, PHONE_KEY, 3_000, 2)).toBe('admitted');
      expect(await registry.admit(SPACE, 'd3'.repeat(16) as DeviceId, KEY, 3_000, 2)).toBe('full');
      expect(Buffer.compare((await registry.deviceKey(SPACE, PHONE)) ?? KEY, PHONE_KEY)).toBe(0);
      expect(await registry.deviceKey(OTHER_SPACE, PHONE)).toBeNull();
    });

    test('knows when others were last heard, to the hour', async () => {
      await registry.addTicket('ticket', 1);
      await found();
      expect(await registry.othersHeard(SPACE, LAPTOP)).toBe(1_000);
      await registry.admit(SPACE, PHONE, PHONE_KEY, 2_000, 2);
      expect(await registry.othersHeard(SPACE, LAPTOP)).toBe(2_000);
      await registry.heard(SPACE, PHONE, 2_000 + HEARD_EVERY);
      expect(await registry.othersHeard(SPACE, LAPTOP)).toBe(2_000 + HEARD_EVERY);
      expect(await registry.othersHeard(SPACE, PHONE)).toBe(1_000);
    });

    test('a session lives until it expires, and longer when extended', async () => {
      await registry.openSession(TOKEN, SPACE, LAPTOP, 100, 0);
      expect(await registry.session(TOKEN, 99)).toEqual({ space: SPACE, device: LAPTOP, expires: 100 });
      expect(await registry.session(TOKEN, 100)).toBeNull();
      expect(await registry.session(KEY, 0)).toBeNull();
      await registry.extendSession(TOKEN, 200);
      expect((await registry.session(TOKEN, 150))?.expires).toBe(200);
    });
  });
}
