/** The arguments of a trial that is run by hand: whole numbers above 0, and flags. */
import { parseArgs } from 'node:util';

/** Ends the program with the usage: status 0 where it was asked for, 2 where it was not kept to. @param numbers their names, and what they are unless given */
export function trialArguments<Numbers extends string, Flags extends string>(usage: string, numbers: Record<Numbers, number>, flags: readonly Flags[]): Record<Numbers, number> & Record<Flags, boolean> {
  const names = Object.keys(numbers) as Numbers[];
  const options = Object.fromEntries([...names.map((name) => [name, { type: 'string' }] as const), ...[...flags, 'help'].map((name) => [name, { type: 'boolean' }] as const)]);
  const end = (status: number): never => {
    (status === 0 ? console.log : console.error)(usage);
    process.exit(status);
  };
  const given = (): Record<string, string | boolean | undefined> => {
    try {
      return parseArgs({ options }).values as Record<string, string | boolean | undefined>;
    } catch {
      return end(2);
    }
  };
  const values = given();
  if (values['help'] === true) end(0);
  const number = (name: Numbers): number => {
    const value = values[name] === undefined ? numbers[name] : Number(values[name]);
    return Number.isSafeInteger(value) && value > 0 ? value : end(2);
  };
  return Object.fromEntries([...names.map((name) => [name, number(name)] as const), ...flags.map((name) => [name, values[name] === true] as const)]) as Record<Numbers, number> & Record<Flags, boolean>;
}
