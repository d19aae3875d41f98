/** What relays said of WebTransport in this run: kept for the connections that follow. PROTOCOL.md [P100]. */
import { decodeOffer, type Offer } from '../protocol';

export class Offers {
  private readonly kept = new Map<string, Offer>();

  /** @param isWanted whether the user wants it, and the platform has it */
  constructor(readonly isWanted: () => boolean) {}

  /** @returns null for what is no offer; else whether it is one after there was none */
  take(relay: string, frame: Uint8Array): { readonly isAnew: boolean } | null {
    let offer: Offer | null;
    try {
      offer = decodeOffer(frame);
    } catch {
      return null; // then it is a frame that nobody understands, either
    }
    if (offer === null) return null;
    const isAnew = offer.port > 0 && this.kept.get(relay)?.port === 0;
    this.kept.set(relay, offer);
    return { isAnew };
  }

  /** The last one of this relay, while it holds and is wanted. */
  of(relay: string): Offer | null {
    const offer = this.kept.get(relay);
    return offer !== undefined && offer.port > 0 && this.isWanted() ? offer : null;
  }
}
