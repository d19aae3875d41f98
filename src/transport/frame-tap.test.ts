import type { TransportEvents } from '../sync';
import { FrameTap, type Passing } from '.';

/** A transport whose other end is the test. */
class Line {
  events!: TransportEvents;
  readonly sent: Uint8Array[] = [];
  readonly transport = {
    connect: (events: TransportEvents) => {
      this.events = events;
      return { send: (frame: Uint8Array) => void this.sent.push(frame), buffered: () => 3, close: () => events.onClose({ code: 'CLOSED', message: '', retry: true }) };
    },
  };
}

test('what passes is told in order with the way it takes, and goes on unchanged', () => {
  const [tap, line, seen, heard] = [new FrameTap(), new Line(), [] as Passing[], [] as unknown[]];
  tap.watch((passing) => seen.push(passing));
  const connection = tap.on(line.transport).connect({ onOpen: (way) => heard.push(way), onFrame: (bytes) => heard.push(bytes), onClose: ({ code }) => heard.push(code) });
  line.events.onOpen('websocket');
  const [out, back] = [Uint8Array.of(1, 2), Uint8Array.of(3)];
  connection.send(out);
  line.events.onFrame(back);
  expect(connection.buffered()).toBe(3);
  connection.close();
  expect(seen).toEqual([
    { type: 'connected', way: 'websocket' },
    { type: 'frame', direction: 'out', way: 'websocket', bytes: out },
    { type: 'frame', direction: 'in', way: 'websocket', bytes: back },
    { type: 'closed', way: 'websocket', code: 'CLOSED' },
  ]);
  expect(heard).toEqual(['websocket', back, 'CLOSED']);
  expect(line.sent[0]).toBe(out);
  // A frame may be a view into something that is written again.
  out.fill(9);
  expect(seen[1]).toMatchObject({ bytes: Uint8Array.of(1, 2) });
});

test('nothing is copied while nobody looks on', () => {
  const [tap, line] = [new FrameTap(), new Line()];
  const end = tap.watch(() => expect('told').toBe('not told'));
  end();
  const connection = tap.on(line.transport).connect({ onOpen: () => undefined, onFrame: () => undefined, onClose: () => undefined });
  const frame = Uint8Array.of(1);
  const copied = jest.spyOn(frame, 'slice');
  line.events.onOpen();
  connection.send(frame);
  line.events.onFrame(frame);
  expect(copied).not.toHaveBeenCalled();
});
