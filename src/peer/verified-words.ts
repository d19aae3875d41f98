/** What a comparison of all live blocks found, in words. Pure. */
import type { BlockCheck, Verified } from './api';

type State = BlockCheck['on'][number]['state'];

const WORDS: Readonly<Record<State, string>> = {
  same: 'the same on',
  mended: 'differed, and was mended, on',
  changing: 'being edited now, so not comparable, on',
  differs: 'still different on',
  'no-answer': 'not answered for by',
};
const ORDER = ['differs', 'no-answer', 'changing', 'mended', 'same'] as const;

export interface VerifiedWords {
  readonly summary: string;
  /** Worst first. `text`: e.g. "The same on Phone". */
  readonly blocks: readonly { readonly title: string; readonly path: string | null; readonly worst: State; readonly text: string }[];
  /** Whether each block was compared with at least one device, and none of them differs. */
  readonly isGood: boolean;
}

export function verifiedWords({ asked, notAsked, blocks }: Verified): VerifiedWords {
  const list = blocks.map(({ title, path, on }) => {
    const parts = ORDER.flatMap((state) => {
      const names = on.filter((one) => one.state === state).map(({ name }) => name);
      return names.length > 0 ? [`${WORDS[state]} ${names.join(', ')}`] : [];
    });
    const text = parts.join('; ');
    return { title: title === '' ? 'A block without text' : title, path, worst: ORDER.find((state) => on.some((one) => one.state === state)) ?? 'no-answer', text: `${text.charAt(0).toUpperCase()}${text.slice(1)}.` };
  });
  const sorted = ORDER.flatMap((state) => list.filter(({ worst }) => worst === state));
  const away = notAsked.length > 0 ? ` Not connected, so not asked: ${notAsked.join(', ')}.` : '';
  if (asked.length === 0) return { summary: `No other device is connected, so nothing was compared.${away}`, blocks: [], isGood: false };
  if (blocks.length === 0) return { summary: `There is no live block to compare.${away}`, blocks: [], isGood: true };
  const bad = sorted.filter(({ worst }) => worst !== 'same' && worst !== 'mended').length;
  const mended = sorted.filter(({ worst }) => worst === 'mended').length;
  const all = `${blocks.length === 1 ? 'The one live block is' : `All ${blocks.length} live blocks are`} the same on ${asked.join(', ')}.`;
  const summary = bad > 0 ? `${bad} of ${blocks.length} live blocks could not be shown to be the same on ${asked.join(', ')}.` : all;
  return { summary: `${summary}${mended > 0 ? ` ${mended} differed and ${mended === 1 ? 'was' : 'were'} mended; what was there before is in the history.` : ''}${away}`, blocks: sorted, isGood: bad === 0 };
}
