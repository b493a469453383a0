// What every host must do. Nothing here is taken from the generator: what somebody removes there is missed here.

/** Besides one address of each screen (portal_contract::addresses): what a person or a provider may make of them. */
export const SCREENS = [
  '/devices/',
  '/devices/6f2c8f0a-1d5e-4a57-9a53-0d8f1c1b2a3e',
  '/callback?code=x&state=y&iss=https%3A%2F%2Flogin.example%2Ftenant',
  '/no-such-address',
];

/** Addresses without a file: an error, and never the page under the name of a script. */
export const MISSING = [
  '/assets/portal-0000000000000000.js',
  '/assets/portal-0000000000000000.wasm',
  '/assets/',
  '/missing.js',
  '/missing.json',
  '/favicon.ico',
];

/** Files that are for the host alone. */
export const HIDDEN = [
  '/.htaccess',
  '/_headers',
  '/_redirects',
  '/headers.json',
  '/portal-caddy.conf',
  '/portal-nginx.conf',
  '/staticwebapp.config.json',
  '/web.config',
  '/sbom/page.cdx.json',
];

/** Ways out of the served directory, to the file beside it. */
export const OUTSIDE = [
  '/../secret.txt',
  '/assets/../../secret.txt',
  '/%2e%2e/secret.txt',
  '/..%2fsecret.txt',
  '/assets/..%2f..%2fsecret.txt',
];

/** `Accept-Encoding` as browsers and proxies send it, and the encoding that must be chosen. */
export const ENCODINGS = [
  {},
  { accepts: 'identity' },
  { accepts: 'gzip', chosen: 'gzip' },
  { accepts: 'gzip, deflate, br, zstd', chosen: 'br' },
  { accepts: 'br;q=0, gzip;q=0.5', chosen: 'gzip' },
];

/** What ends the name of a file in that encoding. */
export const ENDINGS = { gzip: '.gz', br: '.br' };

/** `Cache-Control` of what must never be stored, and of hashed files. */
export const NO_STORE = 'no-store';
export const IMMUTABLE = 'public, max-age=31536000, immutable';

/**
 * What every answer must carry, errors too. The policy is that of the build that `run` and `test` make (`https:`); the digest
 * of the style sheet in the document is `the style sheet` here.
 */
export const EVERYWHERE = {
  'content-security-policy':
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'the style sheet'; img-src 'self' data:; " +
    "connect-src 'self' https:; manifest-src 'self'; base-uri 'none'; form-action 'none'; " +
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy':
    'accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), ' +
    'microphone=(), payment=(), usb=()',
  'strict-transport-security': 'max-age=31536000',
};

/** The media type that a browser must be told. */
export const MEDIA = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
  wasm: 'application/wasm',
  json: 'application/json',
  svg: 'image/svg+xml',
};
