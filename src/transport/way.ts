/** One way to carry frames between a device and a relay: a rung of the ladder. */
import type { CloseReason } from '../sync';

export type WayName = 'webtransport' | 'websocket' | 'stream' | 'long-poll' | 'short-poll';

export interface Way {
  readonly name: WayName;
  /** Whether this relay has it, as far as is known; a way without this question is everywhere. */
  isOffered?(relay: string): boolean;
  /**
   * Opens a channel that is bound to the session of `token`. `signal`: nobody waits for it any more.
   * @returns null when none opened and it can't be said why
   * @throws SessionError when the relay itself refused
   */
  open(relay: string, token: string, events: ChannelEvents, signal: AbortSignal): Promise<Channel | null>;
}

export interface Channel {
  send(frame: Uint8Array): void;
  /** Bytes handed over and not yet taken by the network. */
  buffered(): number;
  /** Without an `onEnd`. */
  close(): void;
}

/** From the moment that a channel is open. */
export interface ChannelEvents {
  onFrame(bytes: Uint8Array): void;
  /** Once, unless this side closed it. */
  onEnd(reason: CloseReason): void;
  /** The relay has told of another way. @param isAnew it was gone before: how it went then says nothing of how it will go */
  onOffer?(isAnew: boolean): void;
}
