/** What the certificate on a way says, and whether anyone vouches for it. */
import { X509Certificate } from 'node:crypto';
import { checkServerIdentity, connect, rootCertificates, type DetailedPeerCertificate, type TLSSocket } from 'node:tls';
import { judgeHealth, type TlsFacts } from '../../doctor';
import { systemCode } from '../cli-error';
import { ask } from './requests';
import { hostnameOf, portOf, type Way } from './way';

/** @param publicRoots PEM of the roots that browsers and phones ship with */
export async function certificateOf(way: Way, publicRoots: readonly string[] = rootCertificates): Promise<TlsFacts> {
  const nothing: TlsFacts = { failure: null, distrust: null, validFrom: 0, validTo: 0, names: [], isPublic: false, relayNow: null };
  let socket: TLSSocket;
  try {
    socket = await handshake(way);
  } catch (error) {
    return { ...nothing, failure: systemCode(error) || 'unknown' };
  }
  const certificate = socket.getPeerCertificate(true);
  const named = checkServerIdentity(hostnameOf(way.relay), certificate);
  // Despite its type it is a code.
  const refusal = socket.authorizationError as unknown;
  const distrust = socket.authorized ? (named === undefined ? null : 'ERR_TLS_CERT_ALTNAME_INVALID') : typeof refusal === 'string' ? refusal : systemCode(refusal) || 'unknown';
  socket.destroy();
  return {
    failure: null,
    distrust,
    validFrom: Date.parse(certificate.valid_from),
    validTo: Date.parse(certificate.valid_to),
    names: namesOf(certificate),
    isPublic: distrust === null && isAmong(rootOf(certificate), publicRoots),
    relayNow: distrust === 'CERT_HAS_EXPIRED' || distrust === 'CERT_NOT_YET_VALID' ? await clockOf(way) : null,
  };
}

function handshake(way: Way): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const servername = hostnameOf(way.relay);
    const socket = connect({
      host: way.address.address,
      port: portOf(way.relay),
      // An IP address is no server name.
      ...(/^[\d.]+$|:/.test(servername) ? {} : { servername }),
      ...(way.ca === undefined ? {} : { ca: way.ca }),
      // The check itself looks at what is wrong; nothing is sent over this line.
      rejectUnauthorized: false,
      ALPNProtocols: ['http/1.1'],
    });
    const timer = setTimeout(() => socket.destroy(Object.assign(new Error('no handshake in time'), { code: 'ETIMEDOUT' })), way.patience);
    socket.once('secureConnect', () => {
      clearTimeout(timer);
      resolve(socket);
    });
    socket.on('error', (error: Error) => {
      clearTimeout(timer);
      reject(error);
    });
    socket.once('close', () => {
      clearTimeout(timer);
      reject(Object.assign(new Error('the handshake was cut'), { code: 'ECONNRESET' }));
    });
  });
}

async function clockOf(way: Way): Promise<number | null> {
  try {
    return judgeHealth(way.relay, await ask(way, `${way.relay}/health`, { untrusted: true })).now;
  } catch {
    return null;
  }
}

function namesOf({ subject, subjectaltname }: DetailedPeerCertificate): string[] {
  const alternatives = (subjectaltname ?? '').split(', ').flatMap((entry) => /^(?:DNS|IP Address):(.+)$/.exec(entry)?.[1] ?? []);
  return alternatives.length > 0 ? alternatives : [subject.CN].flat().filter((name) => typeof name === 'string');
}

/** The end of the chain, as far as this computer knows it. */
function rootOf(certificate: DetailedPeerCertificate): DetailedPeerCertificate {
  let root = certificate;
  for (let depth = 0; depth < 10 && root.issuerCertificate !== undefined && root.issuerCertificate !== root && root.issuerCertificate.fingerprint256 !== root.fingerprint256; depth++) root = root.issuerCertificate;
  return root;
}

function isAmong(root: DetailedPeerCertificate, roots: readonly string[]): boolean {
  return roots.some((pem) => new X509Certificate(pem).fingerprint256 === root.fingerprint256);
}
