export interface EventRef {
  readonly owner: Events;
  readonly name: string;
  /** As given to `on`. */
  readonly original: (...data: never[]) => unknown;
  readonly callback: (...data: never[]) => unknown;
}

export class Events {
  private readonly refs = new Map<string, EventRef[]>();

  on(name: string, callback: (...data: never[]) => unknown, context?: unknown): EventRef {
    const bound: EventRef['callback'] = (...data) => callback.apply(context, data);
    const ref: EventRef = { owner: this, name, original: callback, callback: bound };
    this.refs.set(name, [...(this.refs.get(name) ?? []), ref]);
    return ref;
  }

  off(name: string, callback: (...data: never[]) => unknown): void {
    this.refs.set(name, (this.refs.get(name) ?? []).filter((ref) => ref.original !== callback));
  }

  offref(ref: EventRef): void {
    this.refs.set(ref.name, (this.refs.get(ref.name) ?? []).filter((other) => other !== ref));
  }

  trigger(name: string, ...data: unknown[]): void {
    for (const ref of this.refs.get(name) ?? []) this.tryTrigger(ref, data);
  }

  /** A listener that throws does not keep the others from hearing. */
  tryTrigger(ref: EventRef, data: unknown[]): void {
    try {
      ref.callback(...(data as never[]));
    } catch (error) {
      reportError(error);
    }
  }
}

export class Component {
  private loaded = false;
  private children: Component[] = [];
  private cleanups: (() => unknown)[] = [];

  /** Public only in the shell: plugins' `onload` may return a promise that the app waits for. */
  async loadAndWait(): Promise<void> {
    if (this.loaded) return;
    this.loaded = true;
    await (this.onload() as unknown);
    for (const child of [...this.children]) child.load();
  }

  load(): void {
    void this.loadAndWait();
  }

  onload(): void {}

  unload(): void {
    if (!this.loaded) return;
    this.loaded = false;
    for (const child of this.children.splice(0)) child.unload();
    for (const cleanup of this.cleanups.splice(0).reverse()) cleanup();
    this.onunload();
  }

  onunload(): void {}

  addChild<T extends Component>(child: T): T {
    this.children.push(child);
    if (this.loaded) child.load();
    return child;
  }

  removeChild<T extends Component>(child: T): T {
    this.children = this.children.filter((other) => other !== child);
    child.unload();
    return child;
  }

  register(cleanup: () => unknown): void {
    this.cleanups.push(cleanup);
  }

  registerEvent(ref: EventRef): void {
    this.register(() => ref.owner.offref(ref));
  }

  registerDomEvent(target: EventTarget, type: string, listener: EventListener, options?: boolean | AddEventListenerOptions): void {
    target.addEventListener(type, listener, options);
    this.register(() => target.removeEventListener(type, listener, options));
  }

  registerInterval(id: number): number {
    this.register(() => window.clearInterval(id));
    return id;
  }
}
