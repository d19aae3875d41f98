import type { BlockStatus, DeviceStatus } from '../../peer';
import type { SyncStatus } from '../../sync';
import { blockText, deviceText } from './block-text';
import { summarize, type SummaryInput } from './summary';
import { durationText, momentText } from './time-text';

const NOW = new Date(2026, 10, 22, 12, 0).getTime();
const HOUR = 3_600_000;

const sync = (over: Partial<SyncStatus> = {}): SyncStatus => ({
  phase: 'live',
  transport: null,
  problem: null,
  unacknowledged: 0,
  waiting: new Set(),
  behind: 0,
  peers: { connected: [], visible: [] },
  waitingSince: null,
  latency: null,
  ...over,
});
const device = (over: Partial<DeviceStatus>): DeviceStatus => ({ device: 'd', name: 'Phone', self: false, connected: false, lastHeard: null, ...over });
const input = (over: Partial<SummaryInput> = {}): SummaryInput => ({
  phase: 'running', problem: null, sync: sync(), devices: [device({ self: true, name: 'Mac' }), device({})], questions: 0, inbox: 0, blocks: 1, now: NOW, ...over,
}); // prettier-ignore

describe('the status as a whole', () => {
  test('live says who is there, and nothing is written in the status bar', () => {
    const summary = summarize(input({ devices: [device({ self: true }), device({ connected: true })] }));
    expect(summary).toMatchObject({ tone: 'good', short: '', headline: 'Live' });
    expect(summary.detail).toContain('Connected now: Phone.');
  });

  test('offline is silent for a day, then says what waits and since when', () => {
    const offline = (hours: number): SummaryInput =>
      input({ sync: sync({ phase: 'offline', unacknowledged: 3, waitingSince: NOW - hours * HOUR, problem: { code: 'X', message: 'No answer.', retry: true, since: NOW - hours * HOUR } }) });
    expect(summarize(offline(23))).toMatchObject({ tone: 'quiet', short: '', headline: 'Offline' });
    const later = summarize(offline(49));
    expect(later).toMatchObject({ tone: 'attention', short: '3 edits waiting', headline: 'Offline for 2 days' });
    expect(later.detail).toBe('No answer. 3 edits wait here for 2 days, safe on this device.');
  });

  test('a question goes before all but a failure', () => {
    expect(summarize(input({ questions: 1, sync: sync({ phase: 'offline' }) }))).toMatchObject({ tone: 'attention', short: '1 question', headline: '1 question for you' });
    const failed = summarize(input({ phase: 'failed', questions: 1, problem: { message: 'The store is damaged.', hint: 'Leave and join again.' } }));
    expect(failed).toMatchObject({ tone: 'error', headline: 'The store is damaged.', detail: 'Leave and join again.' });
  });

  test('before set-up it says that nothing leaves the device', () => {
    expect(summarize(input({ phase: 'not-set-up', sync: null })).detail).toContain('nothing leaves this device');
  });

  test.each([['websocket', /By WebSocket\.$/], ['webtransport', /By WebTransport\.$/], ['stream', /By streamed requests: no WebSocket gets through here\.$/], ['long-poll', /By long polling: no WebSocket gets through here\.$/], ['short-poll', /By the app’s own requests: no WebSocket gets through here\.$/]])('how it is connected is told: %s', (transport, words) => {
    expect(summarize(input({ sync: sync({ transport }) })).detail).toMatch(words);
  });

  test.each(['starting', 'offline', 'connecting', 'catching-up', 'live', 'paused', 'stopped', 'refused'] as const)('%s has a headline and an icon', (phase) => {
    const summary = summarize(input({ sync: sync({ phase }) }));
    expect(summary.headline).not.toBe('');
    expect(summary.icon).not.toBe('');
  });

  test('it does not claim that other devices have it when none has joined', () => {
    expect(summarize(input({ devices: [device({ self: true })] })).detail).toContain('No other device has joined yet');
  });
});

describe('a block', () => {
  const block = (over: Partial<BlockStatus>): BlockStatus => ({ blockId: 'b', title: 't', path: 'a.md', state: 'on-relay', bullets: 1, same: [], ...over });
  test('here only', () => {
    expect(blockText(block({ state: 'here-only' }), NOW, 'en-GB')).toBe('Here only. Not on the relay yet.');
  });
  test('which device has the same, and since when', () => {
    const same = [
      { device: 'p', name: 'Phone', at: new Date(2026, 10, 22, 8, 12).getTime() },
      { device: 'm', name: 'Mac', at: NOW - 2500 },
    ];
    expect(blockText(block({ same }), NOW, 'en-GB')).toBe('Safe on the relay. Identical on Mac 2 s ago; Phone as of 08:12.');
    expect(blockText(block({ state: 'same-everywhere', same }), NOW, 'en-GB')).toBe('Identical on Mac 2 s ago; Phone as of 08:12.');
    expect(blockText(block({ state: 'same-everywhere', same: [{ device: 'm', name: 'الهاتف', at: NOW - 5_000 }] }), NOW, 'en-GB')).toBe('Identical on \u2068الهاتف\u2069 5 s ago.');
  });
});

test('a device', () => {
  expect(deviceText(device({ self: true }), NOW)).toBe('This device');
  expect(deviceText(device({ connected: true }), NOW)).toBe('Connected now');
  expect(deviceText(device({}), NOW)).toBe('Not heard from yet');
  expect(deviceText(device({ lastHeard: NOW - 5 * 60_000 }), NOW)).toBe('Last heard from 5 min ago');
});

test('moments and durations', () => {
  expect(momentText(NOW + 5000, NOW)).toBe('just now');
  expect(momentText(NOW - 59_000, NOW)).toBe('59 s ago');
  expect(momentText(NOW - 2 * HOUR, NOW, 'en-GB')).toBe('at 10:00');
  expect(momentText(NOW - 30 * HOUR, NOW, 'en-GB')).toBe('on 21 Nov, 06:00');
  expect(durationText(30_000)).toBe('less than a minute');
  expect(durationText(90 * 60_000)).toBe('1 hour');
});
