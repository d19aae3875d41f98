/** One guard taken out of a copy of the project, and the suites of which one should notice. */
export interface Mutant {
  readonly name: string;
  readonly edits: readonly { readonly file: string; readonly find: string; readonly replace: string }[];
  readonly tests: readonly string[];
}
export const MUTANTS: readonly Mutant[];
