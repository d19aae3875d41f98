import { DocumentError, LiveDocument, PastTexts, ROOT } from './index';

const type = (document: LiveDocument, text: string) =>
  document.apply([{ type: 'text', id: ROOT, changes: [{ from: document.get(ROOT)?.text.length ?? 0, to: document.get(ROOT)?.text.length ?? 0, insert: text }] }], { device: 'A', time: 1 });

test('remembers every text that a bullet had, and of that bullet alone', () => {
  const document = LiveDocument.create(1);
  const past = new PastTexts();
  for (const letter of 'tracking') past.record(document, type(document, letter).change);
  expect(past.had(ROOT, 'track')).toBe(true);
  expect(past.had(ROOT, 'tracking')).toBe(true);
  expect(past.had(ROOT, 'trackin g')).toBe(false);
  expect(past.had('other', 'track')).toBe(false);
});

test('survives being stored', () => {
  const past = new PastTexts();
  for (let i = 0; i < 500; i++) past.add(`b${i % 7}`, `text ${i} 😀`);
  const read = PastTexts.decode(past.encode());
  for (let i = 0; i < 500; i++) expect([read.had(`b${i % 7}`, `text ${i} 😀`), read.had(`b${(i + 1) % 7}`, `text ${i} 😀`)]).toEqual([true, false]);
  expect(read.encode()).toEqual(past.encode());
});

test('stays within its bounds and keeps the newest', () => {
  const past = new PastTexts();
  for (let i = 0; i < 100_000; i++) past.add(`b${i % 500}`, `text ${i}`);
  expect(past.encode().length).toBeLessThan(210_000);
  expect(past.had(`b${99_999 % 500}`, 'text 99999')).toBe(true);
  for (let i = 0; i < 3000; i++) past.add('long', `${i}`);
  expect([past.had('long', '2999'), past.had('long', '1')]).toEqual([true, false]);
});

test('bytes that are none get a typed error', () => {
  const bytes = (() => {
    const past = new PastTexts();
    past.add('a', 'text');
    return past.encode();
  })();
  for (let end = 0; end < bytes.length; end++) expect(() => PastTexts.decode(bytes.slice(0, end))).toThrow(DocumentError);
  expect(() => PastTexts.decode(Uint8Array.of(9, 0))).toThrow(expect.objectContaining({ code: 'NEWER_SCHEMA' }) as Error);
});
