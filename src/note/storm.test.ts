import { Storm, strokes } from './storm';
import type { Key, Stroke } from './storm';

const BLOCK = ['- thoughts #live', '\t- alpha', '\t\t- beta', '\t- [ ] gamma', '\t- delta'];
const NOTES: readonly (readonly [string, string])[] = [
  ['- morning\n- type here #live\n\t- child one\n- stays here\n', '- own\n- type here #live\n    - child one\n'],
  [['# Day', '', ...BLOCK, '', 'A paragraph.', ''].join('\n'), ['- above', ...BLOCK, '- below', ''].join('\n').replaceAll('\t', '    ')],
  [[...BLOCK, '- second #live', '\t- child'].join('\n'), ['prose', '', ...BLOCK, '', '- second #live', '  - child'].join('\n').replaceAll('\t', '  ')],
];
const UNITS: readonly (readonly [string, string])[] = [['\t', '    '], ['\t', '    '], ['\t', '  ']];

type Play = (seed: number, list: readonly Stroke[]) => void;

const play: Play = (seed, list) => {
  const storm = new Storm(NOTES[seed % NOTES.length] as never, UNITS[seed % NOTES.length] as never);
  if (storm.play(list)) expectSame(storm);
};

const gentle: Play = (seed, list) => {
  const storm = new Storm(NOTES[seed % NOTES.length] as never, UNITS[seed % NOTES.length] as never, true);
  if (!storm.play(list)) return;
  expectSame(storm);
  storm.count();
};

function expectSame(storm: Storm): void {
  const [a, b] = storm.people.map(({ device }) => [...device.documents].sort().map(([id, document]) => [id, document.canonical(), document.digest()]));
  expect(b).toEqual(a);
}

/** Leaves out what isn't needed to fail. */
function smallest(run: Play, seed: number, list: Stroke[]): string {
  let last: unknown;
  for (let size = 64; size >= 1; size >>= 1) {
    for (let at = 0; at < list.length; ) {
      const less = [...list.slice(0, at), ...list.slice(at + size)];
      try {
        run(seed, less);
        at += size;
      } catch (error) {
        list = less;
        last = error;
      }
    }
  }
  return `${list.map((one) => JSON.stringify(one)).join(',\n')}\n${String(last)}`;
}

const RUNS = Number(process.env.STORM_RUNS ?? 40);
const FROM = Number(process.env.STORM_FROM ?? 1);
const LENGTH = Number(process.env.STORM_LENGTH ?? 150);
/** A seed to find the shortest way to fail for. */
const SHRINK = Number(process.env.STORM_SHRINK ?? -1);

const LOSSY: readonly Key[] = ['cut', 'paste', 'delete line', 'undo', 'redo', 'left', 'right', 'backspace', 'fence', 'plain', 'go above', 'go below', 'go end', 'blank line', 'shift tab', 'join'];

test.each<[string, Play, readonly Key[]]>([
  ['every text shows its document, both documents are the same, and nothing outside is touched', play, []],
  ['every word stands once where nobody takes one away', gentle, LOSSY],
])('storms of keys on two devices: %s', (_, run, without) => {
  const failed: string[] = [];
  for (let seed = FROM; seed < FROM + RUNS; seed++) {
    const list = strokes(seed, LENGTH, without);
    try {
      run(seed, list);
    } catch (error) {
      failed.push(`seed ${seed}: ${seed === SHRINK ? smallest(run, seed, list) : String(error).slice(0, 300)}`);
    }
  }
  if (failed.length > 0) throw new Error(`${failed.length} of ${RUNS} seeds failed\n${failed.slice(0, 12).join('\n----\n')}`);
});

const once = (who: 0 | 1, key: Key, x = 0): Stroke => ({ who, key, x });

// Found by the storms above; the number chooses the notes.
test.each<[string, number, readonly Stroke[]]>([
  ['Enter behind the root, its id on a line below', 1, [once(1, 'go'), once(1, 'soft break'), once(1, 'enter')]],
  ['a fence opened in the root takes its id to the first child', 1, [once(0, 'go', 0.13), once(0, 'fence', 0.25), once(0, 'enter', 0.24)]],
  ['an id on a line of its own is split off', 0, [once(0, 'go', 0.34), once(0, 'blank line'), once(0, 'enter'), once(1, 'go', 0.07), once(1, 'word', 0.2)]],
  ['a bullet indented, outdented past the root and indented again', 1, [once(1, 'go below', 0.8), once(1, 'tab'), once(1, 'word', 0.8), once(1, 'shift tab'), once(1, 'tab')]],
  ['a bullet with followers outdented past the root and indented again', 1, [once(0, 'go below', 0.15), once(0, 'word', 0.4), once(0, 'go', 0.19), once(0, 'shift tab'), once(0, 'tab')]],
  ['three Enters at the end of the root', 0, [once(1, 'go', 0.66), once(1, 'word', 0.2), once(1, 'go', 0.46), once(1, 'enter'), once(1, 'enter'), once(1, 'enter')]],
  ['a bullet put under one that is released meanwhile', 0, [once(1, 'shift tab'), once(0, 'enter', 0.7), once(0, 'tab'), once(0, 'word', 0.1)]],
  ['two neighbours released at once', 1, [once(0, 'word', 0.9), once(0, 'go', 0.94), once(0, 'shift tab'), once(1, 'go', 0.69), once(1, 'shift tab')]],
  ['an empty bullet typed into and moved', 1, [once(0, 'enter', 0.5), once(1, 'hear', 0.6), once(0, 'word', 0.1), once(1, 'down', 0.5)]],
  ['a child joined to the root behind its id, and typed into', 0, [once(0, 'join'), once(1, 'word', 0.1)]],
])('%s: every word stands once', (_, seed, list) => gentle(seed, list));
