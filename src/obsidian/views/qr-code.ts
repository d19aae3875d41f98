/** A QR code as SVG, built by DOM functions. Black on white in every theme: cameras need it so. */
import { encode } from 'uqr';

/** Modules of white around the code. */
const QUIET_ZONE = 4;

export function addQrCode(parent: HTMLElement, text: string, label: string): SVGElement {
  const { data, size } = encode(text, { ecc: 'M', border: QUIET_ZONE });
  const svg = parent.createSvg('svg', {
    cls: 'blockwire-qr',
    attr: { viewBox: `0 0 ${size} ${size}`, role: 'img', 'aria-label': label, 'shape-rendering': 'crispEdges' },
  });
  svg.createSvg('rect', { cls: 'blockwire-qr-light', attr: { width: size, height: size } });
  svg.createSvg('path', { cls: 'blockwire-qr-dark', attr: { d: darkPath(data) } });
  return svg;
}

/** One horizontal bar per run of dark modules. */
export function darkPath(data: readonly (readonly boolean[])[]): string {
  let path = '';
  data.forEach((row, y) => {
    for (let x = 0; x < row.length; x++) {
      if (!row[x]) continue;
      let end = x + 1;
      while (row[end]) end++;
      path += `M${x} ${y}h${end - x}v1h-${end - x}z`;
      x = end;
    }
  });
  return path;
}
