/** What can be wrong with a relay's data, in words for whoever runs it, and as a code for its devices. */
import type { ErrorCode } from '../protocol';

/**
 * `space-full`, `disk-full` from an append: nothing of it was stored, try again when there is room. `gone`: the file was deleted or replaced
 * while it was open. `foreign`: it is not a relay's. `read-only`, `corrupt`, `gone`, `failed`, and `disk-full` from anything but an append: the engine takes nothing
 * from now on; only a new process can go on.
 */
export type LogFault = 'space-full' | 'disk-full' | 'in-use' | 'newer-schema' | 'not-durable' | 'foreign' | 'read-only' | 'corrupt' | 'gone' | 'failed' | 'closed';

const WITHOUT_BACKUP = 'Without a backup, move the file away and start the relay: the link that it shows founds a new space, in which you make the blocks live again.';

/** What is safe, and what to do. */
const HINTS: Readonly<Record<LogFault, string>> = {
  'space-full': 'Nothing is lost: devices keep their edits.',
  'disk-full': 'What was acknowledged is safe, and devices keep the rest. Free some room on its disk, then start the relay again.',
  'in-use': 'Nothing was changed. Stop that one, or give this one another directory with --data.',
  'newer-schema': 'Nothing was changed. Update Blockwire and start again.',
  'not-durable': 'Nothing was changed. Put --data on a local disk and start again.',
  foreign: 'It was left as it is. Choose another directory with --data.',
  'read-only': 'Nothing in it was changed, and devices keep what was not acknowledged. Let this user write to it and to its directory, then start the relay again.',
  corrupt: `It was left as it is, and the text is on the devices. Stop the relay, put a backup in its place with "blockwire relay restore <backup>", and start it: devices send again what the backup lacks. ${WITHOUT_BACKUP}`,
  gone: 'The relay holds open what it acknowledged. Do not stop it before "blockwire relay backup <file>" has copied that; then stop it, run "blockwire relay restore <file>", and start it.',
  failed: 'What was acknowledged is on the disk, and devices keep the rest. Check the disk, then start the relay again.',
  closed: '',
};

const CODES: Partial<Readonly<Record<LogFault, ErrorCode>>> = {
  'space-full': 'SPACE_FULL',
  'disk-full': 'DISK_FULL',
  'read-only': 'DATA_READ_ONLY',
  corrupt: 'DATA_CORRUPT',
  gone: 'DATA_GONE',
  failed: 'DISK_FAILED',
  closed: 'SHUTTING_DOWN',
};

export class LogError extends Error {
  override readonly name = 'LogError';
  /** What is safe, and what to do: sentences. */
  readonly hint: string;
  constructor(
    readonly reason: LogFault,
    /** What happened: a sentence. May name files, so it is not for devices. */
    message: string,
    options: ErrorOptions & { readonly hint?: string } = {},
  ) {
    super(message, options);
    this.hint = options.hint ?? HINTS[reason];
  }
}

/** What devices are told. */
export function codeOf(reason: LogFault): ErrorCode {
  return CODES[reason] ?? 'INTERNAL';
}
