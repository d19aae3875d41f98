/** What the status bar, the phone's header and the top of the status view say: one state in words, never more than is known. */
import type { DeviceStatus } from '../../peer';
import type { SyncStatus } from '../../sync';
import { isolated } from './block-text';
import { count, durationText } from './time-text';

/** Offline is normal for this long (ms); after that the status says what waits. */
export const QUIET_OFFLINE = 24 * 60 * 60 * 1000;

export type Tone = 'quiet' | 'good' | 'busy' | 'attention' | 'error';

export interface Summary {
  readonly tone: Tone;
  readonly icon: string;
  /** A few words; '' where the icon alone is enough in a status bar. */
  readonly short: string;
  readonly headline: string;
  readonly detail: string;
}

export interface SummaryInput {
  readonly phase: 'not-set-up' | 'starting' | 'running' | 'failed';
  /** Set with `failed`. */
  readonly problem: { readonly message: string; readonly hint: string } | null;
  readonly sync: SyncStatus | null;
  readonly devices: readonly DeviceStatus[];
  readonly questions: number;
  readonly inbox: number;
  readonly blocks: number;
  readonly now: number;
}

export function summarize(input: SummaryInput): Summary {
  const { phase, problem, sync, questions } = input;
  if (phase === 'not-set-up') {
    return {
      tone: 'quiet',
      icon: 'unplug',
      short: '',
      headline: 'Not set up yet',
      detail: 'Paste the link that a relay or another of your devices shows. Until then nothing leaves this device.',
    };
  }
  if (phase === 'failed') {
    return { tone: 'error', icon: 'alert-triangle', short: 'Stopped', headline: problem?.message ?? 'Blockwire could not start', detail: problem?.hint ?? '' };
  }
  if (questions > 0) {
    return { ...connection(input), tone: 'attention', icon: 'help-circle', short: count(questions, 'question'), headline: `${count(questions, 'question')} for you` };
  }
  if (phase === 'starting' || !sync) {
    return { tone: 'busy', icon: 'refresh-cw', short: '', headline: 'Starting', detail: 'Comparing your notes with what was last known.' };
  }
  return connection(input);
}

function connection(input: SummaryInput): Summary {
  const { sync, now } = input;
  const waiting = waitingText(sync, now);
  switch (sync?.phase) {
    case 'live':
      if (sync.unacknowledged > 0) return { tone: 'busy', icon: 'refresh-cw', short: '', headline: 'Sending', detail: waiting };
      return { tone: 'good', icon: 'radio', short: '', headline: 'Live', detail: [othersText(input), inboxText(input.inbox), wayText(sync.transport)].filter(Boolean).join(' ') };
    case 'catching-up':
      return {
        tone: 'busy',
        icon: 'refresh-cw',
        short: '',
        headline: 'Catching up',
        detail: sync.behind > 0 ? `${count(sync.behind, 'change')} still to read.` : 'Reading what the other devices wrote.',
      };
    case 'paused':
      return { tone: 'quiet', icon: 'pause', short: 'Paused', headline: 'Paused', detail: waiting || 'Edits wait on this device until you go on.' };
    case 'refused':
      return { tone: 'error', icon: 'alert-triangle', short: 'Refused', headline: 'The relay refused this device', detail: [sync.problem?.message ?? '', waiting].filter(Boolean).join(' ') };
    case 'offline':
    case 'connecting': {
      const since = sync.problem?.since ?? sync.waitingSince;
      const long = since !== null && since !== undefined && now - since >= QUIET_OFFLINE;
      const detail = [sync.problem?.message ?? 'Edits are kept on this device and merge on return.', waiting].filter(Boolean).join(' ');
      if (!long) return { tone: 'quiet', icon: 'cloud-off', short: '', headline: 'Offline', detail };
      return {
        tone: 'attention',
        icon: 'cloud-off',
        short: sync.unacknowledged > 0 ? `${count(sync.unacknowledged, 'edit')} waiting` : 'Offline',
        headline: `Offline for ${durationText(now - since)}`,
        detail,
      };
    }
    case 'stopped':
      return { tone: 'quiet', icon: 'cloud-off', short: '', headline: 'Stopped', detail: waiting };
    case 'starting':
    case undefined:
      return { tone: 'busy', icon: 'refresh-cw', short: '', headline: 'Starting', detail: '' };
  }
}

function waitingText(sync: SyncStatus | null, now: number): string {
  if (!sync || sync.unacknowledged === 0) return '';
  const since = sync.waitingSince === null ? '' : ` for ${durationText(now - sync.waitingSince)}`;
  return `${count(sync.unacknowledged, 'edit')} ${sync.unacknowledged === 1 ? 'waits' : 'wait'} here${since}, safe on this device.`;
}

function othersText({ devices, blocks }: SummaryInput): string {
  const others = devices.filter((device) => !device.self);
  if (others.length === 0) return 'Everything is safe on the relay. No other device has joined yet.';
  const here = others.filter((device) => device.connected).map((device) => isolated(device.name));
  if (blocks === 0 && here.length === 0) return 'Connected to the relay.';
  return here.length > 0 ? `Everything is safe on the relay. Connected now: ${here.join(', ')}.` : 'Everything is safe on the relay. No other device is connected now.';
}

function inboxText(inbox: number): string {
  return inbox > 0 ? `${count(inbox, 'block')} in the inbox.` : '';
}

function wayText(transport: string | null): string {
  if (transport === null) return '';
  if (transport.startsWith('web')) return transport === 'websocket' ? 'By WebSocket.' : 'By WebTransport.';
  const way = transport === 'stream' ? 'streamed requests' : transport === 'long-poll' ? 'long polling' : 'the app’s own requests';
  return `By ${way}: no WebSocket gets through here.`;
}
