/** Reading outlines: a whole megabyte, and one changed block of it. */
import { parse, parseBlock, render } from '../src/outline';
import { median, type Figure, type Settings } from './figure';

export async function outline({ quick }: Settings): Promise<Figure[]> {
  const rounds = quick ? 7 : 21;
  const text = megabyte();
  const outlined = parse(text);
  if (render(outlined) !== text) throw new Error('The outline is not the text.');
  const roots = outlined.items.filter((item) => item.depth === 0);
  const root = roots[Math.floor(roots.length / 2)];
  if (!root) throw new Error('No item was found.');
  const whole: number[] = [];
  const one: number[] = [];
  for (let round = 0; round < rounds; round++) {
    whole.push(time(() => parse(text)));
    one.push(time(() => parseBlock(text, root.from)));
  }
  return [
    { what: `parse ${(text.length / 1e6).toFixed(2)} MB of outline (${outlined.items.length} items)`, unit: 'ms', measured: median(whole), baseline: null, limit: { of: 'value', at: 'most', than: 150 } },
    {
      what: `re-read one changed block of ${root.blockTo - root.from} bytes`,
      unit: 'ms',
      measured: median(one),
      baseline: median(whole),
      baselineName: 'the whole note',
      // By its own share of the note, with room for what a call costs.
      limit: { of: 'ratio', at: 'most', than: 0.01 },
    },
  ];
}

function time(work: () => unknown): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}

function megabyte(): string {
  const lines: string[] = [];
  for (let length = 0, i = 0; length < 1_000_000; i++) {
    const depth = i % 20 === 0 ? 0 : 1 + (i % 4);
    const mark = i % 7 === 0 ? '[ ] ' : i % 11 === 0 ? '**bold** ' : '';
    const line = `${'\t'.repeat(depth)}- ${mark}a thought of an ordinary length, number ${i}, with [[a link]]`;
    lines.push(line);
    length += line.length + 1;
  }
  return `# Notes\n\n${lines.join('\n')}\n`;
}
