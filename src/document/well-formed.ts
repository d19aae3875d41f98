/** Whether a text holds half a surrogate pair: encoders replace those, so that two devices would differ. */
const SURROGATES = /[\ud800-\udfff]/;
const PAIR_OR_HALF = /[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]/g;

/** The text with every lone half replaced by U+FFFD. */
export function wellFormed(text: string): string {
  if (!SURROGATES.test(text)) return text;
  return text.replace(PAIR_OR_HALF, (match) => (match.length === 2 ? match : '\ufffd'));
}

/** Whether an offset falls between the two halves of a pair. */
export function splitsPair(text: string, offset: number): boolean {
  if (offset <= 0 || offset >= text.length) return false;
  const before = text.charCodeAt(offset - 1);
  const after = text.charCodeAt(offset);
  return before >= 0xd800 && before <= 0xdbff && after >= 0xdc00 && after <= 0xdfff;
}
