/** A live block's state in words and as a class of styles.css. Each state differs in shape, not only in colour. */
import type { BlockStatus } from '../../peer';

const TEXTS: Readonly<Record<BlockStatus['state'], string>> = {
  'here-only': 'Here only. Not on the relay yet.',
  'on-relay': 'Safe on the relay.',
  'same-everywhere': 'The same on all devices.',
  held: 'Held. Blockwire has a question about this block.',
  inactive: 'Inactive. The same id stands twice; this one is not synced.',
  inbox: 'In the inbox. Its note does not exist here yet.',
  elsewhere: 'In none of the notes on this device.',
};

export function blockStateText(state: BlockStatus['state']): string {
  return TEXTS[state];
}

export function stateClass(state: BlockStatus['state']): string {
  return `blockwire-is-${state}`;
}
