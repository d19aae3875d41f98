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

  test('is taken out of a bullet, also where that is joined to another', () => {
    const doc = withBullets('milk', 'bread');
    const { client } = doc.apply([{ type: 'text', id: 'b1', changes: [{ from: 0, to: 0, insert: 'new ' }] }], FOUND, { importAs: 7, found: new Map([['b1', 'new bread']]) });
    doc.apply([{ type: 'trash', id: 'b1', mergedInto: 'b0' }, { type: 'text', id: 'b0', changes: [{ from: 4, to: 4, insert: 'new bread' }] }], BY);
    expect([doc.get('b0')?.text, doc.partsOf('b0'), doc.ownTextOf('b0'), doc.shownBy('b1')]).toEqual(['milknew bread', ['b1'], 'milk', 'b0']);
    doc.apply(doc.withdrawal('b1', (one) => one === client), BY);
    expect(doc.get('b0')?.text).toBe('milkbread');
  });
});
