/**
 * This vault's keys on this device: in the app's SecretStorage where it has one (1.11.4), else in its local storage for this
 * vault. Never in `data.json` or the vault, which other engines copy.
 */
import type { KeptSession, LadderKeeper, SessionKeeper } from '../transport';

/** Names this vault's store and secret; made once, and not a secret itself. */
const VAULT_KEY = 'blockwire-vault';
const CREDENTIALS_KEY = 'blockwire-credentials';
const NAME_KEY = 'blockwire-device-name';
const SESSION_KEY = 'blockwire-session';
const WAYS_KEY = 'blockwire-ways';

/** The parts of the app that this needs. `secretStorage` is missing before 1.11.4. */
export interface SecretsApp {
  loadLocalStorage(key: string): unknown;
  saveLocalStorage(key: string, data: string | null): void;
  secretStorage?: { getSecret(id: string): string | null; setSecret(id: string, secret: string): void } | undefined;
}

export class Secrets {
  readonly #app: SecretsApp;
  constructor(
    app: SecretsApp,
    private readonly random: (length: number) => Uint8Array,
  ) {
    this.#app = app;
  }

  /** 16 hexadecimal characters, the same for as long as this device has this vault. */
  vaultId(): string {
    const known = this.#knownId();
    if (known !== null) return known;
    const id = [...this.random(8)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    this.#app.saveLocalStorage(VAULT_KEY, id);
    return id;
  }

  load(): string | null {
    return this.#read('', CREDENTIALS_KEY);
  }

  save(text: string): void {
    this.#write('', CREDENTIALS_KEY, text);
  }

  /** The session with the relay, kept over a restart. */
  readonly sessions: SessionKeeper = {
    load: async () => readSession(this.#read('-session', SESSION_KEY)),
    save: (session) => this.#write('-session', SESSION_KEY, session && JSON.stringify(session)),
  };

  /** Which way to the relay worked last: no secret, but it names the relay. */
  readonly ways: LadderKeeper = {
    load: () => {
      const text = this.#app.loadLocalStorage(WAYS_KEY);
      return typeof text === 'string' ? text : null;
    },
    save: (text) => this.#app.saveLocalStorage(WAYS_KEY, text),
  };

  /** The vault's id goes too: a store is never used by a second identity. */
  forget(): void {
    this.#write('', CREDENTIALS_KEY, null);
    this.#write('-session', SESSION_KEY, null);
    for (const key of [VAULT_KEY, NAME_KEY, WAYS_KEY]) this.#app.saveLocalStorage(key, null);
  }

  /** The name that the user gave this device, kept here because `data.json` may be shared with other devices. */
  get deviceName(): string | null {
    const name = this.#app.loadLocalStorage(NAME_KEY);
    return typeof name === 'string' && name !== '' ? name : null;
  }
  set deviceName(name: string | null) {
    this.#app.saveLocalStorage(NAME_KEY, name);
  }

  #read(suffix: string, localKey: string): string | null {
    const vault = this.#knownId();
    const secret = vault && this.#app.secretStorage?.getSecret(secretId(vault, suffix));
    if (secret) return secret;
    const stored = this.#app.loadLocalStorage(localKey);
    return typeof stored === 'string' && stored !== '' ? stored : null;
  }

  #write(suffix: string, localKey: string, text: string | null): void {
    const storage = this.#app.secretStorage;
    const vault = text === null ? this.#knownId() : this.vaultId();
    if (storage && vault !== null) {
      const id = secretId(vault, suffix);
      // SecretStorage can't delete; it is emptied.
      if (text !== null || storage.getSecret(id)) storage.setSecret(id, text ?? '');
      // An older version of the app may have kept it in local storage.
      if (text !== null && storage.getSecret(id) === text) return this.#app.saveLocalStorage(localKey, null);
    }
    this.#app.saveLocalStorage(localKey, text);
  }

  #knownId(): string | null {
    const known = this.#app.loadLocalStorage(VAULT_KEY);
    return typeof known === 'string' && /^[0-9a-f]{16}$/.test(known) ? known : null;
  }
}

function secretId(vault: string, suffix: string): string {
  return `blockwire-${vault}${suffix}`;
}

function readSession(text: string | null): KeptSession | null {
  try {
    const value = JSON.parse(text ?? 'null') as Partial<KeptSession> | null;
    return typeof value?.token === 'string' && typeof value.validUntil === 'number' ? { token: value.token, validUntil: value.validUntil } : null;
  } catch {
    return null;
  }
}
