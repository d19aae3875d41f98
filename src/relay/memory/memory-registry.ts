/** The registry in memory, in its plainest form. */
import type { DeviceId, SpaceId } from '../../protocol';
import type { Foundation, Founding, Registry, SessionRecord } from '../registry';

interface Space extends Foundation {
  readonly devices: Map<DeviceId, { readonly key: Uint8Array; heard: number }>;
}

export class MemoryRegistry implements Registry {
  private readonly all = new Map<SpaceId, Space>();
  private readonly sessions = new Map<string, SessionRecord>();
  private readonly tickets = new Set<string>();

  async spaces(): Promise<readonly SpaceId[]> {
    return [...this.all.keys()];
  }

  async space(space: SpaceId): Promise<Foundation | null> {
    return this.all.get(space) ?? null;
  }

  async found(request: Founding): Promise<'founded' | 'known' | 'bad-ticket' | 'taken'> {
    const there = this.all.get(request.space);
    if (there !== undefined) {
      return there.devices.has(request.device) && Buffer.compare(there.admissionKey, request.admissionKey) === 0 ? 'known' : 'taken';
    }
    if (!this.tickets.delete(request.ticket)) return 'bad-ticket';
    const devices = new Map([[request.device, { key: request.deviceKey, heard: request.founded }]]);
    this.all.set(request.space, { admissionKey: request.admissionKey, founded: request.founded, devices });
    return 'founded';
  }

  async admit(space: SpaceId, device: DeviceId, deviceKey: Uint8Array, now: number, most: number): Promise<'admitted' | 'full'> {
    const devices = this.all.get(space)?.devices;
    if (devices === undefined) throw new Error('There is no such space.');
    if (devices.has(device)) return 'admitted';
    if (devices.size >= most) return 'full';
    devices.set(device, { key: deviceKey, heard: now });
    return 'admitted';
  }

  async deviceKey(space: SpaceId, device: DeviceId): Promise<Uint8Array | null> {
    return this.all.get(space)?.devices.get(device)?.key ?? null;
  }

  async heard(space: SpaceId, device: DeviceId, now: number): Promise<void> {
    const found = this.all.get(space)?.devices.get(device);
    if (found !== undefined) found.heard = Math.max(found.heard, now);
  }

  async othersHeard(space: SpaceId, device: DeviceId): Promise<number> {
    const found = this.all.get(space);
    const times = [...(found?.devices ?? [])].filter(([id]) => id !== device).map(([, { heard }]) => heard);
    return times.length > 0 ? Math.max(...times) : (found?.founded ?? 0);
  }

  async openSession(tokenHash: Uint8Array, space: SpaceId, device: DeviceId, expires: number): Promise<void> {
    this.sessions.set(Buffer.from(tokenHash).toString('hex'), { space, device, expires });
  }

  async session(tokenHash: Uint8Array, now: number): Promise<SessionRecord | null> {
    const found = this.sessions.get(Buffer.from(tokenHash).toString('hex'));
    return found === undefined || found.expires <= now ? null : found;
  }

  async extendSession(tokenHash: Uint8Array, expires: number): Promise<void> {
    const key = Buffer.from(tokenHash).toString('hex');
    const found = this.sessions.get(key);
    if (found !== undefined) this.sessions.set(key, { ...found, expires });
  }

  async unusedTicket(): Promise<string | null> {
    return this.tickets.values().next().value ?? null;
  }

  async addTicket(ticket: string): Promise<void> {
    this.tickets.add(ticket);
  }
}
