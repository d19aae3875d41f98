import type { App } from './app';
import { FuzzySuggestModal } from './overlays';
import { MarkdownView } from './markdown-view';
import type { Editor } from './editor';

export interface Command {
  id: string;
  name: string;
  icon?: string;
  mobileOnly?: boolean;
  callback?: () => unknown;
  checkCallback?: (checking: boolean) => boolean | void;
  editorCallback?: (editor: Editor, view: MarkdownView) => unknown;
  editorCheckCallback?: (checking: boolean, editor: Editor, view: MarkdownView) => boolean | void;
}

/** `app.commands` */
export class Commands {
  readonly commands: Record<string, Command> = {};
  constructor(private readonly app: App) {}

  addCommand(command: Command): void {
    this.commands[command.id] = command;
  }
  removeCommand(id: string): void {
    delete this.commands[id];
  }
  listCommands(): Command[] {
    return Object.values(this.commands).filter((command) => this.run(command, true));
  }
  executeCommandById(id: string): boolean {
    const command = this.commands[id];
    return command !== undefined && this.run(command, true) && this.run(command, false);
  }

  /** @returns whether the command can run now */
  private run(command: Command, checking: boolean): boolean {
    const view = this.app.workspace.getActiveViewOfType(MarkdownView);
    const editing = view?.getMode() === 'source' ? view : null;
    if (command.editorCheckCallback) return editing !== null && command.editorCheckCallback(checking, editing.editor, editing) !== false;
    if (command.editorCallback) {
      if (editing && !checking) void command.editorCallback(editing.editor, editing);
      return editing !== null;
    }
    if (command.checkCallback) return command.checkCallback(checking) !== false;
    if (!checking) void command.callback?.();
    return command.callback !== undefined;
  }
}

export class CommandPalette extends FuzzySuggestModal<Command> {
  constructor(app: App) {
    super(app);
    this.setPlaceholder('Select a command…');
    // A command is about the editor that had the focus.
    this.shouldRestoreSelection = true;
  }
  getItems(): Command[] {
    return this.app.commands.listCommands();
  }
  getItemText(command: Command): string {
    return command.name;
  }
  onChooseItem(command: Command): void {
    this.app.commands.executeCommandById(command.id);
  }
}
