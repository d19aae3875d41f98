/** Lets no more devices in at once than get through before they give up, and tells the others when to come again. PROTOCOL.md [P114] */
import { TOKEN_BYTES } from '../../protocol';
import { Busy } from '../refusal';

interface Appointment {
  readonly due: number;
  /** How often this device has been told to come again. */
  readonly times: number;
}

/** The longest wait that is good enough, ms: a device gives up after five seconds, and after three it tries other ways beside. Who comes as it was told finds those before it who were let in just now. */
const PATIENCE = { first: 3_000, again: 4_000 };
/** Who was told so often is let in whatever the wait. */
const MOST_TIMES = 6;
/** How long a device is told to stay away, ms. */
const AWAY = { least: 1_000, most: 60_000 };
/**
 * Between two that come again, ms; twice that for whoever was told once before, and so on. How fast they get through is not measured: while thousands are
 * told to come again that takes the relay's time, too.
 */
const PACE = 0.4;
/** An appointment holds for so long, ms. */
const HOLDS = 60_000;
/** Appointments that are remembered, and the length of a token: what is longer stands for no session. */
const REMEMBERED = 200_000;
const TOKEN_LENGTH = Math.ceil((TOKEN_BYTES * 4) / 3);

export class Turnstile {
  /** By the session's token, the oldest first. */
  private readonly appointments = new Map<string, Appointment>();
  /** The latest so far, ms. */
  private last = -Infinity;

  /** @param wait of a device that comes now, as far as it can be told, ms @param now ms, by a clock that is never set @param unit uniform in [0, 1) */
  constructor(
    private readonly wait: () => number,
    private readonly now: () => number = () => performance.now(),
    private readonly unit: () => number = Math.random,
  ) {}

  /** A device wants in, by the way that has the crowd. @throws Busy when it is to come again */
  pass(token: string): void {
    if (token.length > TOKEN_LENGTH) return;
    this.keepAway(token);
    const wait = this.wait();
    const appointment = this.appointments.get(token);
    const times = appointment?.times ?? 0;
    if (wait <= (times === 0 ? PATIENCE.first : PATIENCE.again) || times >= MOST_TIMES) {
      this.appointments.delete(token);
      return;
    }
    const now = this.now();
    const next = Math.max(now + Math.max(AWAY.least, wait), this.last + PACE * 2 ** times);
    const isTooFar = next > now + AWAY.most;
    // Beyond that they come at random, and find those who are remembered before them.
    const due = isTooFar ? now + AWAY.most * (0.5 + this.unit() / 2) : next;
    if (!isTooFar) this.last = due;
    this.remember(token, { due, times: times + 1 }, now);
    this.keepAway(token);
  }

  /** A device that was told to come later is let in by no other way meanwhile. @throws Busy */
  keepAway(token: string): void {
    const appointment = this.appointments.get(token);
    if (appointment === undefined) return;
    const left = appointment.due - this.now();
    if (left > 0) throw new Busy(Math.ceil(left / 1_000));
    if (left < -HOLDS) this.appointments.delete(token);
  }

  private remember(token: string, appointment: Appointment, now: number): void {
    this.appointments.delete(token);
    // A copy: a part of a header would keep all of it in memory.
    this.appointments.set(Buffer.from(token, 'latin1').toString('latin1'), appointment);
    for (const [oldest, { due }] of this.appointments) {
      if (this.appointments.size <= REMEMBERED && due + HOLDS >= now) break;
      this.appointments.delete(oldest);
    }
  }
}
