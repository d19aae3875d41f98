// The notices that the licences of bundled packages ask for: each licence's text once, under the packages and copyrights that it stands for.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Licences that ask for no notice. */
const FREE = ['CC0-1.0', '0BSD', 'Unlicense'];

/** @param {import('esbuild').Metafile} metafile @returns {string[]} names of the packages of which something is in an output, sorted */
export function bundledPackages(metafile) {
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path));
  const names = inputs.flatMap((path) => /.*(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []);
  return [...new Set(names)].sort();
}

/** @param {string} root @param {readonly string[]} packages @returns {string} plain text @throws Error for a package without the text of its licence */
export function noticesOf(root, packages) {
  /** @type {Map<string, string[]>} */
  const texts = new Map();
  for (const name of packages) {
    const directory = join(root, 'node_modules', name);
    const { version, license } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
    const file = readdirSync(directory).find((each) => /^licen[cs]e/i.test(each));
    if (FREE.includes(license)) continue;
    if (!file) throw new Error(`${name} comes without the text of its licence (${license}).`);
    const lines = readFileSync(join(directory, file), 'utf8').replace(/[“”]/g, '"').split(/\r?\n/).map((line) => line.trim());
    const from = lines.findIndex((line) => /^(permission|redistribution|all rights reserved)\b/i.test(line));
    if (from < 0) throw new Error(`The licence of ${name} (${license}) is in no form that is known here.`);
    const holders = lines.slice(0, from).filter((line) => line !== '' && !/^#*\s*(the )?(mit|isc|bsd)\b.*licen[cs]e/i.test(line)).join(' ');
    // Lines of a paragraph as one, so that equal texts are equal.
    const body = lines.slice(from).join('\n').replace(/\n{2,}/g, '\0').replace(/\n/g, ' ').replace(/\0/g, '\n\n').trim();
    texts.set(body, [...(texts.get(body) ?? []), `${name} ${version}: ${holders}`]);
  }
  return [...texts].map(([body, heads]) => `${heads.join('\n')}\n\n${body}\n`).join('\n');
}
