export function typeAtPace(sides: { type(index: number): void; onLength(heard: (length: number) => void): void }, letters: number, warmUp: number): Promise<number[]>;
