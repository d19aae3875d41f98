import { LiveDocument, ROOT, textHash } from '.';
import type { Author } from './local-edits';

const BY: Author = { device: 'd1', time: 1 };
const FOUND: Author = { device: 'found', time: 0 };
const NEW = { attributes: { marker: '- ', task: null, gap: 0 } } as const;

function withBullets(...texts: string[]): LiveDocument {
  const doc = LiveDocument.create(1);
  texts.forEach((text, i) => doc.apply([{ type: 'create', id: `b${i}`, to: { parent: ROOT, after: i === 0 ? null : `b${i - 1}` }, text, ...NEW }], BY));
  return doc;
}

describe('an import', () => {
  test('says what the bullets were found to be', () => {
    const doc = withBullets('milk');
    const { update, client = 0 } = doc.apply([{ type: 'text', id: 'b0', changes: [{ from: 4, to: 4, insert: ' today' }] }], FOUND, { importAs: 7, found: new Map([['b0', 'milk today']]) });
    const other = LiveDocument.load(2, doc.encode(), [update]);
    expect(other.importedTexts(client)).toEqual(new Map([['b0', textHash('milk today')]]));
    expect(other.importsInto('b0')).toEqual([{ client, part: ' today', hash: textHash('milk today') }]);
  });

  test('[D1] says nothing of bullets whose texts it leaves alone', () => {
    const doc = withBullets('milk', 'bread');
    const found = new Map([['b0', 'milk today'], ['b1', 'bread']]);
    const { client = 0 } = doc.apply([{ type: 'text', id: 'b0', changes: [{ from: 4, to: 4, insert: ' today' }] }], FOUND, { importAs: 7, found });
    expect([...doc.importedTexts(client).keys()]).toEqual(['b0']);
  });

  test.each([1, 2, 40])('[D1] into %d bullets adds few bytes, however long they are', (count) => {
    const ids = Array.from({ length: 50 }, (_, i) => `abcdefgh${String(i).padStart(2, '0')}`);
    const base = LiveDocument.create(1);
    ids.forEach((id, i) => base.apply([{ type: 'create', id, to: { parent: ROOT, after: ids[i - 1] ?? null }, text: 'milk '.repeat(200), ...NEW }], BY));
    const edits = ids.slice(0, count).map((id) => ({ type: 'text', id, changes: [{ from: 0, to: 0, insert: 'new ' }] }) as const);
    const found = new Map(ids.map((id) => [id, `new ${base.get(id)?.text ?? ''}`]));
    const size = (options: { found?: typeof found }): number => LiveDocument.load(2, base.encode(), []).apply(edits, FOUND, { importAs: 7, ...options }).update.length;
    expect(size({ found }) - size({})).toBeLessThanOrEqual(64 + 24 * (count - 1));
  });

  test('[D1] that two devices make on the same state stands once', () => {
    const base = withBullets('milk').encode();
    const [here, there] = [2, 3].map((run) => LiveDocument.load(run, base, []));
    const make = (doc: LiveDocument | undefined): Uint8Array | undefined =>
      doc?.apply([{ type: 'text', id: 'b0', changes: [{ from: 4, to: 4, insert: ' today' }] }], FOUND, { importAs: 7, found: new Map([['b0', 'milk today']]) }).update;
    const [mine = new Uint8Array(), theirs = new Uint8Array()] = [make(here), make(there)];
    expect(theirs).toEqual(mine);
    const before = here?.encode();
    here?.merge([theirs]);
    expect(here?.encode()).toEqual(before);
  });

  test('is taken out of a bullet, also where that is joined to another', () => {
    const doc = withBullets('milk', 'bread');
    const { client } = doc.apply([{ type: 'text', id: 'b1', changes: [{ from: 0, to: 0, insert: 'new ' }] }], FOUND, { importAs: 7, found: new Map([['b1', 'new bread']]) });
    doc.apply([{ type: 'trash', id: 'b1', mergedInto: 'b0' }, { type: 'text', id: 'b0', changes: [{ from: 4, to: 4, insert: 'new bread' }] }], BY);
    expect([doc.get('b0')?.text, doc.partsOf('b0'), doc.ownTextOf('b0'), doc.shownBy('b1')]).toEqual(['milknew bread', ['b1'], 'milk', 'b0']);
    doc.apply(doc.withdrawal('b1', (one) => one === client), BY);
    expect(doc.get('b0')?.text).toBe('milkbread');
  });
});
