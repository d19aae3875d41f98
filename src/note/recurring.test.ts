import { Device, sync } from './spec-device';

/** What a program does to a root that recurs, in one transaction: its line, id and all, becomes two. */
function recurs(device: Device, line: string, finished: string, next: string): void {
  const from = device.text.indexOf(line);
  const to = device.text.indexOf('\n', from);
  const id = / \^bw-\w+$/.exec(device.text.slice(from, to))?.[0] ?? '';
  device.edit([{ from, to, insert: `${finished}${id}\n${next}` }], 'other');
}

const plain = (device: Device): string => device.text.replace(/ \^bw-\w+/g, '');

function insertAfter(device: Device, anchor: string, insert: string): void {
  const at = device.text.indexOf(anchor) + anchor.length;
  device.edit([{ from: at, to: at, insert }], 'type');
}

describe('a root that recurs, its next line below', () => {
  const given = '- before\n- [ ] water #live 🔁 every day\n\t- kitchen\n\t\t- left\n\t- hall\n- behind\n';

  test('leaves its children with the finished one', () => {
    const [a, b] = [new Device('a', 1, given, '\t'), new Device('b', 2, given, '\t')];
    for (const device of [a, b]) device.makeLive();
    sync(a, b);
    recurs(a, '- [ ] water', '- [x] water #live 🔁 every day ✅ 2026-11-22', '- [ ] water #live 🔁 every day');
    a.check();
    insertAfter(b, 'kitchen', ' window');
    insertAfter(b, 'water', ' twice');
    sync(a, b);
    const finished = '- before\n- [x] water twice #live 🔁 every day ✅ 2026-11-22\n\t- kitchen window\n\t\t- left\n\t- hall\n';
    expect(plain(b)).toBe(`${finished}- behind\n`);
    expect(plain(a)).toBe(`${finished}- [ ] water #live 🔁 every day\n- behind\n`);
    for (const device of [a, b]) device.check();
  });

  test('takes no children of another task', () => {
    const a = new Device('a', 1, given, '\t');
    a.makeLive();
    recurs(a, '- [ ] water', '- [x] water #live 🔁 every day ✅ 2026-11-22', '- [ ] mow 🔁 every week');
    expect(plain(a)).toBe('- before\n- [x] water #live 🔁 every day ✅ 2026-11-22\n- [ ] mow 🔁 every week\n\t- kitchen\n\t\t- left\n\t- hall\n- behind\n');
    a.check();
  });
});
