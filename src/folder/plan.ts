/** What joining a folder would watch and touch, told before anything is sent. */
import { findTags, parse } from '../outline';
import { findIds } from '../note';
import type { FolderVault } from './folder-vault';

export interface FolderPlan {
  readonly root: string;
  readonly notes: number;
  /** Notes of days that the daily format finds, newest first; empty when the format fits none. */
  readonly days: readonly string[];
  /** Bullets that bear the tag already: listed, and left as they are. */
  readonly tagged: readonly { readonly path: string; readonly text: string }[];
  /** Ids of live blocks that stand in notes already. */
  readonly ids: number;
}

export async function planFor(root: string, vault: FolderVault, tag: string): Promise<FolderPlan> {
  const notes = await vault.list();
  const days: string[] = [];
  const tagged: { path: string; text: string }[] = [];
  let ids = 0;
  for (const { path } of notes) {
    const day = vault.dayOf(path);
    if (day !== null) days.push(day);
    const text = (await vault.read(path).catch(() => '')).replace(/\r\n?/g, '\n');
    const live = findIds(text);
    ids += live.length;
    if (!text.toLowerCase().includes(tag.toLowerCase()) || vault.isTemplate(path)) continue;
    const outline = parse(text);
    for (const { item } of findTags(outline, tag)) {
      const line = outline.items[item]?.lines[0];
      if (line && !live.some(({ from, to }) => line.from >= from && line.from <= to)) tagged.push({ path, text: text.slice(line.from, line.to) });
    }
  }
  return { root, notes: notes.length, days: days.sort().reverse(), tagged, ids };
}

/** The plan as text for a terminal. @param name as the other devices will show it */
export function describePlan(plan: FolderPlan, daily: string, tag: string, name: string): string {
  const today = plan.days[0];
  return [
    `Folder   ${plan.root}`,
    `Device   ${name}`,
    `Watches  ${plan.notes} Markdown ${plan.notes === 1 ? 'note' : 'notes'}. Only bullets tagged ${tag}, and what is nested under them, ever leave this folder.`,
    `Days     ${daily}.md${today === undefined ? ': no note fits this yet (another format? --daily)' : `: ${plan.days.length} found, the newest is ${today}`}`,
    ...(plan.ids > 0 ? [`Ids      ${plan.ids} live ${plan.ids === 1 ? 'block stands' : 'blocks stand'} here already and will be matched with the space.`] : []),
    ...(plan.tagged.length > 0
      ? [
          `Tagged   ${plan.tagged.length} ${plan.tagged.length === 1 ? 'bullet bears' : 'bullets bear'} ${tag} already. They stay as they are until you say so (blockwire accept):`,
          ...plan.tagged.slice(0, 5).map(({ path, text }) => `         ${path}: ${text.slice(0, 60)}`),
          ...(plan.tagged.length > 5 ? [`         and ${plan.tagged.length - 5} more`] : []),
        ]
      : []),
  ].join('\n');
}
