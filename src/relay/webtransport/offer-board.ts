/** What devices are told of WebTransport: those that asked for it, now and whenever it changes. PROTOCOL.md [P100]. */
import { encodeOffer, type Offer } from '../../protocol';

/** Takes a frame beside those of its connection. */
export type OfferReader = (frame: Uint8Array) => void;

/** Who connects within this time of an offer that came after none hears of both, ms. */
const ANEW = 10_000;
const NOWHERE = encodeOffer({ port: 0, hashes: [] });

export class OfferBoard {
  /** undefined: the relay's owner does not want it. */
  private offer: Offer | null | undefined;
  private since = -Infinity;
  private readonly readers = new Set<OfferReader>();

  /** @param now milliseconds */
  constructor(private readonly now: () => number) {}

  /** null: there is none now; undefined: there never was to be one. */
  get current(): Offer | null | undefined {
    return this.offer;
  }

  /** null: there is none for now. */
  post(offer: Offer | null): void {
    if (offer === null && this.offer === null) return;
    if (offer !== null && !this.offer) this.since = this.now();
    this.offer = offer;
    for (const read of this.readers) read(offer === null ? NOWHERE : encodeOffer(offer));
  }

  /** @param uses its own connection goes by what is offered @returns what ends it */
  tell(read: OfferReader, uses = false): () => void {
    this.readers.add(read);
    const { offer } = this;
    if (offer === null || (offer !== undefined && !uses && this.now() - this.since < ANEW)) read(NOWHERE);
    if (offer) read(encodeOffer(offer));
    return () => void this.readers.delete(read);
  }
}
