/** One block's line in the status view: "Safe on the relay. The same on Mac just now; Phone at 08:12." */
import type { BlockStatus, DeviceStatus } from '../../peer';
import { blockStateText } from './block-state';
import { momentText } from './time-text';

/** A device that confirmed within this time (ms) is the same now; an older confirmation is told with its time. */
const FRESH = 60_000;

export function blockText(block: BlockStatus, now: number, locale?: string): string {
  const state = block.state === 'same-everywhere' && block.same.length > 0 ? '' : blockStateText(block.state);
  const same = [...block.same].sort((a, b) => b.at - a.at).map(({ name, at }) => `${isolated(name)}${now - at < FRESH ? '' : ' as of'} ${momentText(at, now, locale).replace(/^(at|on) /, '')}`);
  return [state, same.length > 0 ? `Identical on ${same.join('; ')}.` : ''].filter(Boolean).join(' ');
}

/** A name that is written from right to left would take a number behind it to its own left: U+2068 and U+2069 keep it apart. */
export function isolated(name: string): string {
  return /[\u0590-\u08ff]/.test(name) ? `\u2068${name}\u2069` : name;
}

export function deviceText(device: DeviceStatus, now: number, locale?: string): string {
  if (device.self) return 'This device';
  if (device.connected) return 'Connected now';
  return device.lastHeard === null ? 'Not heard from yet' : `Last heard from ${momentText(device.lastHeard, now, locale)}`;
}
