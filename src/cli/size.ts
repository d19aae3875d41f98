/** Sizes as people give them on the command line. */
import { InvalidArgumentError } from 'commander';

/** @returns bytes; K, M, G and T are powers of 1024 @throws InvalidArgumentError */
export function sizeOf(text: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,6})([KMGT]?)(?:i?B)?$/i.exec(text) ?? [];
  if (digits === '') throw new InvalidArgumentError('A size is a number with K, M, G or T after it, e.g. 500M.');
  return Number(digits) * 1024 ** (unit === '' ? 0 : ' KMGT'.indexOf(unit.toUpperCase()));
}
