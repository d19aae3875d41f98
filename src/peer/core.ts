/** The parts of one peer as they know each other. `createPeer` fills it in once; nothing is replaced later. */
import type { Clock, DeviceStore, Random, SyncEngine } from '../sync';
import type { PeerSettings } from './api';
import type { BlockHistory } from './block-history';
import type { BlockDocuments } from './documents';
import type { Files } from './files/files';
import type { IndexDocument } from './index-document';
import type { Landing } from './landing';
import type { BlockLives } from './block-lives';
import type { LiveMaking } from './live-making';
import type { NoteCopies } from './note-copies';
import type { Notes } from './notes';
import type { Vault } from './ports';
import type { Presence } from './presence';
import type { Questions } from './questions';
import type { Verification } from './verification';

export interface Core {
  readonly clock: Clock;
  readonly random: Random;
  readonly store: DeviceStore;
  readonly vault: Vault;
  readonly device: string;
  readonly settings: () => PeerSettings;
  readonly index: IndexDocument;
  readonly documents: BlockDocuments;
  readonly presence: Presence;
  readonly questions: Questions;
  readonly notes: Notes;
  readonly lives: BlockLives;
  readonly landing: Landing;
  readonly making: LiveMaking;
  readonly history: BlockHistory;
  readonly copies: NoteCopies;
  readonly verification: Verification;
  /** null where files stay where they are. */
  readonly files: Files | null;
  readonly engine: SyncEngine;
  /**
   * Resolves when notes may be compared with documents. After a power cut the relay gives back what this device's store has lost, and until then the
   * device's own words in a file would look like another program's.
   */
  readonly recovered: Promise<void>;
  /** Whether this device has read all that the relay had when it connected; false while offline. */
  readonly caughtUp: () => boolean;
  /** Status, questions, inbox, blocks or devices changed. */
  readonly changed: () => void;
  /** Something went wrong that the user should be told, once per code and subject. */
  readonly problem: (code: string, message: string) => void;
  /** Work under way, so that `stop` and `settled` can wait for it. Failures become problems. */
  readonly track: (work: Promise<unknown>) => void;
}
