/** Sends the newest presence of this device, at most about 20 times a second, and never stores it. [S60] */
import type { Cipher, Clock } from './ports';

/** Between two of them, ms. */
const PAUSE = 50;

export class PresenceSender {
  private newest: Uint8Array | null = null;
  private waiting = false;
  private busy = false;
  private lastSent = Number.NEGATIVE_INFINITY;
  private cancel: (() => void) | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly cipher: Cipher,
    /** False when nobody would hear it. */
    private readonly send: (sealed: Uint8Array) => void,
    private readonly heard: () => boolean,
  ) {}

  set(body: Uint8Array): void {
    this.newest = body;
    this.waiting = true;
    this.trySend();
  }

  /** Somebody came who has not heard it. */
  again(): void {
    if (this.newest === null) return;
    this.waiting = true;
    this.trySend();
  }

  stop(): void {
    this.cancel?.();
    this.newest = null;
    this.waiting = false;
  }

  private trySend(): void {
    if (this.busy || this.cancel !== null || !this.waiting || !this.heard()) return;
    const pause = this.lastSent + PAUSE - this.clock.now();
    if (pause > 0) {
      this.cancel = this.clock.after(pause, () => {
        this.cancel = null;
        this.trySend();
      });
      return;
    }
    const body = this.newest;
    if (body === null) return;
    this.waiting = false;
    this.busy = true;
    this.lastSent = this.clock.now();
    this.cipher.sealPresence(body).then(
      (sealed) => {
        this.busy = false;
        if (this.heard()) this.send(sealed);
        this.trySend();
      },
      () => {
        this.busy = false; // the next one is as good
      },
    );
  }
}
