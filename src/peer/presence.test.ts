import type { DeviceId } from '../protocol';
import type { Clock } from '../sync';
import { Presence } from './presence';

const NAMES = ['laptop', 'phone'] as const;

/** Two devices on one line. What comes from a device whose key is not known is dropped, as it can't be read. */
function pair() {
  const known = { laptop: new Set<string>(['phone']), phone: new Set<string>(['laptop']) };
  let now = 1_000;
  const clock: Clock = { now: () => now++, after: () => () => undefined };
  const make = (): Presence => new Presence(clock, () => undefined, () => []);
  const devices = { laptop: make(), phone: make() };
  for (const name of NAMES) {
    const other = name === 'laptop' ? 'phone' : 'laptop';
    devices[name].connect({ presence: (body: Uint8Array) => void (known[other].has(name) && devices[other].receive(name as DeviceId, body)) });
  }
  const meet = (): void => {
    for (const name of NAMES) devices[name].peersChanged({ connected: NAMES.filter((one) => one !== name) as DeviceId[] } as never, true);
  };
  return { known, ...devices, meet };
}

test('what a device said before its key was known is said again', () => {
  const { known, laptop, phone, meet } = pair();
  laptop.mineIs('block', 'digest');
  phone.mineIs('block', 'digest');
  known.laptop.delete('phone');
  meet();
  expect(laptop.isEqual('block', 'phone')).toBe(false);
  known.laptop.add('phone');
  laptop.rosterChanged();
  expect(laptop.isEqual('block', 'phone')).toBe(true);
});

test('nothing is said where nobody hears it', () => {
  const { laptop, phone } = pair();
  phone.mineIs('block', 'digest');
  laptop.mineIs('block', 'digest');
  laptop.rosterChanged();
  expect(phone.isEqual('block', 'laptop')).toBe(false);
});
