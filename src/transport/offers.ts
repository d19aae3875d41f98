/** What relays said of WebTransport in this run: kept for the connections that follow. PROTOCOL.md [P100]. */
import { decodeOffer, type Offer } from '../protocol';

export class Offers {
  private readonly kept = new Map<string, Offer>();

  /** @param isWanted whether the user wants it, and the platform has it */
  constructor(readonly isWanted: () => boolean) {}

  /** @returns false for what is no offer */
  take(relay: string, frame: Uint8Array): boolean {
    let offer: Offer | null;
    try {
      offer = decodeOffer(frame);
    } catch {
      return false; // then it is a frame that nobody understands, either
    }
    if (offer !== null) this.kept.set(relay, offer);
    return offer !== null;
  }

  /** The last one of this relay, while it is wanted. */
  of(relay: string): Offer | null {
    return this.isWanted() ? (this.kept.get(relay) ?? null) : null;
  }
}
