import { Storm, strokes } from './storm';
import type { Stroke } from './storm';

const BLOCK = ['- thoughts #live', '\t- alpha', '\t\t- beta', '\t- [ ] gamma', '\t- delta'];
const NOTES: readonly (readonly [string, string])[] = [
  ['- morning\n- type here #live\n\t- child one\n- stays here\n', '- own\n- type here #live\n    - child one\n'],
  [['# Day', '', ...BLOCK, '', 'A paragraph.', ''].join('\n'), ['- above', ...BLOCK, '- below', ''].join('\n').replaceAll('\t', '    ')],
  [[...BLOCK, '- second #live', '\t- child'].join('\n'), ['prose', '', ...BLOCK, '', '- second #live', '  - child'].join('\n').replaceAll('\t', '  ')],
];
const UNITS: readonly (readonly [string, string])[] = [['\t', '    '], ['\t', '    '], ['\t', '  ']];

function play(seed: number, list: readonly Stroke[]): Storm {
  const storm = new Storm(NOTES[seed % NOTES.length] as never, UNITS[seed % NOTES.length] as never);
  if (!storm.play(list)) return storm;
  const [a, b] = storm.people.map(({ device }) => [...device.documents].sort().map(([id, document]) => [id, document.canonical(), document.digest()]));
  expect(b).toEqual(a);
  return storm;
}

const RUNS = Number(process.env.STORM_RUNS ?? 60);
const FROM = Number(process.env.STORM_FROM ?? 1);
const LENGTH = Number(process.env.STORM_LENGTH ?? 150);

test('storms of keys on two devices', () => {
  const failed: string[] = [];
  for (let seed = FROM; seed < FROM + RUNS; seed++) {
    let list = strokes(seed, LENGTH);
    try {
      play(seed, list);
    } catch (error) {
      if (!process.env.STORM_SHRINK || Number(process.env.STORM_SHRINK) !== seed || failed.length > 0) { failed.push(`${seed}: ${String(error).slice(0, 300)}`); continue; }
      let last = error;
      for (let size = 64; size >= 1; size = size >> 1) {
        for (let at = 0; at < list.length; ) {
          const less = [...list.slice(0, at), ...list.slice(at + size)];
          try { play(seed, less); at += size; } catch (e) { list = less; last = e; }
        }
      }
      failed.push(`${seed}: ${list.map((one) => JSON.stringify(one)).join(',\n')}\n${(last as Error).stack}`);
    }
  }
  if (failed.length > 0) throw new Error(`${failed.length} of ${RUNS} seeds failed\n${failed.slice(0, 12).join('\n----\n')}`);
});
