/** One row of the table, and the numbers in it. */
export interface Figure {
  /** Row of the issue's table that it answers. */
  readonly what: string;
  readonly unit: string;
  readonly measured: number;
  /** What the baseline reached in the same run; null where the limit is absolute. */
  readonly baseline: number | null;
  readonly baselineName?: string;
  /** The limit: on the ratio measured / baseline, or on the measured value itself. */
  readonly limit: { readonly of: 'ratio' | 'value'; readonly at: 'most' | 'least'; readonly than: number };
  /** Medians of the rounds, for the JSON file. */
  readonly rounds?: Readonly<Record<string, readonly number[]>>;
  readonly note?: string;
}

export interface Settings {
  readonly quick: boolean;
  /** Writes a CPU profile of our own processes beside the results. */
  readonly profile: boolean;
  readonly log: (line: string) => void;
}
export type Part = (settings: Settings) => Promise<Figure[]>;

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Nearest rank. @param q in [0, 1] */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

export function ratioOf({ measured, baseline }: Figure): number | null {
  return baseline === null ? null : measured / baseline;
}

export function isReached(figure: Figure): boolean {
  const { of, at, than } = figure.limit;
  const value = of === 'ratio' ? (ratioOf(figure) ?? Number.NaN) : figure.measured;
  return at === 'most' ? value <= than : value >= than;
}

const COLUMNS = ['what', 'measured', 'baseline', 'ratio', 'limit', 'reached'] as const;

/** The figures as a Markdown table. */
export function tableOf(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => {
    const { what, unit, measured, baseline, baselineName, limit } = figure;
    const ratio = ratioOf(figure);
    const bound = `${limit.at === 'most' ? '<=' : '>='} ${limit.than}${limit.of === 'ratio' ? ' x' : ` ${unit}`}`;
    const shown = baseline === null ? '' : `${number(baseline)} ${unit}${baselineName === undefined ? '' : ` (${baselineName})`}`;
    return [what, `${number(measured)} ${unit}`, shown, ratio === null ? '' : ratio.toFixed(2), bound, isReached(figure) ? 'yes' : 'NO'];
  });
  const widths = COLUMNS.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]): string => `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  return [line(COLUMNS), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

function number(value: number): string {
  if (!Number.isFinite(value)) return '-';
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
