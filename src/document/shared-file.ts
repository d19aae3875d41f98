/** What a block's document says of a file that its text links: which content the link stands for on every device. */
export interface SharedFile {
  /** SHA-256 of the content, 64 hexadecimal digits. */
  readonly hash: string;
  /** Bytes. */
  readonly size: number;
  /** Hashes of contents that this one replaced, oldest first: a device that has one of these has an older version, and no other file. */
  readonly was: readonly string[];
  /** The relay was found without it: whoever has the content sends it again. */
  readonly lost: boolean;
}

/** Earlier contents that are remembered. */
const EARLIER = 16;
/** Longest target, in UTF-16 units. */
const LONGEST = 1024;
const HASH = /^[0-9a-f]{64}$/;

/** As it is stored; absent fields have their defaults. */
export function encodeFile({ hash, size, was, lost }: SharedFile): Record<string, unknown> {
  return { hash, size, ...(was.length > 0 && { was: was.slice(-EARLIER) }), ...(lost && { lost }) };
}

/** null for what another program, or a damaged one, wrote. */
export function decodeFile(target: string, value: unknown): SharedFile | null {
  if (target === '' || target.length > LONGEST || typeof value !== 'object' || value === null) return null;
  const { hash, size, was = [], lost = false } = value as Record<string, unknown>;
  if (typeof hash !== 'string' || !HASH.test(hash) || !Number.isSafeInteger(size) || (size as number) < 0 || typeof lost !== 'boolean') return null;
  if (!Array.isArray(was) || was.length > EARLIER || !was.every((one) => typeof one === 'string' && HASH.test(one))) return null;
  return { hash, size: size as number, was: was as string[], lost };
}
