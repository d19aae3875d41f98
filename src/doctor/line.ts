/** The live connection itself: opens it with a session, has a question answered, and lets it lie idle. PROTOCOL.md [P55]-[P57]. */
import { decodeRelayFrame, encodeFrame, errorOfCloseCode, OFFERS, socketUrl, SUBPROTOCOL, TOKEN_PREFIX, type ErrorCode, type RelayFrame } from '../protocol';
import { bad, good, type HopResult } from './hop';
import { orPolls, tryPolls, type BytesPost } from './polls';
import { refusedBy } from './session';

export interface LinePorts {
  /** The browser's own, or one for Node with the same interface. */
  readonly WebSocket: typeof WebSocket;
  /** What the device would use where no WebSocket opens. */
  readonly poll: BytesPost;
  /** Takes what the relay says of WebTransport, which is asked for where this is given. @returns whether it was that */
  readonly takeOffer?: ((frame: Uint8Array) => boolean) | undefined;
  /** Milliseconds, for measuring. */
  readonly now: () => number;
  /** Runs once after some ms. @returns takes it back */
  readonly after: (ms: number, run: () => void) => () => void;
  /** For the upgrade, and for each answer on the line, in ms. */
  readonly patience: number;
}

/** Why a line did not do what was asked of it. */
class LineError extends Error {
  override readonly name = 'LineError';
  constructor(
    readonly stage: 'upgrade' | 'silent' | 'closed',
    /** WebSocket close code; 0 where none came. */
    readonly closeCode: number,
    /** In the platform's words. */
    message: string,
    /** The relay's own reason, if it gave one. */
    readonly code: ErrorCode | null = null,
  ) {
    super(message);
  }
}

/** One open WebSocket of the check. Nothing is written to the space; the relay counts it as one more connection of the device. */
class Line {
  private head = 0;
  private request = 0;
  private closed: LineError | null = null;
  private refusal: ErrorCode | null = null;
  private onFrame: ((frame: RelayFrame) => void) | null = null;
  private onClosed: ((error: LineError) => void) | null = null;

  private constructor(
    private readonly socket: WebSocket,
    private readonly ports: LinePorts,
  ) {}

  /** Resolves after the upgrade. @throws LineError stage upgrade */
  static open(relay: string, token: string, ports: LinePorts): Promise<Line> {
    return new Promise((resolve, reject) => {
      const socket = new ports.WebSocket(socketUrl(relay), [SUBPROTOCOL, ...(ports.takeOffer ? [OFFERS] : []), TOKEN_PREFIX + token]);
      socket.binaryType = 'arraybuffer';
      let why = '';
      const cancel = ports.after(ports.patience, () => {
        socket.close();
        reject(new LineError('upgrade', 0, 'no answer in time'));
      });
      // A browser says nothing here; Node says which status came.
      socket.onerror = (event): void => void (why = 'message' in event && typeof event.message === 'string' ? event.message : '');
      socket.onclose = ({ code }): void => {
        cancel();
        reject(new LineError('upgrade', code, why || `closed with code ${code}`));
      };
      socket.onopen = (): void => {
        cancel();
        const line = new Line(socket, ports);
        socket.onmessage = ({ data }: MessageEvent<unknown>): void => line.read(data);
        socket.onclose = ({ code }): void => line.end(code);
        resolve(line);
      };
    });
  }

  /** Says hello. @returns ms until the relay's welcome @throws LineError */
  async welcome(): Promise<number> {
    const since = this.ports.now();
    const welcome = await this.ask(encodeFrame({ type: 'open', cursors: [], visible: false }), 'welcome');
    this.head = welcome.head;
    return this.ports.now() - since;
  }

  /** Asks for what is newer than the newest. @returns ms until the answer @throws LineError */
  async roundTrip(): Promise<number> {
    const since = this.ports.now();
    await this.ask(encodeFrame({ type: 'read', request: ++this.request, after: this.head, compact: true, aliases: [] }), 'page');
    return this.ports.now() - since;
  }

  /** Says nothing for that long, then asks. @throws LineError where the line did not last */
  async idle(ms: number): Promise<void> {
    await this.until(ms, null);
    await this.roundTrip();
  }

  close(): void {
    this.socket.onclose = this.socket.onmessage = null;
    this.socket.close();
  }

  private async ask<Type extends RelayFrame['type']>(frame: Uint8Array, type: Type): Promise<Extract<RelayFrame, { type: Type }>> {
    const answer = this.until(this.ports.patience, type);
    if (this.closed === null) this.socket.send(frame.slice());
    const found = await answer;
    if (found === null) throw new LineError('silent', 0, 'no answer in time');
    return found as Extract<RelayFrame, { type: Type }>;
  }

  /** The next frame of a type, null when the time is over. @throws LineError when the line ends before */
  private until(ms: number, type: RelayFrame['type'] | null): Promise<RelayFrame | null> {
    return new Promise((resolve, reject) => {
      if (this.closed !== null) return reject(this.closed);
      const done = (end: () => void): void => {
        cancel();
        this.onFrame = this.onClosed = null;
        end();
      };
      const cancel = this.ports.after(ms, () => done(() => resolve(null)));
      this.onFrame = (frame) => {
        if (frame.type === type) done(() => resolve(frame));
      };
      this.onClosed = (error) => done(() => reject(error));
    });
  }

  private read(data: unknown): void {
    try {
      const bytes = new Uint8Array(data as ArrayBuffer);
      if (this.ports.takeOffer?.(bytes)) return;
      const frame = decodeRelayFrame(bytes);
      if (frame.type === 'error') this.refusal = frame.code;
      this.onFrame?.(frame);
    } catch {
      this.refusal = 'VERSION';
      this.socket.close();
    }
  }

  private end(closeCode: number): void {
    this.closed = new LineError('closed', closeCode, `closed with code ${closeCode}`, this.refusal ?? errorOfCloseCode(closeCode));
    this.onClosed?.(this.closed);
  }
}

/** Opens a line, asks, and lets it lie idle. @param idle ms; 0 leaves that out */
export async function* tryLine(relay: string, token: string, ports: LinePorts, idle: number): AsyncGenerator<HopResult, void, void> {
  let line: Line | null = null;
  let since: number | null = null;
  try {
    line = await Line.open(relay, token, ports);
    await line.welcome();
    yield judgeLive(await line.roundTrip());
    if (idle === 0) return;
    since = ports.now();
    await line.idle(idle);
    yield judgeIdle(idle);
  } catch (error) {
    if (!(error instanceof LineError)) throw error;
    yield since === null ? await orPolls(judgeLiveFailure(error), () => tryPolls(relay, token, ports.poll)) : judgeIdleFailure(error, ports.now() - since);
  } finally {
    line?.close();
  }
}

/** @param ms from the hello to the welcome, and of a round trip on the open line */
function judgeLive(ms: number): HopResult {
  return good('live', `The live connection opens and answers in ${Math.max(1, Math.round(ms))} ms.`);
}

function judgeLiveFailure(error: LineError): HopResult {
  const { code, stage, message } = error;
  if (code !== null) return refusedBy('live', code);
  if (stage === 'silent') {
    return bad('live', 'BUFFERED', 'The live connection opens, but what the relay says on it does not arrive.', 'A proxy or security program on the way keeps answers back. In the proxy, turn buffering off for the relay’s path, or let the path pass unread.');
  }
  if (stage === 'closed') return bad('live', 'LINE_CUT', `The live connection opens and is cut at once (${message}).`, 'Look at the proxy’s and the relay’s logs of this minute. A proxy that reads WebSockets must pass binary frames.');
  if (/\b401\b/.test(message)) return refusedBy('live', 'SESSION_EXPIRED');
  if (/\b426\b/.test(message)) return refusedBy('live', 'VERSION');
  return bad('live', 'NO_WEBSOCKET', `Requests pass, but the live connection does not open (${message}).`, 'If a proxy stands before the relay, let it pass WebSockets (the Upgrade header). Some networks and security programs block them.');
}

function judgeIdle(ms: number): HopResult {
  return good('idle', `The line was silent for ${seconds(ms)} and still works.`);
}

/** @param after ms that it lasted */
function judgeIdleFailure(error: LineError, after: number): HopResult {
  if (error.closeCode === 1001) return { ...refusedBy('live', 'SHUTTING_DOWN'), hop: 'idle', name: judgeIdle(0).name };
  const text = error.stage === 'silent' ? `After ${seconds(after)} of silence nothing passes any more.` : `The line was cut after ${seconds(after)} of silence.`;
  return bad('idle', 'IDLE_CUT', `${text} Blockwire reconnects each time, which costs battery and time.`, 'Raise the idle time-out of the proxy (nginx: proxy_read_timeout 1h) or of the router above a minute: there is a sign of life every 25 s, in the background every 50 s.');
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 9_950 ? 1 : 0)} s`;
}
