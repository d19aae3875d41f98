/** What two people do with one block in two windows, and what it then is: alone, and with another sync engine over the same vaults. */
import type { Device, World } from './harness';

export interface Stage {
  readonly world: World<'Laptop' | 'Phone'>;
  readonly laptop: Device;
  readonly phone: Device;
  /** The note in which the phone has the block. */
  readonly phoneNote: string;
}

export interface Scenario {
  readonly name: string;
  act(stage: Stage): Promise<void>;
  /** The block on both, with two blanks a level. */
  readonly result: string;
}

/** As the block begins in each. */
export const BLOCK = '- shopping #live\n\t- milk\n\t- bread\n\t- tea\n';

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'typing on either side is on the other',
    async act({ laptop, phone }) {
      await laptop.typeAfter('milk', ' and honey');
      await phone.shows('milk and honey');
      await phone.typeAfter('bread', ', the dark one');
      await laptop.shows('bread, the dark one');
    },
    result: '- shopping #live\n  - milk and honey\n  - bread, the dark one\n  - tea',
  },
  {
    name: 'a bullet moved here and edited there, both offline, is one bullet',
    async act({ laptop, phone }) {
      await phone.offline();
      await laptop.cursorAfter('tea');
      await laptop.press('Alt+ArrowUp', 'Alt+ArrowUp');
      await phone.typeAfter('tea', ' leaves');
      await phone.press('Enter', 'Tab');
      await phone.type('green');
      await phone.online();
    },
    result: '- shopping #live\n  - tea leaves\n    - green\n  - milk\n  - bread',
  },
  {
    name: 'undo takes back one’s own edit, where it is now',
    async act({ laptop, phone }) {
      await laptop.typeAfter('bread', '!!!');
      await phone.shows('bread!!!');
      await phone.cursorAfter('bread!!!');
      await phone.press('Alt+ArrowUp');
      await laptop.until(
        () => laptop.outline(),
        (text) => text.indexOf('bread') < text.indexOf('milk'),
      );
      await laptop.press('Control+z');
    },
    result: '- shopping #live\n  - bread\n  - milk\n  - tea',
  },
  {
    name: 'a relay killed while both type loses nothing',
    async act({ world, laptop, phone }) {
      await laptop.cursorAfter('milk');
      await phone.cursorAfter('tea');
      const typing = Promise.all([laptop.type(' abcdefghijklmnopqrstuvwxyz', 20), phone.type(' zyxwvutsrqponmlkjihgfedcba', 20)]);
      await world.relay.kill9();
      await world.relay.start();
      await typing;
    },
    result: '- shopping #live\n  - milk abcdefghijklmnopqrstuvwxyz\n  - bread\n  - tea zyxwvutsrqponmlkjihgfedcba',
  },
  {
    name: 'a window that was closed finds what changed meanwhile',
    async act({ laptop, phone, phoneNote }) {
      await phone.quit();
      await laptop.typeAfter('tea', ' from Assam');
      await laptop.settled();
      await phone.load(phoneNote);
      await phone.shows('tea from Assam');
    },
    result: '- shopping #live\n  - milk\n  - bread\n  - tea from Assam',
  },
];
