// The sample provider itself, in a real browser and without the page: if these fail, no other failure means anything.

import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, LANGUAGES, providerTest } from './fixtures.mjs';
import { violations } from './support/axe.mjs';
import { PASSWORD, PEOPLE } from './sample.mjs';

const API = 'urn:passcode-portal:api';

const test = providerTest.extend({
  /** An empty page at the portal's address: what the provider redirects to. */
  standIn: [
    async ({ stage }, use) => {
      const server = createServer((_request, response) => {
        response.setHeader('Content-Type', 'text/html');
        response.end('<!doctype html><title>back</title>');
      });
      server.listen(stage.port, 'localhost');
      await once(server, 'listening');
      await use();
      server.close();
      server.closeAllConnections();
    },
    { auto: true },
  ],
});

function request(stage, more = {}) {
  const verifier = randomBytes(32).toString('base64url');
  const address = new URL('/auth', stage.issuer);
  address.search = new URLSearchParams({
    client_id: 'passcode-portal',
    response_type: 'code',
    redirect_uri: `${stage.origin}/callback`,
    scope: 'openid profile email devices',
    resource: API,
    state: 'the-state',
    nonce: 'the-nonce',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...more,
  });
  return { address: address.href, verifier };
}

async function submit(page, username, password = PASSWORD) {
  await page.locator('input[name=login]').fill(username);
  await page.locator('input[name=password]').fill(password);
  await page.locator('button[type=submit]').click();
}

async function answer(page, stage) {
  await expect(page).toHaveURL((address) => address.href.startsWith(`${stage.origin}/callback?`));
  return new URL(page.url()).searchParams;
}

async function exchange(stage, code, verifier) {
  const response = await fetch(`${stage.issuer}/token`, {
    method: 'POST',
    headers: { origin: stage.origin },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: 'passcode-portal',
      redirect_uri: `${stage.origin}/callback`,
      code,
      code_verifier: verifier,
    }),
  });
  expect(response.status).toBe(200);
  expect(response.headers.get('access-control-allow-origin')).toBe(stage.origin);
  return response.json();
}

const claims = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
const header = (token) => JSON.parse(Buffer.from(token.split('.')[0], 'base64url').toString());

async function signIn(page, stage, more, username = PEOPLE.aiko) {
  const { address, verifier } = request(stage, more);
  await page.goto(address);
  await submit(page, username);
  return exchange(stage, (await answer(page, stage)).get('code'), verifier);
}

test('a sign-in gives an access token for the API with auth_time and names, and no refresh token', async ({ page, stage }) => {
  const tokens = await signIn(page, stage);
  expect(header(tokens.access_token)).toMatchObject({ alg: 'RS256', typ: 'at+jwt' });
  expect(claims(tokens.access_token)).toMatchObject({
    iss: stage.issuer,
    aud: API,
    sub: 'p-aiko',
    scope: 'devices',
    amr: ['pwd'],
    preferred_username: PEOPLE.aiko,
    auth_time: expect.any(Number),
    name: expect.stringContaining('Aiko'),
  });
  expect(claims(tokens.id_token)).toMatchObject({ sub: 'p-aiko', nonce: 'the-nonce', auth_time: expect.any(Number) });
  expect(tokens).not.toHaveProperty('refresh_token');
});

test('a wrong password is refused with an alert and the user name stays', async ({ page, stage }) => {
  await page.goto(request(stage).address);
  await submit(page, PEOPLE.aiko, 'wrong');
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(page.locator('input[name=login]')).toHaveValue(PEOPLE.aiko);
  await expect(page.locator('input[name=password]')).toHaveValue('');
});

test('cancelling returns access_denied with the state', async ({ page, stage }) => {
  await page.goto(request(stage).address);
  await page.locator('a[href$="/cancel"]').click();
  const returned = await answer(page, stage);
  expect(returned.get('error')).toBe('access_denied');
  expect(returned.get('state')).toBe('the-state');
});

test('a login hint fills in the user name', async ({ page, stage }) => {
  await page.goto(request(stage, { login_hint: PEOPLE.ben }).address);
  await expect(page.locator('input[name=login]')).toHaveValue(PEOPLE.ben);
  await expect(page.locator('input[name=password]')).toBeFocused();
});

test('prompt=none is silent with a session and an error without', async ({ page, stage }) => {
  await page.goto(request(stage, { prompt: 'none' }).address);
  expect((await answer(page, stage)).get('error')).toBe('login_required');
  await signIn(page, stage);
  await page.goto(request(stage, { prompt: 'none' }).address);
  expect((await answer(page, stage)).get('code')).toBeTruthy();
});

test('prompt=login asks again and somebody else can answer', async ({ page, stage }) => {
  await signIn(page, stage);
  const other = await signIn(page, stage, { prompt: 'login', max_age: '300' }, PEOPLE.ben);
  expect(claims(other.id_token).sub).toBe('p-ben');
});

test('signing out asks nothing, ends the session and returns with the state', async ({ page, stage }) => {
  const tokens = await signIn(page, stage);
  const address = new URL('/session/end', stage.issuer);
  address.search = new URLSearchParams({
    id_token_hint: tokens.id_token,
    post_logout_redirect_uri: `${stage.origin}/signed-out`,
    state: 'the-end',
  });
  await page.goto(address.href);
  await page.waitForURL(`${stage.origin}/signed-out?state=the-end`);
  await page.goto(request(stage, { prompt: 'none' }).address);
  expect((await answer(page, stage)).get('error')).toBe('login_required');
});

for (const language of LANGUAGES) {
  for (const colorScheme of ['light', 'dark']) {
    test.describe(() => {
      test.use({ language, colorScheme });
      test(`the sign-in page is accessible in ${language}, ${colorScheme}`, async ({ page, stage }) => {
        await page.goto(request(stage).address);
        await expect(page.locator('html')).toHaveAttribute('lang', language);
        expect(await violations(page)).toEqual([]);
        await submit(page, PEOPLE.aiko, 'wrong');
        await expect(page.getByRole('alert')).toBeVisible();
        expect(await violations(page)).toEqual([]);
      });
    });
  }
}
