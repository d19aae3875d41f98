import { Secrets, type SecretsApp } from './secrets';

function app(withSecretStorage: boolean): { app: SecretsApp; local: Map<string, string>; secret: Map<string, string> } {
  const local = new Map<string, string>();
  const secret = new Map<string, string>();
  return {
    local,
    secret,
    app: {
      loadLocalStorage: (key) => local.get(key) ?? null,
      saveLocalStorage: (key, data) => void (data === null ? local.delete(key) : local.set(key, data)),
      ...(withSecretStorage && {
        secretStorage: {
          getSecret: (id) => secret.get(id) ?? null,
          setSecret(id, text) {
            if (!/^[a-z0-9-]+$/.test(id)) throw new Error('invalid id');
            secret.set(id, text);
          },
        },
      }),
    },
  };
}
const random = (length: number): Uint8Array => new Uint8Array(length).fill(0xab);

test('with SecretStorage the keys are only there', () => {
  const it = app(true);
  const secrets = new Secrets(it.app, random);
  expect(secrets.load()).toBeNull();
  secrets.save('keys');
  expect(secrets.load()).toBe('keys');
  expect([...it.local.values()]).not.toContain('keys');
  secrets.forget();
  expect(secrets.load()).toBeNull();
  expect([...it.secret.values()]).toEqual(['']);
  expect(it.local.size).toBe(0);
});

test('without it they are in the local storage of this vault', () => {
  const it = app(false);
  const secrets = new Secrets(it.app, random);
  secrets.save('keys');
  expect(new Secrets(it.app, random).load()).toBe('keys');
  secrets.forget();
  expect(it.local.size).toBe(0);
});

test('keys from before an update of the app are found, and moved with the next save', () => {
  const it = app(true);
  new Secrets({ ...it.app, secretStorage: undefined }, random).save('keys');
  const secrets = new Secrets(it.app, random);
  expect(secrets.load()).toBe('keys');
  secrets.save('keys');
  expect([...it.local.values()]).not.toContain('keys');
  expect(secrets.load()).toBe('keys');
});

test('the vault keeps its id until it is forgotten', () => {
  const it = app(false);
  const id = new Secrets(it.app, random).vaultId();
  expect(id).toBe('abababababababab');
  expect(new Secrets(it.app, (length) => new Uint8Array(length)).vaultId()).toBe(id);
});
