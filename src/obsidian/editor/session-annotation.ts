/** Marks transactions that a note's session made: the peer knows them already. */
import { Annotation } from '@codemirror/state';

export const ofSession = Annotation.define<true>();
