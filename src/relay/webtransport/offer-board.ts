/** What devices are told of WebTransport: those that asked for it, now and whenever it changes. PROTOCOL.md [P100]. */
import { encodeOffer, type Offer } from '../../protocol';

/** Takes a frame beside those of its connection. */
export type OfferReader = (frame: Uint8Array) => void;

export class OfferBoard {
  private offer: Offer | null = null;
  private readonly readers = new Set<OfferReader>();

  get current(): Offer | null {
    return this.offer;
  }

  /** null: there is none any more. Devices find that out by themselves. */
  post(offer: Offer | null): void {
    this.offer = offer;
    if (offer === null) return;
    const frame = encodeOffer(offer);
    for (const read of this.readers) read(frame);
  }

  /** @returns what ends it */
  tell(read: OfferReader): () => void {
    this.readers.add(read);
    if (this.offer !== null) read(encodeOffer(this.offer));
    return () => void this.readers.delete(read);
  }
}
