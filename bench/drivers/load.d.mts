export const WINDOW: number;
export interface Load {
  acknowledged(writer: number, count: number): void;
  delivered(count: number): void;
  run(): Promise<{ seconds: number; delivered: number }>;
}
export function load(writers: readonly { send(from: number, count: number): void; entries: number }[], readers: number): Load;
