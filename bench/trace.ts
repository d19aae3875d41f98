/**
 * What a window's main thread did, from Chromium's own trace: its CPU time in JavaScript and garbage collection between marks. CPU time, so
 * that other processes on the machine don't count; without animation frames, style, layout and paint, which are the editor's and the browser's.
 */
import type { CDPSession, Page } from 'playwright-core';

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  /** CPU time of the thread, microseconds: when it began, and how long it took. */
  readonly tts?: number;
  readonly tdur?: number;
  readonly pid: number;
  readonly tid: number;
}

/** Where JavaScript enters, and where its garbage is collected. */
const WORK = new Set(['v8.callFunction', 'RunMicrotasks', 'EvaluateScript', 'v8.evaluateModule', 'MinorGC', 'MajorGC', 'V8.GC_MC_INCREMENTAL']);
const NOT_WORK = new Set(['FireAnimationFrame', 'UpdateLayoutTree', 'Layout', 'PrePaint', 'Paint', 'Layerize', 'Commit']);
const CATEGORIES = ['devtools.timeline', 'v8', 'v8.execute', 'disabled-by-default-v8.gc', 'blink.user_timing'];

export class Trace {
  private constructor(private readonly events: readonly TraceEvent[]) {}

  /** Traces the browser while `work` runs. Marks are `performance.mark` in its pages. */
  static async of(page: Page, work: () => Promise<unknown>): Promise<Trace> {
    const session: CDPSession = await page.context().newCDPSession(page);
    const events: TraceEvent[] = [];
    session.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
    await session.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories: CATEGORIES, excludedCategories: ['*'] } });
    await work();
    const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
    await session.send('Tracing.end');
    await complete;
    await session.detach();
    return new Trace(events);
  }

  /** Milliseconds of work between each mark `from` and the next mark `to`; none where another `from` comes first. In the one page that sets both. */
  between(from: string, to: string): number[] {
    const first = this.events.find(({ name, ph }) => name === from && isInstant(ph));
    if (first === undefined) throw new Error(`The trace holds no mark ${from}.`);
    const thread = this.events.filter(({ pid, tid }) => pid === first.pid && tid === first.tid);
    const spans = (names: ReadonlySet<string>): Span[] =>
      thread
        .filter(({ name, ph }) => ph === 'X' && names.has(name))
        .map(({ tts = 0, tdur = 0 }) => ({ from: tts, to: tts + tdur }))
        .sort((a, b) => a.from - b.from);
    const work = without(union(spans(WORK)), union(spans(NOT_WORK)));
    const marks = thread.filter(({ name, ph }) => (name === from || name === to) && isInstant(ph)).sort((a, b) => (a.tts ?? 0) - (b.tts ?? 0));
    const times: number[] = [];
    let open: number | null = null;
    for (const { name, tts = 0 } of marks) {
      if (name === to && open !== null) {
        times.push(lengthOf(work, open, tts) / 1000);
        open = null;
      } else if (name === from) open = tts;
    }
    return times;
  }
}

function isInstant(phase: string): boolean {
  return phase === 'I' || phase === 'R';
}

interface Span {
  readonly from: number;
  to: number;
}

function union(spans: readonly Span[]): Span[] {
  const joined: Span[] = [];
  for (const span of spans) {
    const last = joined[joined.length - 1];
    if (last === undefined || span.from > last.to) joined.push({ ...span });
    else last.to = Math.max(last.to, span.to);
  }
  return joined;
}

/** What of the spans lies in none of the holes; both ascending and apart. */
function without(spans: readonly Span[], holes: readonly Span[]): Span[] {
  const left: Span[] = [];
  let first = 0;
  for (const { from, to } of spans) {
    let at = from;
    while ((holes[first]?.to ?? Infinity) <= from) first++;
    for (let h = first; (holes[h]?.from ?? Infinity) < to; h++) {
      const hole = holes[h] as Span; // in range: it begins before `to`
      if (hole.from > at) left.push({ from: at, to: hole.from });
      at = Math.max(at, hole.to);
    }
    if (at < to) left.push({ from: at, to });
  }
  return left;
}

/** How much of [from, to) the spans fill. */
function lengthOf(spans: readonly Span[], from: number, to: number): number {
  let sum = 0;
  for (const span of spans) {
    if (span.from >= to) break;
    sum += Math.max(0, Math.min(to, span.to) - Math.max(from, span.from));
  }
  return sum;
}
