// ID tokens that are not what they seem (security.md, in the browser 1, 2, 3, 4), from a provider that says whatever it is told.

import { expect, test } from './attack.mjs';
import { habitTest } from './fixtures.mjs';
import { byMode } from './support/modes.mjs';
import { forge, KEYS, read, underTheSameSignature, unsigned } from './support/forger.mjs';
import { ANDROID } from './sample.mjs';

const DETAILS = `/devices/${ANDROID}`;

// The provider knows the person from here on: each further sign-in is one click.
test.beforeEach(({ portal }) => portal.enter('aiko', DETAILS));

const NO_ALGORITHM = 'auth.algorithm_not_allowed';

/** Each case in the same browser: the provider lies, the page refuses with this code. */
async function eachIsRefused({ stage, refused }, cases, lie, { isNewProvider = false } = {}) {
  test.setTimeout(180_000);
  await refused.forgetProvider();
  for (const [name, change, code] of cases) {
    await test.step(name, async () => {
      stage.calm();
      if (isNewProvider) await refused.forgetProvider();
      await lie(change);
      await refused.signingIn(code);
    });
  }
}

test('control: the forger is believed as long as nothing is wrong but who signs', async ({ portal, stage, refused }) => {
  await refused.forgetProvider();
  for (const key of byMode({ token: [KEYS.rsa, KEYS.pss, KEYS.ec, KEYS.p521, KEYS.ed], session: [KEYS.rsa, KEYS.pss, KEYS.ec] })) {
    stage.calm();
    stage.publishForgersKeys();
    stage.forgeIdTokens((token) => forge({ claims: read(token).claims, key }));
    await refused.signIn();
    await portal.isAt('/devices');
  }
});

const claimsOf = (token) => read(token).claims;
/** The header of the provider's own key. */
const honest = (token) => ({ kid: read(token).header.kid, alg: 'RS256' });

const SIGNATURES = [
  ['alg none, no signature', (token) => unsigned({ claims: claimsOf(token) }), NO_ALGORITHM],
  ['alg none, the honest signature', (token) => unsigned({ claims: claimsOf(token), signature: read(token).signature }), NO_ALGORITHM],
  ['alg nOnE', (token) => unsigned({ header: { alg: 'nOnE' }, claims: claimsOf(token) }), NO_ALGORITHM],
  ['alg missing', (token) => unsigned({ header: { typ: 'JWT' }, claims: claimsOf(token) }), 'auth.id_token_malformed'],
  ['RS256 said, no signature', (token) => unsigned({ header: honest(token), claims: claimsOf(token) }), 'auth.signature_invalid'],
  ['HS256 with the public key as the secret', (token) => forge({ claims: claimsOf(token), by: 'HS256', secret: KEYS.rsa.pem }), 'auth.algorithm_not_allowed'],
  ['HS256 with the JWK as the secret', (token) => forge({ claims: claimsOf(token), by: 'HS256', secret: JSON.stringify(KEYS.rsa.jwk) }), 'auth.algorithm_not_allowed'],
  ['RS512, by a key that is for RS256', (token) => forge({ claims: claimsOf(token), by: 'RS512' }), byMode({ token: 'auth.key_not_found', session: 'auth.algorithm_not_allowed' })],
  ['a key that is not in the set', (token) => forge({ claims: claimsOf(token), key: KEYS.foreign }), 'auth.key_not_found'],
  ['the right kid, another key', (token) => forge({ claims: claimsOf(token), key: KEYS.foreign, header: honest(token) }), 'auth.signature_invalid'],
  ['the forger under the kid of another algorithm', (token) => forge({ claims: claimsOf(token), key: KEYS.ec, header: { kid: KEYS.rsa.kid } }), 'auth.key_not_found'],
  ['RS256 said, PS256 signed', (token) => forge({ claims: claimsOf(token), by: 'PS256', header: { alg: 'RS256' } }), 'auth.signature_invalid'],
  ['a key inside the header', (token) => forge({ claims: claimsOf(token), key: KEYS.foreign, header: { ...honest(token), jwk: KEYS.foreign.jwk } }), 'auth.signature_invalid'],
  // The guard of every test sees to it that nobody asks there.
  ['a key at an address in the header', (token) => forge({ claims: claimsOf(token), key: KEYS.foreign, header: { ...honest(token), jku: 'http://127.0.0.1:9/keys', x5u: 'http://127.0.0.1:9/x5u' } }), 'auth.signature_invalid'],
  ['other claims under the honest signature', (token) => underTheSameSignature(token, { sub: 'p-ben' }), 'auth.signature_invalid'],
  ['an extension nobody knows', (token) => forge({ claims: claimsOf(token), header: { crit: ['exp2'], exp2: 1 } }), 'auth.id_token_malformed'],
  ['an access token in its place', (token) => forge({ claims: claimsOf(token), header: { typ: 'at+jwt' } }), 'auth.id_token_malformed'],
  ['no token at all', () => 'three.little.words', 'auth.id_token_malformed'],
  ['an empty token', () => '', byMode({ token: 'auth.token_answer_malformed', session: 'auth.id_token_malformed' })],
];

test('signatures: none, by a wrong key, by another algorithm, over other claims', async ({ stage, refused }) => {
  await eachIsRefused({ stage, refused }, SIGNATURES, (make) => {
    stage.publishForgersKeys();
    stage.forgeIdTokens(make);
  });
});

const KEY_SETS = [
  ['two keys of one kid', (keys) => [...keys, { ...KEYS.foreign.jwk, kid: KEYS.rsa.kid }], 'auth.key_not_found'],
  ['a key for encryption', (keys) => keys.map((key) => ({ ...key, use: 'enc' })), 'auth.key_not_found'],
  ['a key that may only sign', (keys) => keys.map((key) => ({ ...key, key_ops: ['sign'] })), 'auth.key_not_found'],
  ['a key of another algorithm', (keys) => keys.map((key) => ({ ...key, alg: 'PS256' })), 'auth.key_not_found'],
  ['a symmetric key', (keys) => keys.map(({ kid }) => ({ kty: 'oct', kid, k: 'c2VjcmV0' })), 'auth.key_not_found'],
  ['no key', () => [], 'auth.key_not_found'],
];

test('key sets: ambiguous, for something else, symmetric, empty', async ({ stage, refused }) => {
  await eachIsRefused({ stage, refused }, KEY_SETS, (change) => {
    stage.publishForgersKeys(change);
    stage.forgeIdTokens((token) => forge({ claims: claimsOf(token) }));
  }, { isNewProvider: true });
});

const now = () => Math.floor(Date.now() / 1000);

const CLAIMS = [
  ['another issuer', { iss: 'https://evil.example' }, 'auth.token_issuer_mismatch'],
  ['the issuer with a slash', ({ iss }) => ({ iss: `${iss}/` }), 'auth.token_issuer_mismatch'],
  ['no issuer', { iss: undefined }, 'auth.token_issuer_mismatch'],
  ['for another client', { aud: 'another-client' }, 'auth.audience_mismatch'],
  ['for this client and another', ({ aud }) => ({ aud: [aud, 'another-client'] }), 'auth.audience_mismatch'],
  ['for nobody', { aud: undefined }, 'auth.audience_mismatch'],
  ['asked for by another client', { azp: 'another-client' }, 'auth.authorized_party_mismatch'],
  ['expired when it was issued', ({ iat }) => ({ exp: iat - 1 }), 'auth.token_expired'],
  ['without an end', { exp: undefined }, 'auth.token_expired'],
  ['without a beginning', { iat: undefined }, 'auth.issued_at_invalid'],
  ['a wrong nonce', { nonce: 'of-another-sign-in' }, 'auth.nonce_mismatch'],
  ['no nonce', { nonce: undefined }, 'auth.nonce_mismatch'],
  ['signed in tomorrow', () => ({ auth_time: now() + 86_400 }), 'auth.auth_time_in_future'],
  ['signed in never', { auth_time: 0 }, 'auth.auth_time_missing'],
  ['nobody', { sub: undefined }, 'auth.subject_missing'],
  ['an empty person', { sub: '' }, 'auth.subject_missing'],
  ['a person who is a number', { sub: 7 }, 'auth.subject_missing'],
  ['an end that is a text', { exp: 'tomorrow' }, 'auth.token_expired'],
];

test('claims: iss, aud, azp, exp, iat, nonce, auth_time, sub', async ({ stage, refused }) => {
  await eachIsRefused({ stage, refused }, CLAIMS, (change) => {
    stage.forgeClaims(change);
  });
});

test.describe('on the fresh sign-in', () => {
  /** What the forged claims lead to; B never opens, and nothing is posted. */
  const STEP_UPS = [
    ['signed in 301 s before', ({ iat }) => ({ auth_time: iat - 301 }), 'stepUpFailed'],
    ['signed in yesterday', ({ iat }) => ({ auth_time: iat - 86_400 }), 'stepUpFailed'],
    ['the provider does not say when', { auth_time: undefined }, 'stepUpFailed'],
    ['another person, with the right nonce', { sub: 'p-ben' }, 'wrongPerson'],
    ['a wrong nonce', { nonce: 'x' }, 'stepUpFailed'],
  ];

  for (const [name, change, heading] of STEP_UPS) {
    test(`${name}: explained, no last button, nothing posted, and a reload brings nothing back`, async ({ page, portal, stage, api, refused }) => {
      await portal.explain();
      await portal.leaveForSignIn();
      stage.forgeClaims(change);
      // The server has to ask for the keys again, or it would not believe the forger at all.
      await refused.forgetProvider();
      await portal.provider.fill('aiko');
      await expect(portal.headed(heading)).toBeVisible();
      await expect(portal.lastButton).toHaveCount(0);
      stage.calm();
      await page.reload();
      await portal.settles();
      await expect(portal.lastButton).toHaveCount(0);
      expect(api.resets).toHaveLength(0);
    });
  }

  habitTest('the demand for freshness is stripped on the way and the token lies: the server still refuses', async ({ page, portal, stage, api }) => {
    // The page is deceived: the ID token says "just now". The access token is the provider's own and says the truth.
    await stage.habits({ sign_in_age: 400 });
    await portal.explain();
    await portal.leaveForSignIn();
    await stage.habits({ sign_in_age: 400, claims: { auth_time: Math.floor(Date.now() / 1000) } });
    await portal.provider.fill('aiko');
    await expect(portal.lastButton).toBeVisible();
    const answered = page.waitForResponse((response) => response.url().endsWith('/resetPasscode'));
    await portal.lastButton.click();
    expect((await answered).status()).toBe(401);
    await expect(portal.text('explain.again_challenged').first()).toBeVisible();
    await portal.settles();
    expect(api.resets).toHaveLength(1);
  });
});
