/** Icons by the names that plugins use: outlines on a 24 x 24 grid. Any other name gives a plain ring, so that a control is never empty. */
const paths: Readonly<Record<string, string>> = {
  check: 'M20 6 9 17l-5-5',
  x: 'M18 6 6 18M6 6l12 12',
  plus: 'M5 12h14M12 5v14',
  menu: 'M4 6h16M4 12h16M4 18h16',
  'more-vertical': 'M12 5v.01M12 12v.01M12 19v.01',
  'book-open': 'M12 7v14M3 18V5a1 1 0 0 1 1-1h5a3 3 0 0 1 3 3 3 3 0 0 1 3-3h5a1 1 0 0 1 1 1v13a1 1 0 0 1-1 1h-6a2 2 0 0 0-2 2 2 2 0 0 0-2-2H4a1 1 0 0 1-1-1z',
  pencil: 'M21.2 6.8a2.8 2.8 0 0 0-4-4L3.8 16.2 2 22l5.8-1.8zM15 5l4 4',
  settings: 'M4 7h10M18 7h2M4 17h2M10 17h10M16 4v6M8 14v6',
  command: 'M4 17l6-6-6-6M12 19h8',
  columns: 'M4 4h16v16H4zM12 4v16',
  'file-text': 'M14 2H6a2 2 0 0 0-2 2v16a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2V8zM14 2v6h6M8 13h8M8 17h8',
  folder: 'M4 4h5l2 3h9v13H4z',
  'calendar-days': 'M5 5h14v16H5zM8 2v5M16 2v5M5 10h14',
  'refresh-cw': 'M3 12a9 9 0 0 1 15-6.7L21 8M21 3v5h-5M21 12a9 9 0 0 1-15 6.7L3 16M3 21v-5h5',
  cloud: 'M17.5 19H9a7 7 0 1 1 6.7-9h1.8a4.5 4.5 0 1 1 0 9z',
  'cloud-off': 'm2 2 20 20M5.8 5.8A7 7 0 0 0 9 19h8.5a4.5 4.5 0 0 0 1.3-.2M21.5 16.5A4.5 4.5 0 0 0 17.5 10h-1.8A7 7 0 0 0 10 5.1',
  files: 'M15 2H8a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h9a2 2 0 0 0 2-2V6zM15 2v4h4M2 8v12a2 2 0 0 0 2 2h10',
  'file-output': 'M14 2H6a2 2 0 0 0-2 2v16a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2V8zM14 2v6h6M8 15h8M13 12l3 3-3 3',
  'list-checks': 'M13 5h8M13 12h8M13 19h8M3 17l2 2 4-4M3 7l2 2 4-4',
  wifi: 'M2 8.8a15 15 0 0 1 20 0M5 12.9a10 10 0 0 1 14 0M8.5 16.4a5 5 0 0 1 7 0M12 20h.01',
  'wifi-off': 'M12 20h.01M8.5 16.4a5 5 0 0 1 7 0M5 12.9a10 10 0 0 1 5.2-2.7M19 12.9a10 10 0 0 0-2-1.5M2 8.8a15 15 0 0 1 4.2-2.6M22 8.8a15 15 0 0 0-11.3-3.8M2 2l20 20',
  link: 'M10 13a5 5 0 0 0 7.5.5l3-3a5 5 0 0 0-7-7l-1.8 1.7M14 11a5 5 0 0 0-7.5-.5l-3 3a5 5 0 0 0 7 7l1.8-1.7',
  inbox: 'M22 12h-6l-2 3h-4l-2-3H2M5.5 5.1 2 12v6a2 2 0 0 0 2 2h16a2 2 0 0 0 2-2v-6l-3.5-6.9A2 2 0 0 0 16.8 4H7.2a2 2 0 0 0-1.7 1.1z',
  'alert-triangle': 'M10.3 3.9 1.8 18a2 2 0 0 0 1.7 3h17a2 2 0 0 0 1.7-3L13.7 3.9a2 2 0 0 0-3.4 0zM12 9v4M12 17h.01',
  'alert-circle': 'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zM12 8v4M12 16h.01',
  'help-circle': 'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zM9.1 9a3 3 0 0 1 5.8 1c0 2-3 3-3 3M12 17h.01',
  history: 'M3 12a9 9 0 1 0 9-9 9.75 9.75 0 0 0-6.74 2.74L3 8M3 3v5h5M12 7v5l4 2',
  smartphone: 'M7 2h10a2 2 0 0 1 2 2v16a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2zM12 18h.01',
  laptop: 'M5 5h14v11H5zM2 20h20',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  'trash-2': 'M3 6h18M8 6V4h8v2M6 6l1 15h10l1-15M10 11v6M14 11v6',
  pause: 'M7 5v14M17 5v14',
  loader: 'M12 2v4M12 18v4M4.9 4.9l2.9 2.9M16.2 16.2l2.9 2.9M2 12h4M18 12h4M4.9 19.1l2.9-2.9M16.2 7.8l2.9-2.9',
  clock: 'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zM12 6v6l4 2',
  'arrow-left': 'M19 12H5M12 19l-7-7 7-7',
  activity: 'M22 12h-4l-3 9L9 3l-3 9H2',
  'arrow-up': 'M12 19V5M5 12l7-7 7 7',
  'arrow-down': 'M12 5v14M19 12l-7 7-7-7',
  radio: 'M4.9 19.1a10 10 0 0 1 0-14.2M7.8 16.2a6 6 0 0 1 0-8.5M16.2 7.8a6 6 0 0 1 0 8.5M19.1 4.9a10 10 0 0 1 0 14.2M12 12h.01',
};
const aliases: Readonly<Record<string, string>> = {
  'triangle-alert': 'alert-triangle', 'circle-alert': 'alert-circle', 'circle-help': 'help-circle', 'calendar': 'calendar-days',
  'loader-2': 'loader', 'loader-circle': 'loader', 'trash': 'trash-2', 'edit': 'pencil', 'check-check': 'check', 'circle-check': 'check', 'monitor': 'laptop', 'link-2': 'link',
}; // prettier-ignore
const added = new Map<string, string>();

export function addIcon(name: string, svg: string): void {
  added.set(name, svg);
}
export function getIconIds(): string[] {
  return [...Object.keys(paths), ...added.keys()];
}

export function getIcon(name: string): SVGSVGElement | null {
  const plain = name.replace(/^lucide-/, '');
  const svg = createSvg('svg', {
    cls: ['svg-icon', `lucide-${plain}`],
    attr: { viewBox: '0 0 24 24', width: 24, height: 24, fill: 'none', stroke: 'currentColor', 'stroke-width': 2, 'stroke-linecap': 'round', 'stroke-linejoin': 'round' },
  });
  const own = added.get(name);
  if (own !== undefined) {
    svg.setAttribute('viewBox', '0 0 100 100');
    for (const node of new DOMParser().parseFromString(`<svg xmlns="http://www.w3.org/2000/svg">${own}</svg>`, 'image/svg+xml').documentElement.childNodes) svg.append(document.importNode(node, true));
  } else svg.createSvg('path', { attr: { d: paths[aliases[plain] ?? plain] ?? 'M12 5a7 7 0 1 0 0 14 7 7 0 0 0 0-14z' } });
  return svg;
}

export function setIcon(parent: HTMLElement, name: string): void {
  const icon = getIcon(name);
  parent.replaceChildren(...(icon && name ? [icon] : []));
}

export function setTooltip(el: HTMLElement, tooltip: string): void {
  el.setAttribute('aria-label', tooltip);
}
