/** Thrown where the real app has something that this shell does not. */
export class NotInShell extends Error {
  override readonly name = 'NotInShell';
  constructor(what: string) {
    super(`${what} is not implemented in the test shell (it is not Obsidian).`);
  }
}

/** Asked of any object by promises, consoles, test frameworks and module loaders. */
const askedOfAll = new Set(['then', 'toJSON', '$$typeof', 'nodeType', 'asymmetricMatch', 'constructor', '__esModule', 'default']);

/**
 * The same object, but reading a property that it does not have throws `NotInShell`, so that no test passes on `undefined`.
 * `absent` are the names that read as undefined in the real app too (of the version that is emulated).
 */
export function strict<T extends object>(target: T, name: string, absent: readonly string[] = []): T {
  return new Proxy(target, {
    get(object, property, receiver): unknown {
      if (typeof property === 'string' && !(property in object) && !askedOfAll.has(property) && !absent.includes(property))
        throw new NotInShell(`${name}.${property}`);
      return Reflect.get(object, property, receiver);
    },
  });
}
