/** What a keystroke costs the window's main thread, in a block of 1,000 bullets in Chromium: on the device that types, and on the other. */
import type { Device } from '../test/browser/device';
import type { Shell } from '../test/shell/main';
import { blockOf } from './block';
import { median, quantile, type Figure, type Settings } from './figure';
import { Trace } from './trace';
import { withWindows } from './windows';
import type { PlainBullet } from '../src/document';

declare const window: Window & { shell: Shell };

const NOTE = '2026-11-22.md';
const LIVE = 'type here';

export async function editor({ quick, log }: Settings): Promise<Figure[]> {
  const letters = quick ? 100 : 300;
  const rounds = quick ? 1 : 3;
  const samples = { local: [] as number[], remote: [] as number[], alone: [] as number[] };
  const all: number[] = [];
  const note = markdownOf(blockOf(1000, LIVE));
  const store = await withWindows({ Laptop: { notes: { [NOTE]: note }, open: NOTE }, Phone: { notes: { [NOTE]: '' }, open: NOTE } }, async ([laptop, phone]) => {
    if (!laptop || !phone) throw new Error('Two windows were asked for.');
    const alone = await Trace.of(laptop.page, () => type(laptop, LIVE, letters));
    samples.alone.push(...alone.between('bench-type', 'bench-type-next'));
    await laptop.makeLive(NOTE, 0);
    await phone.until(() => phone.text(), (text) => text.split('\n').length > 1000, 60);
    await laptop.settled();
    await phone.settled();
    await instrument(laptop);
    await instrument(phone);
    for (let round = 0; round < rounds; round++) {
      const local = await Trace.of(laptop.page, () => type(laptop, LIVE, letters));
      samples.local.push(...local.between('bench-type', 'bench-sent'));
      all.push(...local.between('bench-type', 'bench-type-next'));
      await laptop.settled();
      await phone.settled();
      const remote = await Trace.of(phone.page, async () => {
        await type(laptop, LIVE, letters);
        await laptop.settled();
        await phone.settled();
      });
      samples.remote.push(...remote.between('bench-received', 'bench-dispatch'));
      log(`editor ${round + 1}/${rounds}: ${samples.local.length} sent, ${samples.remote.length} received`);
    }
    const errors = [...(await laptop.errors()), ...(await phone.errors())];
    if (errors.length > 0) throw new Error(errors.join('\n'));
    return laptop.page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => `IndexedDB ${name}`).join(', '));
  });
  // What the editor does with the same key without Blockwire is not Blockwire's cost.
  const editorAlone = median(samples.alone);
  const figure = (what: string, values: readonly number[], q: number, most: number, note?: string): Figure => ({
    what: `${what}, ${q === 0.5 ? 'p50' : 'p99'}`,
    unit: 'ms',
    measured: quantile(values, q),
    baseline: null,
    limit: { of: 'value', at: 'most', than: most },
    ...(note !== undefined && { note }),
  });
  const ours = samples.local.map((time) => time - editorAlone);
  const local = 'keystroke in a block of 1,000 bullets -> sealed entry, main thread';
  const remote = 'remote keystroke -> editor transaction, main thread';
  const notes = [
    `Main-thread times are CPU time in JavaScript and garbage collection, from Chromium's trace, ${letters * rounds} keystrokes; device store: ${store.replace(/-[0-9a-f]{6,}/g, '')}. Headless Chromium's disk tells nothing about a phone's.`,
    `What the editor does with the key before the note holds a live block (p50 ${editorAlone.toFixed(2)} ms, p99 ${quantile(samples.alone, 0.99).toFixed(2)} ms) has been taken off. With it, acknowledgement, status and all else until the next keystroke: p50 ${median(all).toFixed(2)} ms, p99 ${quantile(all, 0.99).toFixed(2)} ms.`,
  ];
  return [
    figure(local, ours, 0.5, 1, notes[0]),
    figure(local, ours, 0.99, 4, notes[1]),
    figure(remote, samples.remote, 0.5, 1),
    figure(remote, samples.remote, 0.99, 4),
  ];
}

/** Letters at the end of a bullet, one every 40 ms, each one transaction as a key makes it. */
async function type(device: Device, after: string, letters: number): Promise<void> {
  await device.page.evaluate(
    async ([text, count]) => {
      const view = window.shell.views()[0]?.editor.cm;
      if (!view) throw new Error('No editor is open.');
      let at = view.state.doc.toString().indexOf(text) + text.length;
      view.dispatch({ selection: { anchor: at } });
      for (let i = 0; i < count; i++) {
        await new Promise((resolve) => setTimeout(resolve, 40));
        performance.mark('bench-type-next');
        performance.mark('bench-type');
        view.dispatch({ changes: { from: at, insert: String.fromCharCode(97 + (i % 26)) }, selection: { anchor: at + 1 }, userEvent: 'input.type' });
        at++;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
      performance.mark('bench-type-next');
    },
    [after, letters] as const,
  );
}

/** Marks when an entry leaves, when one arrives, and when the editor is given a transaction. The socket is open already. */
async function instrument(device: Device): Promise<void> {
  await device.page.evaluate(() => {
    const APPEND = 0x02;
    const ENTRIES = 0x43;
    const { send } = WebSocket.prototype;
    const heard = new WeakSet<WebSocket>();
    WebSocket.prototype.send = function (data) {
      if (!heard.has(this)) {
        heard.add(this);
        const { onmessage } = this;
        this.onmessage = (event) => {
          if (new Uint8Array(event.data as ArrayBuffer)[0] === ENTRIES) performance.mark('bench-received');
          onmessage?.call(this, event);
        };
      }
      if (data instanceof Uint8Array && data[0] === APPEND) performance.mark('bench-sent');
      send.call(this, data);
    };
    const view = window.shell.views()[0]?.editor.cm;
    if (!view) throw new Error('No editor is open.');
    const dispatch = view.dispatch.bind(view) as (...specs: unknown[]) => void;
    (view as { dispatch: unknown }).dispatch = (...specs: unknown[]) => {
      performance.mark('bench-dispatch');
      dispatch(...specs);
    };
  });
}

function markdownOf(bullet: PlainBullet, depth = 0): string {
  return `${'\t'.repeat(depth)}- ${bullet.text}\n${bullet.children.map((child) => markdownOf(child, depth + 1)).join('')}`;
}
