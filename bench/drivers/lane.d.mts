export interface LaneSide {
  letter(index: number): void;
  send(bytes: number): Promise<void>;
  received(): Promise<void>;
  close(): void | Promise<void>;
}
export function now(): number;
export function laneMethods(side: () => LaneSide): { hears(count: number): void; methods: Record<string, (argument: never) => unknown> };
