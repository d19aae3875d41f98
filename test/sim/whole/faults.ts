/** What the world does to devices, the network and the relay. */
import type { SimDevice } from './device';
import type { Step } from './script';
import type { World } from './world';

const DAY = 24 * 60 * 60 * 1000;

/** @returns what was done, null when nothing could be, undefined when the step is no fault */
export async function disturb(world: World, device: SimDevice, step: Step): Promise<string | null | undefined> {
  const { relay, ledger, network } = world;
  switch (step.deed) {
    case 'go offline':
      if (device.offline) return null;
      device.setOffline(true);
      return '';
    case 'come online':
      if (!device.offline) return null;
      device.setOffline(false);
      return '';
    case 'cut line':
      network.cut(device.id);
      return '';
    case 'half open':
      network.silence(device.id, 1_000 + Math.floor(step.x * 60_000));
      return '';
    // What a full disk never took is lost when the program ends, but for what stands in the file.
    case 'restart':
      if (!device.isUp || device.full) return null;
      await device.stop();
      await world.pass(Math.floor(step.x * 3_000));
      await device.start();
      return '';
    case 'kill':
      if (!device.isUp || device.full) return null;
      device.die(Infinity);
      await device.start();
      return '';
    case 'power cut': {
      if (!device.isUp || device.full) return null;
      device.die(Math.floor(step.x * (device.disk.atRisk + 1)));
      await device.start();
      return '';
    }
    case 'power cut at write':
      if (!device.isUp || device.full) return null;
      device.dieAtWrite(1 + Math.floor(step.x * 8), Math.floor(step.y * 4));
      return '';
    case 'killed while loading':
      if (!device.isUp || device.full) return null;
      await device.stop();
      // Whatever comes of it: the next start is a whole one.
      await device.start(Math.floor(step.x * 60)).catch(() => undefined);
      device.die(Infinity);
      await device.start();
      return '';
    case 'hide':
    case 'show':
      if (!device.isUp) return null;
      device.peer.notify(step.deed === 'hide' ? 'hidden' : 'visible');
      return '';
    case 'relay crash':
      if (!relay.up) return null;
      relay.crash();
      return '';
    case 'relay restart':
      if (relay.up) return null;
      relay.restart();
      return '';
    case 'relay backup':
      relay.log.backup();
      return '';
    case 'relay restore':
      if (!relay.restore()) return null;
      // What only the relay had, and a crash had taken from its author, may be gone for good now.
      ledger.allMayGo(({ by }) => world.devices.find(({ name }) => name === by)?.isUp !== true);
      relay.restart();
      return '';
    case 'relay full':
      relay.log.full = true;
      return '';
    case 'relay has room':
      if (!relay.log.full) return null;
      relay.log.full = false;
      return '';
    case 'relay sync fails':
      relay.log.failNextSync = true;
      return '';
    case 'disk full':
      device.spare();
      device.full = true;
      return '';
    case 'disk has room':
      if (!device.full) return null;
      device.full = false;
      return '';
    case 'clock jump':
      // When a file was saved is all that tells a late one from a new one: beside another engine, a clock that is hours off takes that away.
      if (world.sharesFiles(device)) return null;
      device.skew = Math.round((step.x - 0.5) * 2 * DAY);
      return String(Math.round(device.skew / 60_000));
    case 'clock right':
      if (device.skew === 0) return null;
      device.skew = 0;
      return '';
    case 'copy': {
      if (!device.isUp || device.full || world.devices.length >= 8) return null;
      await device.stop();
      const copy = await world.join(`${device.name}copy${world.devices.length}`, 0, device);
      await device.start();
      return copy.name;
    }
    case 'months':
      device.setOffline(true);
      await world.pass(Math.floor(30 + step.x * 60) * DAY);
      return '';
    default:
      return undefined;
  }
}
