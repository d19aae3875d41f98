export const chromiumArguments: string[];
export function findChromium(options?: {
  install?: boolean;
  log?: (line: string) => void;
}): { path: string; missing?: undefined } | { path?: undefined; missing: string };
