import { setIcon, setTooltip } from './icons';
import { NotInShell } from './not-in-shell';

export abstract class BaseComponent {
  disabled = false;
  then(callback: (component: this) => unknown): this {
    callback(this);
    return this;
  }
  setDisabled(disabled: boolean): this {
    this.disabled = disabled;
    return this;
  }
}

export abstract class ValueComponent<T> extends BaseComponent {
  protected callback: ((value: T) => unknown) | null = null;
  abstract getValue(): T;
  abstract setValue(value: T): this;
  onChange(callback: (value: T) => unknown): this {
    this.callback = callback;
    return this;
  }
}

export abstract class AbstractTextComponent<E extends HTMLInputElement | HTMLTextAreaElement> extends ValueComponent<string> {
  constructor(readonly inputEl: E) {
    super();
    inputEl.addEventListener('input', () => this.onChanged());
  }
  onChanged(): void {
    this.callback?.(this.getValue());
  }
  getValue(): string {
    return this.inputEl.value;
  }
  setValue(value: string): this {
    this.inputEl.value = value;
    return this;
  }
  setPlaceholder(placeholder: string): this {
    this.inputEl.placeholder = placeholder;
    return this;
  }
  override setDisabled(disabled: boolean): this {
    this.inputEl.disabled = disabled;
    return super.setDisabled(disabled);
  }
}
export class TextComponent extends AbstractTextComponent<HTMLInputElement> {
  constructor(container: HTMLElement) {
    super(container.createEl('input', { type: 'text', attr: { spellcheck: false } }));
  }
}
export class SearchComponent extends AbstractTextComponent<HTMLInputElement> {
  constructor(container: HTMLElement) {
    super(container.createDiv({ cls: 'search-input-container' }).createEl('input', { type: 'search' }));
  }
}
export class TextAreaComponent extends AbstractTextComponent<HTMLTextAreaElement> {
  constructor(container: HTMLElement) {
    super(container.createEl('textarea', { attr: { spellcheck: false } }));
  }
}

export class ToggleComponent extends ValueComponent<boolean> {
  readonly toggleEl: HTMLElement;
  private value = false;
  constructor(container: HTMLElement) {
    super();
    this.toggleEl = container.createDiv({ cls: 'checkbox-container', attr: { role: 'switch', tabindex: 0, 'aria-checked': false } });
    const flip = () => {
      if (this.disabled) return;
      this.setValue(!this.value);
      this.callback?.(this.value);
    };
    this.toggleEl.addEventListener('click', flip);
    this.toggleEl.addEventListener('keydown', (event) => {
      if (event.key !== ' ' && event.key !== 'Enter') return;
      event.preventDefault();
      flip();
    });
  }
  getValue(): boolean {
    return this.value;
  }
  setValue(value: boolean): this {
    this.value = value;
    this.toggleEl.toggleClass('is-enabled', value);
    this.toggleEl.setAttr('aria-checked', value);
    return this;
  }
  setTooltip(tooltip: string): this {
    setTooltip(this.toggleEl, tooltip);
    return this;
  }
  onClick(): void {
    this.toggleEl.click();
  }
  override setDisabled(disabled: boolean): this {
    this.toggleEl.toggleClass('is-disabled', disabled);
    return super.setDisabled(disabled);
  }
}

export class DropdownComponent extends ValueComponent<string> {
  readonly selectEl: HTMLSelectElement;
  constructor(container: HTMLElement) {
    super();
    this.selectEl = container.createEl('select', { cls: 'dropdown' });
    this.selectEl.addEventListener('change', () => this.callback?.(this.getValue()));
  }
  addOption(value: string, display: string): this {
    this.selectEl.createEl('option', { value, text: display });
    return this;
  }
  addOptions(options: Record<string, string>): this {
    for (const [value, display] of Object.entries(options)) this.addOption(value, display);
    return this;
  }
  getValue(): string {
    return this.selectEl.value;
  }
  setValue(value: string): this {
    this.selectEl.value = value;
    return this;
  }
  override setDisabled(disabled: boolean): this {
    this.selectEl.disabled = disabled;
    return super.setDisabled(disabled);
  }
}

export class SliderComponent extends ValueComponent<number> {
  readonly sliderEl: HTMLInputElement;
  constructor(container: HTMLElement) {
    super();
    this.sliderEl = container.createEl('input', { cls: 'slider', type: 'range' });
    this.sliderEl.addEventListener('change', () => this.callback?.(this.getValue()));
  }
  setLimits(min: number | null, max: number | null, step: number | 'any'): this {
    Object.assign(this.sliderEl, { min: String(min ?? 0), max: String(max ?? 100), step: String(step) });
    return this;
  }
  getValue(): number {
    return this.sliderEl.valueAsNumber;
  }
  setValue(value: number): this {
    this.sliderEl.value = String(value);
    return this;
  }
  setDynamicTooltip(): this {
    return this;
  }
}

export class ButtonComponent extends BaseComponent {
  readonly buttonEl: HTMLButtonElement;
  constructor(container: HTMLElement) {
    super();
    this.buttonEl = container.createEl('button');
  }
  setButtonText(text: string): this { this.buttonEl.setText(text); return this; }
  setIcon(icon: string): this { setIcon(this.buttonEl, icon); return this; }
  setCta(): this { this.buttonEl.addClass('mod-cta'); return this; }
  removeCta(): this { this.buttonEl.removeClass('mod-cta'); return this; }
  setWarning(): this { this.buttonEl.addClass('mod-warning'); return this; }
  setDestructive(): this { this.buttonEl.addClass('mod-destructive'); return this; }
  setClass(cls: string): this { this.buttonEl.addClass(cls); return this; }
  setTooltip(tooltip: string): this { setTooltip(this.buttonEl, tooltip); return this; }
  setLoading(loading: boolean): this { this.buttonEl.toggleClass('mod-loading', loading); return this; }
  onClick(callback: (event: MouseEvent) => unknown): this { this.buttonEl.addEventListener('click', (event) => void callback(event)); return this; }
  override setDisabled(disabled: boolean): this { this.buttonEl.disabled = disabled; return super.setDisabled(disabled); }
} // prettier-ignore

export class ExtraButtonComponent extends BaseComponent {
  readonly extraSettingsEl: HTMLElement;
  constructor(container: HTMLElement) {
    super();
    this.extraSettingsEl = container.createDiv({ cls: 'clickable-icon extra-setting-button', attr: { role: 'button', tabindex: 0 } });
    this.setIcon('settings');
  }
  setIcon(icon: string): this { setIcon(this.extraSettingsEl, icon); return this; }
  setTooltip(tooltip: string): this { setTooltip(this.extraSettingsEl, tooltip); return this; }
  onClick(callback: () => unknown): this { this.extraSettingsEl.addEventListener('click', () => void callback()); return this; }
  override setDisabled(disabled: boolean): this { this.extraSettingsEl.toggleClass('is-disabled', disabled); return super.setDisabled(disabled); }
} // prettier-ignore

export class Setting {
  readonly settingEl: HTMLElement;
  readonly infoEl: HTMLElement;
  readonly nameEl: HTMLElement;
  readonly descEl: HTMLElement;
  readonly controlEl: HTMLElement;
  readonly components: BaseComponent[] = [];

  constructor(container: HTMLElement) {
    this.settingEl = container.createDiv({ cls: 'setting-item' });
    this.infoEl = this.settingEl.createDiv({ cls: 'setting-item-info' });
    this.nameEl = this.infoEl.createDiv({ cls: 'setting-item-name' });
    this.descEl = this.infoEl.createDiv({ cls: 'setting-item-description' });
    this.controlEl = this.settingEl.createDiv({ cls: 'setting-item-control' });
  }
  setName(name: string | DocumentFragment): this { this.nameEl.setText(name); return this; }
  setDesc(desc: string | DocumentFragment): this { this.descEl.setText(desc); return this; }
  setClass(cls: string): this { this.settingEl.addClass(cls); return this; }
  setTooltip(tooltip: string): this { setTooltip(this.nameEl, tooltip); return this; }
  setHeading(): this { this.settingEl.addClass('setting-item-heading'); return this; }
  setDisabled(disabled: boolean): this {
    this.settingEl.toggleClass('is-disabled', disabled);
    for (const component of this.components) component.setDisabled(disabled);
    return this;
  }
  addButton(callback: (component: ButtonComponent) => unknown): this { return this.add(new ButtonComponent(this.controlEl), callback); }
  addExtraButton(callback: (component: ExtraButtonComponent) => unknown): this { return this.add(new ExtraButtonComponent(this.controlEl), callback); }
  addToggle(callback: (component: ToggleComponent) => unknown): this {
    this.settingEl.addClass('mod-toggle');
    return this.add(new ToggleComponent(this.controlEl), callback);
  }
  addText(callback: (component: TextComponent) => unknown): this { return this.add(new TextComponent(this.controlEl), callback); }
  addSearch(callback: (component: SearchComponent) => unknown): this { return this.add(new SearchComponent(this.controlEl), callback); }
  addTextArea(callback: (component: TextAreaComponent) => unknown): this { return this.add(new TextAreaComponent(this.controlEl), callback); }
  addDropdown(callback: (component: DropdownComponent) => unknown): this { return this.add(new DropdownComponent(this.controlEl), callback); }
  addSlider(callback: (component: SliderComponent) => unknown): this { return this.add(new SliderComponent(this.controlEl), callback); }
  addColorPicker(): this { throw new NotInShell('Setting.addColorPicker'); }
  addMomentFormat(): this { throw new NotInShell('Setting.addMomentFormat'); }
  then(callback: (setting: this) => unknown): this { callback(this); return this; }
  clear(): this {
    this.controlEl.empty();
    this.components.length = 0;
    return this;
  }
  private add<T extends BaseComponent>(component: T, callback: (component: T) => unknown): this {
    this.components.push(component);
    callback(component);
    return this;
  }
} // prettier-ignore
