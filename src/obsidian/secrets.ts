/**
 * This vault's keys on this device: in the app's SecretStorage where it has one (1.11.4), else in its local storage for this
 * vault. Never in `data.json` or the vault, which other engines copy.
 */
import type { App } from 'obsidian';

/** Names this vault's store and secret; made once, and not a secret itself. */
const VAULT_KEY = 'blockwire-vault';
const CREDENTIALS_KEY = 'blockwire-credentials';
const NAME_KEY = 'blockwire-device-name';

/** The parts of the app that this needs. `secretStorage` is missing before 1.11.4. */
export interface SecretsApp {
  loadLocalStorage(key: string): unknown;
  saveLocalStorage(key: string, data: string | null): void;
  secretStorage?: { getSecret(id: string): string | null; setSecret(id: string, secret: string): void } | undefined;
}

export class Secrets {
  readonly #app: SecretsApp;
  constructor(
    app: App | SecretsApp,
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
    const vault = this.#knownId();
    const secret = vault && this.#app.secretStorage?.getSecret(secretId(vault));
    if (secret) return secret;
    const stored = this.#app.loadLocalStorage(CREDENTIALS_KEY);
    return typeof stored === 'string' && stored !== '' ? stored : null;
  }

  save(text: string): void {
    const storage = this.#app.secretStorage;
    if (storage) {
      const id = secretId(this.vaultId());
      storage.setSecret(id, text);
      // An older version of the app may have kept it here.
      if (storage.getSecret(id) === text) return this.#app.saveLocalStorage(CREDENTIALS_KEY, null);
    }
    this.#app.saveLocalStorage(CREDENTIALS_KEY, text);
  }

  /** SecretStorage can't delete; it is emptied. The vault's id goes too: a store is never used by a second identity. */
  forget(): void {
    const vault = this.#knownId();
    const storage = this.#app.secretStorage;
    if (vault && storage?.getSecret(secretId(vault))) storage.setSecret(secretId(vault), '');
    for (const key of [CREDENTIALS_KEY, VAULT_KEY, NAME_KEY]) this.#app.saveLocalStorage(key, null);
  }

  /** The name that the user gave this device, kept here because `data.json` may be shared with other devices. */
  get deviceName(): string | null {
    const name = this.#app.loadLocalStorage(NAME_KEY);
    return typeof name === 'string' && name !== '' ? name : null;
  }
  set deviceName(name: string | null) {
    this.#app.saveLocalStorage(NAME_KEY, name);
  }

  #knownId(): string | null {
    const known = this.#app.loadLocalStorage(VAULT_KEY);
    return typeof known === 'string' && /^[0-9a-f]{16}$/.test(known) ? known : null;
  }
}

function secretId(vault: string): string {
  return `blockwire-${vault}`;
}
