/** What a device can say of the sealed bytes that pass: those of its own space, and no other's. */
import { deriveSpace } from '../../src/crypto';
import { frameParts } from '../../src/obsidian/frames/frame-words';
import { LIMITS, type RelayFrame, type SpaceId } from '../../src/protocol';
import { Pair } from './pair';
import { World } from './world';

test('a device reads what its own space wrote, by name; one of another space sees that it is sealed', async () => {
  const pair = await Pair.make();
  const editor = await pair.live();
  await pair.world.until('it is on the relay', () => pair.laptop.peer.status().unacknowledged === 0);
  editor.typeAfter('- second', ' thought');
  await pair.world.until('that, too', () => pair.laptop.peer.status().unacknowledged === 0);
  const space = deriveSpace(pair.world.secret).spaceId as SpaceId;
  const { entries } = await pair.world.log.read(space, { after: 0, compact: false, aliases: null, maxEntries: LIMITS.entriesPerFrame, maxBytes: LIMITS.frame });
  const frame: RelayFrame = { type: 'page', request: 4, entries, through: null, done: true };

  const parts = await frameParts(frame, pair.laptop.peer.sealed);
  expect(parts[0]).toEqual({ title: 'Fields', lines: ['request: 4', 'through: none', 'done: true'] });
  const shown = JSON.stringify(parts);
  expect(shown).toContain('tracking thoughts #live: update of Laptop, live');
  expect(shown).toContain('bullet “first”');
  expect(shown).toContain('Index of the space: update of Phone');
  expect(shown).toContain('thought');

  const other = await new World(99).device('Elsewhere');
  for (const reader of [other.peer.sealed, null]) {
    const [, ...sealed] = await frameParts(frame, reader);
    expect(sealed).toHaveLength(entries.length);
    expect(sealed.map(({ lines }) => lines[0])).toEqual(sealed.map(() => expect.stringMatching(/^Sealed: this device can’t open it\./) as string));
    expect(JSON.stringify(sealed)).not.toMatch(/first|tracking/);
  }
  await other.world.end();
  await pair.end();
});
