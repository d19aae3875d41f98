/** @returns the name, with the first free number behind it if another device has it already: "Mac", "Mac 2", "Mac 3" */
export function distinctName(name: string, others: readonly string[]): string {
  const taken = new Set(others.map((other) => other.trim().toLowerCase()));
  let distinct = name;
  for (let i = 2; taken.has(distinct.toLowerCase()); i++) distinct = `${name} ${i}`;
  return distinct;
}
