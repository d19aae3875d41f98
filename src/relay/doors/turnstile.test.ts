import { Busy } from '../refusal';
import { HandClock } from '../testing/hand-clock';
import { Turnstile } from './turnstile';

class Trial {
  readonly clock = new HandClock(1_000_000);
  wait = 0;
  private readonly turnstile = new Turnstile(
    () => this.wait,
    () => this.clock.now(),
    () => 0.5,
  );

  /** @returns seconds that it is told to stay away; 0: it is in */
  pass(token: string, by: 'pass' | 'keepAway' = 'pass'): number {
    try {
      this.turnstile[by](token);
      return 0;
    } catch (error) {
      if (!(error instanceof Busy)) throw error;
      return error.after;
    }
  }
}

describe('[P114] devices that come back at once', () => {
  test('are let in while none waits for long', () => {
    const trial = new Trial();
    trial.wait = 3_000;
    for (let i = 0; i < 10_000; i++) expect(trial.pass(`${i}`)).toBe(0);
  });

  test('are told to come again one behind the other, and a minute ahead at most', async () => {
    const trial = new Trial();
    trial.wait = 3_001;
    const told = Array.from({ length: 200_000 }, (_, i) => trial.pass(`${i}`));
    expect(told[0]).toBe(4);
    // 2,500 in each second.
    for (const i of [2_500, 25_000, 100_000]) expect(Math.abs((told[i] ?? 0) - 3 - i / 2_500)).toBeLessThanOrEqual(1);
    expect(told.reduce((most, each) => Math.max(most, each))).toBe(60);
    expect(told.at(-1)).toBe(45);
    await trial.clock.pass(50_000);
    expect(trial.pass('later')).toBeLessThanOrEqual(11);
  });

  test('are let in by no way before the time that they were told', async () => {
    const trial = new Trial();
    trial.wait = 3_001;
    expect(trial.pass('early')).toBe(4);
    trial.wait = 0;
    for (const by of ['pass', 'keepAway'] as const) expect(trial.pass('early', by)).toBe(4);
    await trial.clock.pass(1_501);
    expect(trial.pass('early')).toBe(2);
    await trial.clock.pass(1_500);
    for (const by of ['keepAway', 'pass'] as const) expect(trial.pass('early', by)).toBe(0);
    expect(trial.pass('told nothing', 'keepAway')).toBe(0);
  });

  test('come before others when they were told to, but not two minutes later', async () => {
    const trial = new Trial();
    trial.wait = 3_001;
    trial.pass('told');
    trial.pass('away');
    await trial.clock.pass(3_002);
    trial.wait = 4_000;
    expect(trial.pass('told')).toBe(0);
    expect(trial.pass('new')).toBe(4);
    await trial.clock.pass(120_000);
    expect(trial.pass('away')).toBe(4);
  });

  test('are remembered by what may be a token, and by nothing longer', () => {
    const trial = new Trial();
    trial.wait = 10_000;
    expect(trial.pass('A'.repeat(43))).toBe(10);
    expect(trial.pass('A'.repeat(44))).toBe(0); // its session is looked for, and not found
  });

  test('are never sent away for ever, however full it is', async () => {
    const trial = new Trial();
    trial.wait = 1_000_000;
    let times = 0;
    for (let after = trial.pass('patient'); after > 0; after = trial.pass('patient')) {
      expect(after).toBeLessThanOrEqual(60);
      if (++times > 6) throw new Error('Sent away once more.');
      await trial.clock.pass(1_000 * after);
    }
    expect(times).toBe(6);
  });
});
