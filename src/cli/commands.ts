/** The command table: one file a subcommand, one line here. */
import type { Command } from 'commander';
import { defineDoctor } from './doctor';
import { defineFolder } from './folder';
import { defineFolderChecks } from './folder-checks';
import { defineFolderCopies } from './folder-copies';
import { defineFolderHistory } from './folder-history';
import { defineFolderQuestions } from './folder-questions';
import { defineInspect } from './inspect';
import { defineInstall } from './install';
import { defineRelay } from './relay';
import type { Terminal } from './terminal';
import { defineTry } from './try';

/** Adds one subcommand, with its arguments, options and action, to the program. */
export type DefineCommand = (program: Command, terminal: Terminal) => void;

/** In the order of the help text. */
export const COMMANDS: readonly DefineCommand[] = [
  defineTry, defineRelay, defineInspect, defineInstall, defineFolder, defineFolderQuestions, defineFolderHistory, defineFolderCopies, defineFolderChecks, defineDoctor,
]; // prettier-ignore
