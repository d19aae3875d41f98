import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Device, sync } from './spec-device';
import { readSpecs } from './spec-reader';
import type { Case } from './spec-reader';
import { perform } from './spec-verbs';

const FOLDER = join(__dirname, 'specs');
const INDENT = { A: '    ', B: '\t' };
const ID = / \^bw-[a-z2-7]{12}/g;

function runCase({ given, steps, ends, trash }: Case): void {
  const a = new Device('A', 1, given.replaceAll('\t', INDENT.A), INDENT.A);
  const b = new Device('B', 2, given, INDENT.B);
  if (!steps.some(({ line }) => line === 'make live')) {
    a.makeLive();
    b.makeLive();
    sync(a, b);
  }
  for (const { who, line } of steps) {
    if (who === 'both') sync(a, b);
    else perform(who === 'A' ? a : b, line, INDENT[who]);
  }
  sync(a, b);
  const plain = (device: Device): string => device.text.replace(ID, '').replaceAll(device === a ? INDENT.A : '\t', '\t');
  if (ends.A !== null) expect(`A\n${plain(a)}`).toBe(`A\n${ends.A}`);
  if (ends.B !== null) expect(`B\n${plain(b)}`).toBe(`B\n${ends.B}`);
  a.check();
  b.check();
  for (const [blockId, document] of a.documents) expect(b.documents.get(blockId)?.digest()).toBe(document.digest());
  const [document] = a.documents.values();
  if (trash) expect(document?.trash().map(({ plain: { text } }) => text).sort()).toEqual(trash);
}

for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.spec.md'))) {
  describe(file.replace('.spec.md', ''), () => {
    for (const one of readSpecs(readFileSync(join(FOLDER, file), 'utf8'))) test(one.title, () => runCase(one));
  });
}
