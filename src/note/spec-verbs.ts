/** What the verbs of a spec do to a device's text: as an editor would, in the device's own indent. */
import { parseBlock } from '../outline';
import { idRange } from '.';
import { argumentsOf } from './spec-reader';
import type { Device } from './spec-device';
import type { ReadOrigin, TextChange } from '.';

const clips = new WeakMap<Device, string>();

interface Lines {
  /** Start of the first and end of the last line, without its line end. */
  readonly from: number;
  readonly to: number;
}

/** @throws Error if the text that a verb names isn't there, or there is no such verb */
export function perform(device: Device, line: string, indent: string): void {
  const verb = line.replace(/"(?:[^"\\]|\\.)*"/g, '_');
  const [first = '', second = ''] = argumentsOf(line).map((text) => text.replaceAll('\t', indent));
  const { text } = device;
  const edit = (changes: TextChange[], origin: ReadOrigin): void => device.edit(changes, origin);
  const at = (anchor: string): number => {
    const found = text.indexOf(anchor);
    if (found < 0) throw new Error(`${device.name}: no ${JSON.stringify(anchor)} in\n${text}`);
    return found;
  };
  const after = (anchor: string): number => at(anchor) + anchor.length;
  const lineOf = (pos: number): Lines => {
    const end = text.indexOf('\n', pos);
    return { from: text.lastIndexOf('\n', pos - 1) + 1, to: end < 0 ? text.length : end };
  };
  const leadOf = (lines: Lines): string => /^[ \t]*/.exec(text.slice(lines.from, lines.to))?.[0] ?? '';
  const contentOf = (lines: Lines): number => lines.from + (/^[ \t]*(?:(?:[-*+]|\d+[.)]) +(?:\[.\] )?)?/.exec(text.slice(lines.from, lines.to))?.[0].length ?? 0);
  /** The bullet on a line with everything under it. */
  const blockOf = (pos: number): Lines => {
    const { from } = lineOf(pos);
    const { to } = parseBlock(text, from);
    return { from, to: text.charAt(to - 1) === '\n' ? to - 1 : to };
  };
  const shift = (lines: Lines, deeper: boolean): void => {
    const changes: TextChange[] = [];
    for (let pos = lines.from; pos <= lines.to; pos = lineOf(pos).to + 1) {
      if (lineOf(pos).to === pos) continue;
      const step = text.startsWith(indent, pos) ? indent.length : leadOf(lineOf(pos)).length;
      changes.push(deeper ? { from: pos, to: pos, insert: indent } : { from: pos, to: pos + step, insert: '' });
    }
    edit(changes, 'other');
  };
  /** Alt-arrow: the neighbour jumps over the lines. */
  const move = (lines: Lines, up: boolean): void => {
    const neighbour = up ? lineOf(lines.from - 1) : lineOf(lines.to + 1);
    const source = text.slice(neighbour.from, neighbour.to);
    edit(
      up
        ? [{ from: neighbour.from, to: lines.from, insert: '' }, { from: lines.to, to: lines.to, insert: `\n${source}` }]
        : [{ from: lines.from, to: lines.from, insert: `${source}\n` }, { from: lines.to, to: neighbour.to, insert: '' }],
      'move',
    );
  };
  const cut = (lines: Lines): void => {
    clips.set(device, text.slice(lines.from, lines.to));
    edit([{ from: lines.from, to: Math.min(text.length, lines.to + 1), insert: '' }], 'cut');
  };
  const reindent = (source: string, lead: string): string => {
    const own = /^[ \t]*/.exec(source)?.[0] ?? '';
    return source.split('\n').map((one) => lead + (one.startsWith(own) ? one.slice(own.length) : one.trimStart())).join('\n');
  };
  const pasteAfter = (anchor: string, source: string, deeper = false): void => {
    const line = lineOf(at(anchor));
    const end = deeper ? line.to : blockOf(at(anchor)).to;
    edit([{ from: end, to: end, insert: `\n${reindent(source, leadOf(line) + (deeper ? indent : ''))}` }], 'paste');
  };

  switch (verb) {
    case 'type _ after _':
      return typed(device, first, after(second));
    case 'type _ before _':
      return typed(device, first, at(second));
    case 'insert _ after _':
      return edit([{ from: after(second), to: after(second), insert: first }], 'type');
    case 'insert _ before _':
      return edit([{ from: at(second), to: at(second), insert: first }], 'type');
    case 'delete _':
      return edit([{ from: at(first), to: after(first), insert: '' }], 'delete');
    case 'replace _ by _':
      return edit([{ from: at(first), to: after(first), insert: second }], 'other');
    case 'press Enter after _':
      return edit([{ from: after(first), to: after(first), insert: `\n${leadOf(lineOf(at(first)))}- ` }], 'type');
    case 'press Enter before _':
      return edit([{ from: at(first), to: at(first), insert: `\n${leadOf(lineOf(at(first)))}- ` }], 'type');
    case 'join _':
      return edit([{ from: lineOf(at(first)).from - 1, to: contentOf(lineOf(at(first))), insert: '' }], 'delete');
    case 'move _ up':
      return move(blockOf(at(first)), true);
    case 'move _ down':
      return move(blockOf(at(first)), false);
    case 'move line _ up':
      return move(lineOf(at(first)), true);
    case 'move line _ down':
      return move(lineOf(at(first)), false);
    case 'indent _':
      return shift(blockOf(at(first)), true);
    case 'outdent _':
      return shift(blockOf(at(first)), false);
    case 'indent line _':
      return shift(lineOf(at(first)), true);
    case 'outdent line _':
      return shift(lineOf(at(first)), false);
    case 'indent from _ to _':
      return shift({ from: lineOf(at(first)).from, to: lineOf(at(second)).to }, true);
    case 'cut _':
      return cut(blockOf(at(first)));
    case 'cut line _':
      return cut(lineOf(at(first)));
    case 'remove _':
      return cut(blockOf(at(first)));
    case 'paste after _':
      return pasteAfter(first, clips.get(device) ?? '');
    case 'paste under _':
      return pasteAfter(first, clips.get(device) ?? '', true);
    case 'drag _ after _':
    case 'drag _ under _': {
      // One transaction that takes the lines here and puts them there.
      const lines = blockOf(at(first));
      const host = lineOf(at(second));
      const under = verb.endsWith('under _');
      const end = under ? host.to : blockOf(at(second)).to;
      const source = reindent(text.slice(lines.from, lines.to), leadOf(host) + (under ? indent : ''));
      const gone = { from: lines.from - 1, to: lines.to, insert: '' };
      const come = { from: end, to: end, insert: `\n${source}` };
      return edit(gone.from < end ? [gone, come] : [come, gone], 'move');
    }
    case 'tick _':
    case 'untick _': {
      const content = contentOf(lineOf(at(first)));
      return edit([{ from: content - 3, to: content - 2, insert: verb === 'tick _' ? 'x' : ' ' }], 'other');
    }
    case 'add _ after _':
      return pasteAfter(second, first);
    case 'add _ under _':
      return pasteAfter(second, first, true);
    case 'add line _ after line _': {
      const host = lineOf(at(second));
      return edit([{ from: host.to, to: host.to, insert: `\n${first}` }], 'type');
    }
    case 'sort under _': {
      const lines = blockOf(at(first));
      const from = lineOf(at(first)).to + 1;
      const sorted = text.slice(from, lines.to).split('\n').sort();
      return edit([{ from, to: lines.to, insert: sorted.join('\n') }], 'other');
    }
    case 'type _ behind the id':
      return typed(device, first, idEnd(device));
    case 'type _ into the id':
      return typed(device, first, idEnd(device) - 5);
    case 'press Backspace behind the id':
      return edit([{ from: idEnd(device) - 1, to: idEnd(device), insert: '' }], 'delete');
    case 'undo':
      return device.undo();
    case 'redo':
      return device.redo();
    case 'leave the line':
      return device.leaveLine();
    case 'make live':
      return device.makeLive();
    case 'on disk replace _ by _':
      return device.found(text.slice(0, at(first)) + second + text.slice(after(first)));
    case 'on disk remember':
      return void disks.set(device, text);
    case 'on disk bring back':
      return device.found(disks.get(device) ?? text, true);
    default: {
      const paste = /^paste (\d+) lines _ (after|under) _$/.exec(verb);
      if (!paste) throw new Error(`no verb ${verb}`);
      const many = Array.from({ length: Number(paste[1]) }, (_, index) => `- ${first} ${index + 1}`).join('\n');
      return pasteAfter(second, many, paste[2] === 'under');
    }
  }
}

function idEnd(device: Device): number {
  const [block] = device.note.blocks;
  if (!block) throw new Error(`${device.name} has no live block`);
  return idRange(device.note, block).to;
}

const disks = new WeakMap<Device, string>();

/** Letter by letter, as from a keyboard. */
function typed(device: Device, what: string, at: number): void {
  let pos = at;
  for (const letter of what) {
    device.edit([{ from: pos, to: pos, insert: letter }], 'type');
    pos += letter.length;
  }
}
