import { IndexDocument } from './index-document';
import type { Home } from '../outline';
import type { DeviceId } from '../protocol';

const home = (day: string): Home => ({ day, path: `${day}.md`, headings: [], after: null });

describe('index document', () => {
  it('carries blocks, fates and the roster to another device', () => {
    const a = new IndexDocument(1);
    const b = new IndexDocument(2);
    const updates = [
      a.setBlock('bw-one', home('2026-11-22'), 'live', 5, 'laptop'),
      a.setDevice('d1' as DeviceId, { name: 'Laptop', publicKey: '00', admission: '11', joined: 1 }),
    ];
    expect(b.merge(updates)).toEqual({ blocks: new Set(['bw-one']), roster: true });
    expect(b.block('bw-one')).toEqual({ home: home('2026-11-22'), fate: 'live', since: 5, by: 'laptop' });
    expect([...b.roster.keys()]).toEqual(['d1']);
  });

  it('ends the same whatever order the changes came in, and says so', () => {
    const a = new IndexDocument(1);
    const b = new IndexDocument(2);
    const first = a.setBlock('bw-one', home('2026-11-22'), 'live', 5, 'laptop');
    b.merge([first]);
    const fromA = a.setBlock('bw-one', home('2026-11-22'), 'trashed', 9, 'laptop');
    const fromB = b.setBlock('bw-one', home('2026-11-22'), 'stopped', 8, 'phone');
    expect(a.equals([b.encode()])).toBe(false);
    a.merge([fromB]);
    b.merge([fromA, fromA]);
    expect(a.block('bw-one')).toEqual(b.block('bw-one'));
    expect(a.equals([b.encode()])).toBe(true);
  });

  it('does not know a block of which only half has arrived', () => {
    expect(new IndexDocument(1).block('bw-none')).toBeUndefined();
  });
});
