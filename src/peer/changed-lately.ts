/** Notes whose files changed lately, to see whether what is gone from one stands in another. */
import { parse } from '../outline';
import { seedFrom } from '../note';
import type { Core } from './core';
import { normalise } from './line-ends';
import type { NoteSession } from './note-session';
import type { NotePath } from './ports';

/** As many notes are remembered, and read when it is asked. */
const MOST = 50;

export class ChangedLately {
  /** The latest last. */
  private readonly times = new Map<NotePath, number>();

  constructor(private readonly core: () => Core) {}

  changed(path: NotePath): void {
    this.times.delete(path);
    this.times.set(path, this.core().clock.now());
    const [oldest] = this.times.keys();
    if (this.times.size > MOST && oldest !== undefined) this.times.delete(oldest);
  }

  /** @returns first lines of all list items, trimmed, without marker */
  async lines(but: NotePath, since: number, open: readonly NoteSession[]): Promise<ReadonlySet<string>> {
    const { vault } = this.core();
    const lines = new Set<string>();
    const take = (text: string): void => {
      const outline = parse(text);
      for (const item of outline.items) lines.add((seedFrom(outline, item).text.split('\n', 1)[0] ?? '').trim());
    };
    for (const session of open) if (session.path !== but) take(session.editorText().toString());
    for (const [path, at] of [...this.times]) {
      if (path === but || at < since || (await vault.state(path)) !== 'present') continue;
      take(normalise(await vault.read(path)).text);
    }
    return lines;
  }
}
