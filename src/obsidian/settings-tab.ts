/** Settings: few, with good defaults. The same rows for apps with and without searchable setting definitions (1.13). */
import { PluginSettingTab, requireApiVersion, Setting, type App, type Plugin, type SettingDefinitionItem } from 'obsidian';
import type { LocalDevice } from './local-device';
import { readMegabytes, readPhrases, readTag, type BlockwireSettings } from './settings';
import { deviceText } from './status/block-text';
import type { Summary } from './status/summary';
import { count } from './status/time-text';

export interface SettingsHost {
  readonly device: LocalDevice;
  readonly settings: BlockwireSettings;
  change(settings: BlockwireSettings): Promise<void>;
  summary(): Summary;
  /** A sentence if the vault's daily-note format can't be read, else null. */
  dailyProblem(): string | null;
  readonly actions: { setUp(): void; addDevice(): void; checkConnection(): void; openStatus(): void; leave(): void; copyReport(): Promise<void>; retry(): void };
}

interface Row {
  readonly name: string;
  readonly desc: string;
  readonly aliases?: readonly string[];
  /** Adds the controls; what it returns is not used. */
  readonly render: (setting: Setting) => unknown;
}
interface Group {
  readonly heading: string;
  readonly rows: readonly Row[];
}

export class BlockwireSettingTab extends PluginSettingTab {
  #stopListening: (() => void) | null = null;
  /** What the rows were built from: they are built anew when it changes, never while the user types. */
  #shown = '';

  constructor(
    app: App,
    plugin: Plugin,
    private readonly host: SettingsHost,
  ) {
    super(app, plugin);
    if (requireApiVersion('1.11.0')) this.icon = 'radio';
  }

  override getSettingDefinitions(): SettingDefinitionItem[] {
    this.#listen();
    return this.#groups().map(({ heading, rows }) => ({
      type: 'group',
      heading,
      items: rows.map(({ name, desc, aliases, render }) => ({
        name,
        desc,
        aliases: [...(aliases ?? [])],
        render: (setting: Setting): void => void render(setting.setName(name).setDesc(desc)),
      })),
    }));
  }

  override display(): void {
    this.#drawAll();
  }

  #drawAll(): void {
    this.#listen();
    const { containerEl } = this;
    containerEl.empty();
    for (const { heading, rows } of this.#groups()) {
      if (heading !== '') new Setting(containerEl).setName(heading).setHeading();
      for (const { name, desc, render } of rows) render(new Setting(containerEl).setName(name).setDesc(desc));
    }
  }

  override hide(): void {
    this.#stopListening?.();
    this.#stopListening = null;
    super.hide();
  }

  #listen(): void {
    this.#shown = this.#state();
    this.#stopListening ??= this.host.device.onChange(() => {
      if (this.#state() === this.#shown || !this.containerEl.isShown()) return;
      // From 1.13 on, the definitions are asked for again; before, everything is drawn again.
      if (requireApiVersion('1.13.0')) this.update();
      else this.#drawAll();
    });
  }

  #state(): string {
    const { device } = this.host;
    return JSON.stringify([device.phase, device.problem, device.name, device.relays, device.peer?.devices().map((one) => [one.device, one.name, one.connected]), device.peer?.questions().map((question) => question.id)]);
  }

  #groups(): Group[] {
    return [
      { heading: 'Live blocks', rows: this.#blockRows() },
      { heading: 'This device and its space', rows: this.#spaceRows() },
      { heading: 'Help', rows: this.#helpRows() },
    ];
  }

  #blockRows(): Row[] {
    const { host } = this;
    const rows: Row[] = [
      {
        name: 'Tag',
        desc: 'A bullet with this tag on its first line becomes live when the cursor leaves the line.',
        aliases: ['live', 'hashtag'],
        render: (setting) =>
          setting.addText((text) => {
            text.setPlaceholder('#live').setValue(host.settings.tag);
            text.inputEl.setAttribute('aria-label', 'Tag');
            text.onChange((value) => {
              const tag = readTag(value);
              text.inputEl.toggleClass('blockwire-invalid', tag === null);
              text.inputEl.setAttribute('aria-invalid', String(tag === null));
              if (tag !== null) void host.change({ ...host.settings, tag });
            });
          }),
      },
      {
        name: 'Phrases',
        desc: 'One a line. A bullet with one of them becomes live without a tag, in daily notes and notes that you have open. Usually empty.',
        render: (setting) =>
          setting.addTextArea((text) => {
            text.setPlaceholder('tracking thoughts').setValue(host.settings.phrases.join('\n'));
            text.inputEl.rows = 3;
            text.inputEl.addClass('blockwire-phrases');
            text.inputEl.setAttribute('aria-label', 'Phrases');
            text.onChange((value) => void host.change({ ...host.settings, phrases: readPhrases(value) }));
          }),
      },
      {
        name: 'Create missing notes',
        desc: 'Off: a block whose note does not exist here waits in the inbox. On: its note is created, with your daily-note template.',
        aliases: ['inbox', 'daily note'],
        render: (setting) => setting.addToggle((toggle) => toggle.setValue(host.settings.createNotes).onChange((createNotes) => void host.change({ ...host.settings, createNotes }))),
      },
      {
        name: 'Files in live blocks',
        desc: 'On: pictures, recordings and other files that a live block embeds or links are on your other devices, too, sealed like the text.',
        aliases: ['attachments', 'images', 'pictures'],
        render: (setting) => setting.addToggle((toggle) => toggle.setValue(host.settings.files).onChange((files) => void host.change({ ...host.settings, files }))),
      },
      {
        name: 'Largest file',
        desc: 'In MB. Larger ones stay where they are.',
        aliases: ['attachments', 'size', 'limit'],
        render: (setting) =>
          setting.addText((text) => {
            text.setPlaceholder('200').setValue(String(host.settings.largestFile));
            text.inputEl.inputMode = 'numeric';
            text.inputEl.setAttribute('aria-label', 'Largest file, in megabytes');
            text.onChange((value) => {
              const largestFile = readMegabytes(value);
              text.inputEl.toggleClass('blockwire-invalid', largestFile === null);
              text.inputEl.setAttribute('aria-invalid', String(largestFile === null));
              if (largestFile !== null) void host.change({ ...host.settings, largestFile });
            });
          }),
      },
    ];
    const problem = host.dailyProblem();
    if (problem) rows.push({ name: 'Daily notes', desc: `${problem} Until then blocks of daily notes go to the inbox.`, render: (setting) => setting.setClass('blockwire-warning') });
    return rows;
  }

  #spaceRows(): Row[] {
    const { device, actions } = this.host;
    if (device.phase === 'not-set-up') {
      return [
        {
          name: 'Not set up yet',
          desc: 'Run "npx blockwire relay" on any computer and paste the link that it shows, or the one that another of your devices shows. Until then nothing leaves this device.',
          aliases: ['set up', 'relay', 'link', 'pair'],
          render: (setting) => setting.addButton((button) => button.setButtonText('Set up').setCta().onClick(() => actions.setUp())),
        },
      ];
    }
    const hasWebTransport = 'WebTransport' in window;
    const { headline, detail } = this.host.summary();
    const rows: Row[] = [
      {
        name: headline,
        desc: detail,
        aliases: ['status', 'sync'],
        render: (setting) => {
          if (device.phase === 'failed') setting.addButton((button) => button.setButtonText('Try again').setCta().onClick(() => actions.retry()));
          setting.addButton((button) => button.setButtonText('Show sync status').onClick(() => actions.openStatus()));
        },
      },
    ];
    const questions = device.peer?.questions() ?? [];
    const oldTags = questions.find((question) => question.kind === 'old-tags');
    if (oldTags) {
      rows.push({
        name: 'Bullets tagged before',
        desc: oldTags.message,
        render: (setting) => setting.addButton((button) => button.setButtonText('Answer').onClick(() => actions.openStatus())),
      });
    }
    rows.push(
      {
        name: 'Name of this device',
        desc: 'Your other devices show it.',
        render: (setting) =>
          setting.addText((text) => {
            text.setValue(device.name);
            text.inputEl.setAttribute('aria-label', 'Name of this device');
            // Every change is told to all devices, so only a finished name counts.
            text.inputEl.addEventListener('change', () => {
              device.rename(text.getValue());
              text.setValue(device.name);
            });
          }),
      },
      {
        name: 'Relay',
        desc: device.relays.join(', '),
        aliases: ['server', 'address', 'connection'],
        render: (setting) => setting.addButton((button) => button.setButtonText('Check the connection').onClick(() => actions.checkConnection())),
      },
      {
        name: 'WebTransport (experimental)',
        desc: hasWebTransport
          ? 'On: connections go by HTTP/3 where your relay offers it, and else by WebSocket, as always. Don’t expect it to be faster. Counts from the next connection.'
          : 'This app has no WebTransport, so connections go by WebSocket, as always. An update of the system may bring it.',
        aliases: ['http/3', 'quic'],
        // What another device turned on may have come along with the vault.
        render: (setting) => setting.addToggle((toggle) => toggle.setDisabled(!hasWebTransport).setValue(hasWebTransport && this.host.settings.webTransport).onChange((webTransport) => void this.host.change({ ...this.host.settings, webTransport }))),
      },
    );
    const devices = device.peer?.devices() ?? [];
    const now = Date.now();
    rows.push({
      name: count(devices.length, 'device'),
      desc: devices.map((one) => `${one.name}: ${deviceText(one, now)}`).join('. '),
      aliases: ['pair', 'phone', 'qr code'],
      render: (setting) => setting.addButton((button) => button.setButtonText('Add a device').setDisabled(device.phase !== 'running').onClick(() => actions.addDevice())),
    });
    rows.push({
      name: 'Leave this space',
      desc: 'Removes every trace of Blockwire from this vault but the text.',
      render: (setting) => setting.addButton((button) => button.setButtonText('Leave').setClass('mod-warning').onClick(() => actions.leave())),
    });
    return rows;
  }

  #helpRows(): Row[] {
    return [
      {
        name: 'Diagnostic report',
        desc: 'Holds no text, key or address.',
        render: (setting) => setting.addButton((button) => button.setButtonText('Copy').onClick(() => void this.host.actions.copyReport())),
      },
    ];
  }
}
