import { DEFAULT_ATTRIBUTES } from './types';
import type { Attributes } from './types';

export const ATTRIBUTE_NAMES = ['marker', 'task', 'gap'] as const satisfies readonly (keyof Attributes)[];

/** Whether a value may stand in the register of that name. */
export function isAttribute(name: keyof Attributes, value: unknown): boolean {
  switch (name) {
    case 'marker':
      return typeof value === 'string' && value.length <= 64 && !/[\r\n]/.test(value);
    case 'task':
      return value === null || (typeof value === 'string' && /^[^\r\n]{1,8}$/.test(value));
    case 'gap':
      return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 10_000;
  }
}

/** From a stored [marker, task, gap]; null if it is none. */
export function readAttributes(value: unknown): Attributes | null {
  if (!Array.isArray(value)) return null;
  const [marker, task, gap] = value as unknown[];
  if (!isAttribute('marker', marker) || !isAttribute('task', task) || !isAttribute('gap', gap)) return null;
  return { marker, task, gap } as Attributes;
}

/** Attributes with one of them replaced; a value that it can't have counts as the default. */
export function withAttribute(attributes: Attributes, name: keyof Attributes, value: unknown): Attributes {
  return { ...attributes, [name]: isAttribute(name, value) ? value : DEFAULT_ATTRIBUTES[name] };
}

export function sameAttributes(a: Attributes, b: Attributes): boolean {
  return a.marker === b.marker && a.task === b.task && a.gap === b.gap;
}
