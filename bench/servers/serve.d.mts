import type { Server } from 'node:http';
export function serve(methods: Record<string, (argument: never) => unknown>): void;
export function cpuSeconds(): number;
export function listen(server: Server): Promise<number>;
