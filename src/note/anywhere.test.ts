import fc from 'fast-check';
import { Device } from './spec-device';
import { locateAll } from './locate';
import type { Action } from './anywhere.arbitrary';
import { actions, NOTE } from './anywhere.arbitrary';

/** What a reading of the whole note makes of the blocks that are bound. */
function afresh(device: Device): unknown {
  const { located } = locateAll(device.note, null, device.text);
  return located.map(({ block, drafts }) => [block.blockId, drafts.map(({ from, depth, text, attributes, source, lines }) => ({ from, depth, text, attributes, source, lines }))]);
}

function bound(device: Device): unknown {
  return device.note.blocks.map((block) => {
    let from = block.from;
    return [
      block.blockId,
      block.bullets.map(({ depth, text, attributes, source, lines }) => {
        const at = from;
        from += source.length + 1;
        return { from: at, depth, text, attributes, source, lines };
      }),
    ];
  });
}

function perform(list: readonly Action[]): void {
  const device = new Device('a', 1, NOTE, '\t');
  device.makeLive();
  for (const { from, length, insert, origin } of list) {
    const start = from % (device.text.length + 1);
    const end = Math.min(device.text.length, start + length);
    if (origin === 'undo') device.undo();
    else device.edit([{ from: start, to: end, insert }], origin);
    device.check();
    const damaged = device.facts.at(-1)?.damaged.length ?? 0;
    // A damaged id is known only from where it stood.
    if (damaged === 0 && !device.everDamaged) expect(bound(device)).toEqual(afresh(device));
    else device.everDamaged = true;
  }
}

test('after any edit anywhere the bound blocks are what reading the whole note gives', () => {
  fc.assert(fc.property(actions, perform), { numRuns: Number(process.env.NOTE_RUNS ?? 300) });
});
