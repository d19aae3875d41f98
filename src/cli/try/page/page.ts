/** The try-it page: two vault shells, the relay between them, and what to try. */
import type { DemoState } from '../demo';
import { element } from './element';
import { Latency } from './latency';
import { SealedView } from './sealed-view';
import { Tour } from './tour';
import { VaultWindow, pause, until } from './vault-window';

const query = new URLSearchParams(location.search);
let state: DemoState;
let phoneOffline = false;
let problem: string | null = null;

async function ask(path: string, body?: object): Promise<DemoState> {
  const response = await fetch(`/try/${path}`, body ? { method: 'POST', body: JSON.stringify(body) } : {});
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as DemoState;
}

function applyTheme(): string {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const asked = query.get('theme');
  const set = () => (document.documentElement.dataset['theme'] = asked ?? (dark.matches ? 'dark' : 'light'));
  dark.addEventListener('change', set);
  return set();
}

/** Sets a vault up if it is not, by the demo's own links. */
async function join(vault: VaultWindow): Promise<void> {
  await until(() => vault.device !== null && vault.device.phase !== 'starting');
  const { device } = vault;
  if (device?.phase === 'failed') throw new Error(device.problem?.message ?? 'The plugin did not start.');
  if (device?.phase === 'not-set-up') {
    state = await ask('state');
    const link = state.pairingLink ?? state.setUpLink;
    if (!link) throw new Error(state.relay.running ? 'The demo’s space is not this browser’s. Choose Reset.' : 'Start the relay to set the vaults up.');
    await device.setUp(link, vault.name);
  }
  await until(() => vault.peer !== null);
  if (!state.pairingLink && vault.peer) state = await ask('link', { link: vault.peer.pairingLink() });
}

/** “type here” stood there before the vault was set up, so Blockwire asks about it. Here the answer is yes. */
async function makeFirstBlockLive(laptop: VaultWindow): Promise<void> {
  const unasked = () => laptop.lineOf(/^- type here\b.*#live(?!.*\^bw-)/);
  for (let tries = 0; tries < 40 && unasked() >= 0; tries++) {
    const question = laptop.peer?.questions().find(({ kind }) => kind === 'old-tags');
    if (question) return laptop.peer?.answer(question.id, 'make-live');
    await pause(50);
  }
  const line = unasked();
  if (line >= 0) await laptop.peer?.makeLive(laptop.note, line);
}

async function start(): Promise<void> {
  const theme = applyTheme();
  state = await ask('state');
  const [onLaptop, onPhone] = state.vaults;
  if (!onLaptop || !onPhone) throw new Error('The demo has no vaults.');
  element('seen-file').textContent = state.relay.file;
  document.querySelector('.laptop .detail code')?.replaceChildren(onLaptop.today.replace(/\.md$/, ''));
  const forced: Record<string, string> = query.has('theme') ? { theme } : {};
  const laptop = new VaultWindow(onLaptop.name, onLaptop.today, element<HTMLIFrameElement>('laptop'), forced);
  const phone = new VaultWindow(onPhone.name, onPhone.today, element<HTMLIFrameElement>('phone'), { ...forced, phone: 'ios' });
  const vaults = [laptop, phone];
  const latency = new Latency(vaults);

  const digests = () => {
    const id = laptop.peer?.blocks().find((block) => block.path === laptop.note)?.blockId;
    // A block that waits to land is the same in the store, but nobody can see that it is.
    const stands = (vault: VaultWindow) => vault.peer?.blocks().some((block) => block.blockId === id && block.path !== null) ?? false;
    return id === undefined ? null : vaults.map((vault) => (stands(vault) ? (vault.peer?.digest(id) ?? null) : null));
  };
  const isSame = () => {
    const [here, there] = digests() ?? [];
    return here !== null && here !== undefined && here === there;
  };
  const setPhoneOffline = (offline: boolean) => {
    phoneOffline = offline;
    phone.setOffline(offline);
    latency.forget();
    draw();
  };

  const draw = () => {
    const { running } = state.relay;
    const same = isSame();
    const starting = laptop.peer === null || (phone.peer === null && !phone.isElsewhere);
    const verdict = problem ?? (!running ? 'Relay stopped' : phoneOffline ? 'Phone is offline' : starting ? 'Starting…' : same ? 'Same on both' : 'Catching up…');
    element('stage').dataset['state'] = problem ? 'problem' : !running || phoneOffline ? 'apart' : same && !starting ? 'same' : 'busy';
    if (element('verdict-text').textContent !== verdict) element('verdict-text').textContent = verdict;
    element('relay-text').textContent = running ? state.relay.url.replace('http://', '') : 'stopped; edits wait';
    element('relay-button').textContent = running ? 'Stop relay' : 'Start relay';
    element('relay-button').setAttribute('aria-pressed', String(!running));
    element('offline-button').textContent = phoneOffline ? 'Phone online' : 'Phone offline';
    element('offline-button').setAttribute('aria-pressed', String(phoneOffline));
    element('elsewhere').hidden = !phone.isElsewhere;
    const median = latency.median;
    element('latency').textContent = median === null ? '–' : `${median < 10 ? median.toFixed(1) : Math.round(median)} ms`;
    const [here, there] = digests() ?? [];
    element('digest').textContent = !here ? '–' : here === there ? here.slice(0, 8) : `${here.slice(0, 6)} ≠ ${there?.slice(0, 6) ?? '–'}`;
  };

  element('relay-button').addEventListener('click', () => {
    latency.forget();
    void attempt(async () => {
      state = await ask('relay', { running: !state.relay.running });
      if (state.relay.running) await settle();
    });
  });
  element('offline-button').addEventListener('click', () => setPhoneOffline(!phoneOffline));
  element('window-button').addEventListener('click', () => void attempt(async () => {
    if (await phone.showInWindow()) await join(phone);
    else throw new Error('The browser opened no window.');
  })); // prettier-ignore
  const bringBack = () => attempt(async () => {
    await phone.showInFrame();
    await join(phone);
  }); // prettier-ignore
  element('back-button').addEventListener('click', () => void bringBack());
  element('real-button').addEventListener('click', () => element<HTMLDialogElement>('real').showModal());
  element('reset-button').addEventListener('click', () => element<HTMLDialogElement>('reset').showModal());
  element<HTMLDialogElement>('reset').addEventListener('close', () => {
    const dialog = element<HTMLDialogElement>('reset');
    if (dialog.returnValue === 'yes') void attempt(() => startOver(vaults));
    dialog.returnValue = '';
  });

  async function attempt(task: () => Promise<void>): Promise<void> {
    try {
      await task();
      problem = null;
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
    draw();
  }
  /** Both vaults in the space, and the first block live. */
  async function settle(): Promise<void> {
    for (const vault of vaults) await join(vault);
    await makeFirstBlockLive(laptop);
  }

  const tour = new Tour({ laptop, phone, setPhoneOffline, isPhoneOffline: () => phoneOffline, isSame });
  const sealed = new SealedView(() => blockText(laptop));
  await attempt(async () => {
    await Promise.all(vaults.map((vault) => vault.showInFrame()));
    await settle();
  });
  let wasElsewhere = false;
  window.setInterval(() => {
    if (wasElsewhere && !phone.isElsewhere && !element<HTMLIFrameElement>('phone').src.includes('/vault/')) void bringBack();
    wasElsewhere = phone.isElsewhere;
    draw();
    tour.check();
  }, 150);
  window.setInterval(() => void sealed.refresh().catch(() => undefined), 700);
}

/** The live block of today's note as it stands in the note. */
function blockText(vault: VaultWindow): string {
  const lines = (vault.editor?.state.doc.toString() ?? '').split('\n');
  const first = lines.findIndex((line) => line.includes('^bw-'));
  const after = lines.findIndex((line, i) => i > first && /^\S/.test(line));
  return first < 0 ? '' : lines.slice(first, after < 0 ? undefined : after).join('\n');
}

/** New vaults, a new space, and nothing of the old one in this browser. */
async function startOver(vaults: readonly VaultWindow[]): Promise<void> {
  for (const vault of vaults) await vault.unload();
  await ask('reset', {});
  localStorage.clear();
  for (const { name } of await indexedDB.databases()) if (name) indexedDB.deleteDatabase(name);
  location.reload();
}

start().catch((error: unknown) => {
  element('verdict-text').textContent = error instanceof Error ? error.message : String(error);
});
