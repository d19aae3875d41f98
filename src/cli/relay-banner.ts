/** What a relay says on the terminal when it starts. */
import { renderUnicodeCompact } from 'uqr';

/** How to give a relay an address that phones trust. */
export const TLS_HELP = `Phones need an https address with a certificate that they trust:
  Tailscale   blockwire relay --tailscale
              reaches your own devices only; needs no open port
  Caddy       blockwire relay --public-url https://relay.example.org
              and, on the same computer: caddy reverse-proxy --from relay.example.org --to 127.0.0.1:4747
  Own files   blockwire relay --host 0.0.0.0 --port 443 --tls-cert cert.pem --tls-key key.pem --public-url https://relay.example.org
  Elsewhere   --behind-proxy, when a proxy on another computer does TLS
`;

export function addressBanner(facts: { version: string; url: string; isLocal: boolean; file: string; processes: number | null; metrics: string | null }): string {
  return `Blockwire relay ${facts.version}
  listens on  ${facts.url}${facts.isLocal ? '  (this computer only)' : ''}
  data        ${facts.file}${facts.processes === null ? '' : `\n  WebSockets  in ${facts.processes} further process${facts.processes === 1 ? '' : 'es'}`}${facts.metrics === null ? '' : `\n  metrics     ${facts.metrics}`}

`;
}

/** @param facts `link` null: nothing to set up */
export function linkBanner(facts: { link: string | null; address: string; spaces: number; isLocal: boolean; isTty: boolean }): string {
  const { link, address, spaces, isLocal, isTty } = facts;
  const reach = isLocal ? `This address is for this computer only. ${TLS_HELP}` : `Devices reach it at ${address} (checked just now).\n`;
  if (link === null) {
    const have = spaces === 1 ? 'One space uses' : `${spaces} spaces use`;
    return `${have} this relay. To add a device, choose "Add a device" in Blockwire on a device that has it.\nFor another space start it with --new-space.\n\n${reach}\nStop with Ctrl-C.\n`;
  }
  // A phone that scans an address of this computer gets nowhere.
  const code = isTty && !isLocal ? `\n${renderUnicodeCompact(link, { border: 2 })}\n` : '';
  return `Set-up link, for the first device. It works once, and is shown at each start until then:

  ${link}
${code}
In Obsidian: open the link, or paste it under Blockwire, "Set up". For a folder: blockwire folder <dir> --join '<link>'

${reach}
Stop with Ctrl-C.
`;
}
