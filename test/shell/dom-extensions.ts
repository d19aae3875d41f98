/** The app's additions to DOM and built-in prototypes (typed by the `obsidian` package). */
import type {} from 'obsidian';

type Info = DomElementInfo | string | undefined;

function apply(el: Element, o: Info): void {
  if (o === undefined) return;
  if (typeof o === 'string') {
    el.className = o;
    return;
  }
  if (o.cls) el.classList.add(...(Array.isArray(o.cls) ? o.cls : o.cls.split(/\s+/)).filter(Boolean));
  if (o.text !== undefined) el.setText(o.text);
  for (const [name, value] of Object.entries(o.attr ?? {})) el.setAttr(name, value);
  if (o.title !== undefined) el.setAttribute('title', o.title);
  for (const name of ['value', 'type', 'placeholder', 'href'] as const) {
    const value = o[name];
    if (value === undefined) continue;
    if (name === 'value') (el as HTMLInputElement).value = value;
    else el.setAttribute(name, value);
  }
  if (o.parent) {
    if (o.prepend) o.parent.insertBefore(el, o.parent.firstChild);
    else o.parent.appendChild(el);
  }
}

function make(tag: string, o: Info, callback?: (el: never) => void): HTMLElement {
  const el = document.createElement(tag);
  apply(el, o);
  callback?.(el as never);
  return el;
}

function makeSvg(tag: string, o: SvgElementInfo | string | undefined, callback?: (el: never) => void): SVGElement {
  const el = document.createElementNS('http://www.w3.org/2000/svg', tag);
  if (typeof o === 'string') el.setAttribute('class', o);
  else apply(el, o);
  callback?.(el as never);
  return el;
}

/** Event type -> listeners by selector, for `on` and `off`. */
const delegated = new WeakMap<EventTarget, { type: string; selector: string; listener: unknown; callback: EventListener }[]>();

function on(this: EventTarget, type: string, selector: string, listener: (event: Event, target: HTMLElement) => unknown, options?: boolean | AddEventListenerOptions): void {
  const callback = (event: Event) => {
    const target = (event.target as Element | null)?.closest?.(selector);
    if (target) listener.call(this, event, target as HTMLElement);
  };
  this.addEventListener(type, callback, options);
  delegated.set(this, [...(delegated.get(this) ?? []), { type, selector, listener, callback }]);
}

function off(this: EventTarget, type: string, selector: string, listener: unknown, options?: boolean | AddEventListenerOptions): void {
  for (const entry of delegated.get(this) ?? [])
    if (entry.type === type && entry.selector === selector && entry.listener === listener) this.removeEventListener(type, entry.callback, options);
}

function define(prototype: object, members: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(members)) {
    const getter = value instanceof Getter ? { get: value.get } : { value, writable: true };
    Object.defineProperty(prototype, name, { ...getter, configurable: true, enumerable: false });
  }
}
class Getter {
  constructor(readonly get: (this: never) => unknown) {}
}

const names = (classes: string | string[]) => (Array.isArray(classes) ? classes : classes.split(/\s+/)).filter(Boolean);

export function extendDom(): void {
  define(Node.prototype, {
    detach(this: Node) { this.parentNode?.removeChild(this); },
    empty(this: Node) { while (this.lastChild) this.removeChild(this.lastChild); },
    appendText(this: Node, text: string) { this.appendChild(document.createTextNode(text)); },
    insertAfter(this: Node, node: Node, child: Node | null) { return this.insertBefore(node, child ? child.nextSibling : this.firstChild); },
    indexOf(this: Node, other: Node) { return Array.prototype.indexOf.call(this.childNodes, other); },
    instanceOf(this: Node, type: new () => unknown) { return this instanceof type; },
    doc: new Getter(function (this: Node) { return this.ownerDocument ?? this; }),
    win: new Getter(function (this: Node) { return (this.ownerDocument ?? (this as Document)).defaultView; }),
    createEl(this: Node, tag: string, o?: Info, callback?: (el: never) => void) {
      const el = make(tag, o, callback);
      if (typeof o === 'object' && o.prepend) this.insertBefore(el, this.firstChild);
      else this.appendChild(el);
      return el;
    },
    createDiv(this: Node, o?: Info, callback?: (el: HTMLDivElement) => void) { return this.createEl('div', o, callback); },
    createSpan(this: Node, o?: Info, callback?: (el: HTMLSpanElement) => void) { return this.createEl('span', o, callback); },
    createSvg(this: Node, tag: string, o?: SvgElementInfo | string, callback?: (el: never) => void) { return this.appendChild(makeSvg(tag, o, callback)); },
  }); // prettier-ignore
  define(Element.prototype, {
    getText(this: Element) { return this.textContent ?? ''; },
    setText(this: Element, text: string | DocumentFragment) { this.replaceChildren(text); },
    addClass(this: Element, ...classes: string[]) { this.classList.add(...classes.flatMap(names)); },
    addClasses(this: Element, classes: string[]) { this.classList.add(...names(classes)); },
    removeClass(this: Element, ...classes: string[]) { this.classList.remove(...classes.flatMap(names)); },
    removeClasses(this: Element, classes: string[]) { this.classList.remove(...names(classes)); },
    toggleClass(this: Element, classes: string | string[], value: boolean) { for (const name of names(classes)) this.classList.toggle(name, value); },
    hasClass(this: Element, name: string) { return this.classList.contains(name); },
    setAttr(this: Element, name: string, value: string | number | boolean | null) { if (value === null) this.removeAttribute(name); else this.setAttribute(name, String(value)); },
    setAttrs(this: Element, attributes: Record<string, string | number | boolean | null>) { for (const [name, value] of Object.entries(attributes)) this.setAttr(name, value); },
    getAttr(this: Element, name: string) { return this.getAttribute(name); },
    matchParent(this: Element, selector: string) { return this.closest(selector); },
    find(this: Element, selector: string) { return this.querySelector(selector); },
    findAll(this: Element, selector: string) { return [...this.querySelectorAll(selector)]; },
    findAllSelf(this: Element, selector: string) { return [...(this.matches(selector) ? [this] : []), ...this.querySelectorAll(selector)]; },
    isActiveElement(this: Element) { return this.ownerDocument.activeElement === this; },
    getCssPropertyValue(this: Element, property: string) { return getComputedStyle(this).getPropertyValue(property); },
    setCssStyles(this: HTMLElement, styles: Partial<CSSStyleDeclaration>) { Object.assign(this.style, styles); },
    setCssProps(this: HTMLElement, properties: Record<string, string>) { for (const [name, value] of Object.entries(properties)) this.style.setProperty(name, value); },
  }); // prettier-ignore
  define(HTMLElement.prototype, {
    show(this: HTMLElement) { this.style.display = ''; },
    hide(this: HTMLElement) { this.style.display = 'none'; },
    toggle(this: HTMLElement, show: boolean) { this.style.display = show ? '' : 'none'; },
    toggleVisibility(this: HTMLElement, visible: boolean) { this.style.visibility = visible ? '' : 'hidden'; },
    isShown(this: HTMLElement) { return this.offsetParent !== null; },
    onClickEvent(this: HTMLElement, listener: EventListener, options?: boolean | AddEventListenerOptions) { this.addEventListener('click', listener, options); this.addEventListener('auxclick', listener, options); },
    trigger(this: HTMLElement, type: string) { this.dispatchEvent(new Event(type, { bubbles: true })); },
    on,
    off,
  }); // prettier-ignore
  define(Document.prototype, { on, off });
  define(DocumentFragment.prototype, {
    find(this: DocumentFragment, selector: string) { return this.querySelector(selector); },
    findAll(this: DocumentFragment, selector: string) { return [...this.querySelectorAll(selector)]; },
  }); // prettier-ignore
  define(UIEvent.prototype, {
    instanceOf(this: UIEvent, type: new () => unknown) { return this instanceof type; },
    doc: new Getter(() => document),
    win: new Getter(() => window),
    targetNode: new Getter(function (this: UIEvent) { return this.target; }),
  }); // prettier-ignore
  define(Array.prototype, {
    first(this: unknown[]) { return this[0]; },
    last(this: unknown[]) { return this[this.length - 1]; },
    contains(this: unknown[], item: unknown) { return this.includes(item); },
    remove(this: unknown[], item: unknown) { for (let i = this.length - 1; i >= 0; i--) if (this[i] === item) this.splice(i, 1); },
    unique(this: unknown[]) { return [...new Set(this)]; },
  }); // prettier-ignore
  define(String.prototype, { contains(this: string, part: string) { return this.includes(part); } }); // prettier-ignore
  define(Math, { clamp: (value: number, min: number, max: number) => Math.min(Math.max(value, min), max), square: (value: number) => value * value });
  define(window, {
    activeWindow: window,
    activeDocument: document,
    sleep: (ms: number) => new Promise((done) => setTimeout(done, ms)),
    nextFrame: () => new Promise((done) => requestAnimationFrame(done)),
    createEl: make,
    createDiv: (o?: Info, callback?: (el: never) => void) => make('div', o, callback),
    createSpan: (o?: Info, callback?: (el: never) => void) => make('span', o, callback),
    createSvg: makeSvg,
    createFragment: (callback?: (el: DocumentFragment) => void) => {
      const fragment = document.createDocumentFragment();
      callback?.(fragment);
      return fragment;
    },
    isBoolean: (value: unknown) => typeof value === 'boolean',
    fish: (selector: string) => document.querySelector(selector),
    fishAll: (selector: string) => [...document.querySelectorAll(selector)],
    ready: (callback: () => unknown) => callback(),
  });
}
