import type { VaultWindow } from './vault-window';

/** Measures from a change where the user types to the change that it makes in the other vault's editor. */
export class Latency {
  private readonly samples: number[] = [];
  private sentAt: number | null = null;

  constructor(vaults: readonly VaultWindow[]) {
    for (const vault of vaults) {
      vault.onEdited(() => {
        const now = performance.now();
        if (vault.hasFocus) this.sentAt ??= now;
        else if (this.sentAt !== null) {
          const took = now - this.sentAt;
          this.sentAt = null;
          // What waited for a connection is no latency.
          if (took < 1000) this.samples.push(took);
          if (this.samples.length > 30) this.samples.shift();
        }
      });
    }
  }

  /** Median of the last keystrokes in ms, null before the first. */
  get median(): number | null {
    const sorted = [...this.samples].sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? null;
  }
  /** The connection was cut: what is on its way is not measured. */
  forget(): void {
    this.sentAt = null;
  }
}
