import moment from 'moment';
import { App, SecretStorage } from './app';
import { assumptions } from './assumptions';
import { Editor } from './editor';
import { editorEditorField, editorInfoField, editorLivePreviewField } from './editor-setup';
import { Component, Events } from './events';
import { TAbstractFile, TFile, TFolder, normalizePath } from './files';
import { addIcon, getIcon, getIconIds, setIcon, setTooltip } from './icons';
import { MarkdownView } from './markdown-view';
import { FileManager, MetadataCache } from './metadata';
import { NotInShell, strict } from './not-in-shell';
import { FuzzySuggestModal, Menu, MenuItem, Modal, Notice, Scope, SuggestModal } from './overlays';
import { Platform } from './platform';
import { Plugin } from './plugin';
import { renderMarkdown } from './renderer';
import * as setting from './setting';
import { PluginSettingTab, SettingTab } from './setting-tab';
import { Vault } from './vault';
import { FileView, ItemView, View } from './views';
import { Workspace } from './workspace';
import { WorkspaceLeaf } from './workspace-leaf';

interface Request {
  url: string;
  method?: string;
  contentType?: string;
  body?: string | ArrayBuffer;
  headers?: Record<string, string>;
  throw?: boolean;
}

/** Where a test gives the window a program for it, requests go by that, as the app's do: CORS is not asked. */
type NativeRequest = (request: { url: string; method: string | undefined; body: number[] | string | null }) => Promise<{ status: number; body: number[] }>;

async function send(url: string, method: string | undefined, body: string | ArrayBuffer | undefined, headers: Record<string, string>): Promise<Response> {
  const { nativeRequest } = window as { nativeRequest?: NativeRequest };
  if (nativeRequest === undefined) return fetch(url, { method, body, headers });
  const answer = await nativeRequest({ url, method, body: body instanceof ArrayBuffer ? [...new Uint8Array(body)] : (body ?? null) });
  return new Response(new Uint8Array(answer.body), { status: answer.status });
}

/** Assumption 18. */
async function requestUrl(request: Request | string): Promise<object> {
  const { url, method, contentType, body, headers, throw: throws = true } = typeof request === 'string' ? { url: request } : request;
  const response = await send(url, method, body, { ...headers, ...(contentType && { 'content-type': contentType }) });
  if (throws && response.status >= 400) throw Object.assign(new Error(`Request failed, status ${response.status}`), { status: response.status });
  const arrayBuffer = await response.arrayBuffer();
  const text = new TextDecoder().decode(arrayBuffer);
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    arrayBuffer,
    text,
    get json(): unknown {
      return JSON.parse(text) as unknown;
    },
  };
}

/** The app's debounce: `resetTimer` starts the wait anew at each call; `run` does what waits at once. */
function debounce<A extends unknown[]>(callback: (...args: A) => unknown, wait = 0, resetTimer = false) {
  let timer = 0;
  let last: A | null = null;
  const fire = () => {
    const args = last;
    timer = 0;
    last = null;
    if (args) callback(...args);
  };
  const debounced = (...args: A) => {
    last = args;
    if (timer && resetTimer) window.clearTimeout(timer);
    if (!timer || resetTimer) timer = window.setTimeout(fire, wait);
    return debounced;
  };
  debounced.cancel = () => {
    window.clearTimeout(timer);
    timer = 0;
    last = null;
    return debounced;
  };
  debounced.run = () => {
    window.clearTimeout(timer);
    fire();
  };
  return debounced;
}

class MarkdownRenderChild extends Component {
  constructor(readonly containerEl: HTMLElement) {
    super();
  }
}

const MarkdownRenderer = strict(
  {
    render: (_app: App, markdown: string, el: HTMLElement, sourcePath: string, component: Component) => renderMarkdown(markdown, el, sourcePath, component),
    renderMarkdown: (markdown: string, el: HTMLElement, sourcePath: string, component: Component) => renderMarkdown(markdown, el, sourcePath, component),
  },
  'MarkdownRenderer',
);

const Keymap = strict(
  {
    isModEvent: (event?: KeyboardEvent | MouseEvent | null) => !!event && (event.ctrlKey || event.metaKey),
    isModifier: (event: KeyboardEvent | MouseEvent, modifier: string) => (modifier === 'Shift' ? event.shiftKey : modifier === 'Alt' ? event.altKey : event.ctrlKey || event.metaKey),
  },
  'Keymap',
);

/** What `require('obsidian')` gives. A name that is not here throws `NotInShell` when it is used. */
export const obsidianModule = strict(
  {
    App, SecretStorage, Component, Events, Editor, FileManager, FileView, FuzzySuggestModal, ItemView, Keymap, MarkdownRenderChild, MarkdownRenderer,
    MarkdownView, Menu, MenuItem, MetadataCache, Modal, Notice, Platform, Plugin, PluginSettingTab, Scope, SettingTab, SuggestModal, TAbstractFile, TFile,
    TFolder, Vault, View, Workspace, WorkspaceLeaf,
    BaseComponent: setting.BaseComponent, ValueComponent: setting.ValueComponent, AbstractTextComponent: setting.AbstractTextComponent,
    TextComponent: setting.TextComponent, TextAreaComponent: setting.TextAreaComponent, SearchComponent: setting.SearchComponent,
    ToggleComponent: setting.ToggleComponent, DropdownComponent: setting.DropdownComponent, SliderComponent: setting.SliderComponent,
    ButtonComponent: setting.ButtonComponent, ExtraButtonComponent: setting.ExtraButtonComponent, Setting: setting.Setting,
    addIcon, getIcon, getIconIds, setIcon, setTooltip, normalizePath, requestUrl, debounce, moment,
    editorInfoField, editorViewField: editorInfoField, editorEditorField, editorLivePreviewField,
    apiVersion: assumptions.appVersion,
    requireApiVersion: (version: string) => version.localeCompare(assumptions.appVersion, undefined, { numeric: true }) <= 0,
    getLanguage: () => 'en',
    isBoolean: (value: unknown) => typeof value === 'boolean',
    stripHeading: (heading: string) => heading.replace(/[#|^\\:%[\]]/g, ' ').replace(/\s+/g, ' ').trim(),
  },
  'obsidian',
  // In the app of 1.13; a plugin asks before it uses it.
  ['SettingPage'],
); // prettier-ignore

export { NotInShell };
