// Keys and tokens of a forger: what the sample provider, being certified, never issues. A forged token is signed by a key of
// the forger that stands in the key set beside the provider's own, so that only what a test changed can be wrong with it.

import { constants, createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';

const encode = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const decode = (part) => JSON.parse(Buffer.from(part, 'base64url').toString());

/** How each algorithm signs `text` (RFC 7518 section 3.1). */
const SIGN = {
  RS256: (key, text) => sign('sha256', text, key),
  RS512: (key, text) => sign('sha512', text, key),
  PS256: (key, text) =>
    sign('sha256', text, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }),
  ES256: (key, text) => sign('sha256', text, { key, dsaEncoding: 'ieee-p1363' }),
  ES512: (key, text) => sign('sha512', text, { key, dsaEncoding: 'ieee-p1363' }),
  EdDSA: (key, text) => sign(null, text, key),
  HS256: (secret, text) => createHmac('sha256', secret).update(text).digest(),
};

/** A key pair as the forger uses it. */
class Key {
  constructor(kid, kind, options, alg) {
    const { privateKey } = generateKeyPairSync(kind, options);
    this.private = privateKey;
    this.kid = kid;
    this.alg = alg;
    this.jwk = { ...createPublicKey(privateKey).export({ format: 'jwk' }), kid, alg, use: 'sig' };
  }

  /** The public key as a text file, the secret of the oldest trick. */
  get pem() {
    return createPublicKey(this.private).export({ type: 'spki', format: 'pem' });
  }
}

/** A key that is in the key set, one for each algorithm; and one that is not. */
export const KEYS = {
  rsa: new Key('tests-rsa', 'rsa', { modulusLength: 2048 }, 'RS256'),
  pss: new Key('tests-pss', 'rsa', { modulusLength: 2048 }, 'PS256'),
  ec: new Key('tests-ec', 'ec', { namedCurve: 'P-256' }, 'ES256'),
  p521: new Key('tests-p521', 'ec', { namedCurve: 'P-521' }, 'ES512'),
  ed: new Key('tests-ed', 'ed25519', {}, 'EdDSA'),
  foreign: new Key('tests-foreign', 'rsa', { modulusLength: 2048 }, 'RS256'),
};

/** The keys a forged key set holds besides the provider's own. */
export const PUBLISHED = [KEYS.rsa.jwk, KEYS.pss.jwk, KEYS.ec.jwk, KEYS.p521.jwk, KEYS.ed.jwk];

/** The parts of a compact JWS. */
export function read(token) {
  const [header, claims, signature] = token.split('.');
  return { header: decode(header), claims: decode(claims), signature };
}

/** A compact JWS of any header and claims; `by` names the algorithm really used. */
export function forge({ header = {}, claims, key = KEYS.rsa, by = key.alg, secret }) {
  const whole = { alg: by, kid: key.kid, typ: 'JWT', ...header };
  const signed = `${encode(whole)}.${encode(claims)}`;
  return `${signed}.${SIGN[by](secret ?? key.private, Buffer.from(signed)).toString('base64url')}`;
}

/** A token nobody signed. */
export function unsigned({ header = { alg: 'none' }, claims, signature = '' }) {
  return `${encode(header)}.${encode(claims)}.${signature}`;
}

/** Other claims under the signature of the honest ones. */
export function underTheSameSignature(token, change) {
  const [header, claims, signature] = token.split('.');
  return `${header}.${encode({ ...decode(claims), ...change })}.${signature}`;
}
