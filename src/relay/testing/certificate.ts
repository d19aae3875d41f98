/** A certificate for 127.0.0.1, made anew for each test, so that no key lies in the repository. */
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

const DAY = 24 * 60 * 60 * 1000;
const OID = { ecdsaWithSha256: '2a8648ce3d040302', commonName: '550403', subjectAltName: '551d11' };

/** Of an authority that nobody knows, which does not come with it. @returns as `selfSigned` */
export function privatelySigned(): { readonly cert: string; readonly key: string } {
  return certificate(Date.now(), DAY, 'An authority', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
}

/** @param now it is valid so long before and after it: `span`, in ms @returns PEM of both; a client trusts it by taking `cert` as an authority */
export function selfSigned(now = Date.now(), span = DAY): { readonly cert: string; readonly key: string } {
  return certificate(now, span);
}

/** @param issuer its name; its own key signs where no other is given */
function certificate(now: number, span: number, issuer = '127.0.0.1', issuerKey?: KeyObject): { readonly cert: string; readonly key: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(oid(OID.ecdsaWithSha256));
  const alternatives = sequence(oid(OID.subjectAltName), der(0x04, sequence(der(0x87, Buffer.of(127, 0, 0, 1)))));
  const content = sequence(
    der(0xa0, der(0x02, Buffer.of(2))), // X.509 version 3
    der(0x02, Buffer.of(1)),
    algorithm,
    named(issuer),
    sequence(time(now - span), time(now + span)),
    named('127.0.0.1'),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(alternatives)),
  );
  const signed = sequence(content, algorithm, der(0x03, Buffer.concat([Buffer.of(0), sign('sha256', content, issuerKey ?? privateKey)])));
  const lines = signed.toString('base64').replace(/.{1,64}/g, '$&\n');
  return { cert: `-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n`, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

function named(name: string): Buffer {
  return sequence(der(0x31, sequence(oid(OID.commonName), der(0x0c, Buffer.from(name)))));
}

/** Tag, length, content. */
function der(tag: number, content: Uint8Array): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...items: readonly Uint8Array[]): Buffer {
  return der(0x30, Buffer.concat(items));
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

/** UTCTime: YYMMDDHHMMSSZ. */
function time(at: number): Buffer {
  return der(0x17, Buffer.from(`${new Date(at).toISOString().replace(/\D/g, '').slice(2, 14)}Z`));
}
