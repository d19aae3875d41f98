import { decodeOffer, type Offer } from '../../protocol';
import { OfferBoard } from './offer-board';

const offer: Offer = { port: 4747, hashes: [new Uint8Array(32)] };

function board(): { board: OfferBoard; pass: (ms: number) => void; reader: (uses?: boolean) => { ports: (number | undefined)[]; end: () => void } } {
  let now = 1_000;
  const made = new OfferBoard(() => now);
  return {
    board: made,
    pass: (ms) => (now += ms),
    reader(uses) {
      const ports: (number | undefined)[] = [];
      return { ports, end: made.tell((frame) => ports.push(decodeOffer(frame)?.port), uses) };
    },
  };
}

test('[P100] who is there hears of each change, also that there is none any more, and once', () => {
  const { board: made, reader } = board();
  const { ports, end } = reader();
  made.post(null);
  made.post(offer);
  made.post({ ...offer, port: 4748 });
  made.post(null);
  made.post(null);
  end();
  made.post(offer);
  expect(ports).toEqual([0, 4747, 4748, 0]);
});

test('[P100] who comes is told what is offered, and for ten seconds that it was not before; who comes by it is not told that', () => {
  const { board: made, reader, pass } = board();
  expect(reader().ports).toEqual([]);
  made.post(null);
  expect(reader().ports).toEqual([0]);
  made.post(offer);
  expect([reader().ports, reader(true).ports]).toEqual([[0, 4747], [4747]]);
  pass(9_999);
  // Another certificate makes it no other offer.
  made.post(offer);
  expect(reader().ports).toEqual([0, 4747]);
  pass(1);
  expect(reader().ports).toEqual([4747]);
  made.post(null);
  made.post(offer);
  expect(reader().ports).toEqual([0, 4747]);
});
