/** What a link will do, in words, before anything happens. */
import type { Link } from '../../protocol';

export interface Plan {
  readonly title: string;
  readonly lines: readonly string[];
}

export function planOf(link: Link, { tag, vaultName }: { tag: string; vaultName: string }): Plan {
  const host = new URL(link.type === 'setup' ? link.relay : (link.relays[0] ?? '')).host;
  const never = `Nothing of "${vaultName}" is uploaded by this. Only bullets that you make live (${tag}) leave this device, sealed with a key that the relay never has.`;
  const old = `Bullets that bear ${tag} already are listed once, and stay as they are until you say otherwise.`;
  if (link.type === 'setup') {
    return {
      title: `Start a new space on ${host}`,
      lines: ['A new key is made on this device.', `The relay at ${host} learns this device's public key, and nothing else.`, never, old],
    };
  }
  return {
    title: `Join the space on ${host}`,
    lines: [
      `The relay at ${host} learns this device's public key. The link's own key stays on this device.`,
      'Live blocks of that space will appear in this vault: in the daily note of their day or the note of the same path, if it exists here, else in the inbox.',
      never,
      old,
    ],
  };
}
