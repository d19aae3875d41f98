/** How often an address may make requests that cost a signature check: a bucket of tokens for each. */
export interface RateOptions {
  readonly perSecond: number;
  readonly burst: number;
}

export const REQUEST_RATE: RateOptions = { perSecond: 20, burst: 1_000 };
/** Addresses remembered; beyond it those that asked least recently are forgotten. */
const ADDRESSES = 10_000;

export class RequestRate {
  private readonly buckets = new Map<string, { tokens: number; at: number }>();

  constructor(
    private readonly options: RateOptions,
    private readonly now: () => number,
  ) {}

  /** Whether this address may make one more request now. */
  take(address: string): boolean {
    const now = this.now();
    const { perSecond, burst } = this.options;
    const bucket = this.buckets.get(address) ?? { tokens: burst, at: now };
    bucket.tokens = Math.min(burst, bucket.tokens + (Math.max(0, now - bucket.at) * perSecond) / 1_000);
    bucket.at = now;
    // Re-inserted, so that the map's order is the order of last use.
    this.buckets.delete(address);
    this.buckets.set(address, bucket);
    if (this.buckets.size > ADDRESSES) this.forget();
    if (bucket.tokens < 1) return false;
    bucket.tokens--;
    return true;
  }

  private forget(): void {
    for (const address of this.buckets.keys()) {
      this.buckets.delete(address);
      if (this.buckets.size <= ADDRESSES / 2) return;
    }
  }
}
