/** What the core Daily notes plugin puts into a new note: its template with the variables filled in. */

export interface DayTemplateContext {
  /** File name without folder and extension. */
  readonly title: string;
  /** moment.js for the day with the present time of day, moved by an amount and formatted. */
  readonly format: (format: string, moved: { readonly amount: number; readonly unit: string } | null) => string;
}

export function fillDayTemplate(template: string, { title, format }: DayTemplateContext): string {
  return template
    .replace(/{{\s*title\s*}}/gi, () => title)
    .replace(/{{\s*(date|time)\s*([+-]\d+[yqmwdhs])?\s*(?::([^}]*))?}}/gi, (_whole, kind: string, moved?: string, wanted?: string) => {
      const fallback = kind.toLowerCase() === 'time' ? 'HH:mm' : null;
      const by = moved ? { amount: Number(moved.slice(0, -1)), unit: moved.slice(-1) } : null;
      const pattern = wanted?.trim() || fallback;
      if (pattern === null && by === null) return title;
      return format(pattern ?? 'YYYY-MM-DD', by);
    })
    .replace(/{{\s*(yesterday|tomorrow)\s*}}/gi, (_whole, which: string) =>
      format('YYYY-MM-DD', { amount: which.toLowerCase() === 'tomorrow' ? 1 : -1, unit: 'd' }),
    );
}
