// Session mode (docs/session-mode.md): no token in the browser at all, and a cookie that does nothing by itself.

import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, habitTest, test } from './fixtures.mjs';
import { CALL } from './support/api.mjs';
import { ANDROID } from './sample.mjs';
import { TOKENS_ONLY } from './support/modes.mjs';

const JWT = /eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]+/;
const SESSION = '__Host-portal-session';
const RESET = `/api/v1.0/me/managedDevices/${ANDROID}/resetPasscode`;

const cookiesOf = async (context) => (await context.cookies()).filter(({ domain }) => domain === 'localhost');
const sessionOf = async (context) => (await cookiesOf(context)).find(({ name }) => name === SESSION);

/** File and title of every test there is, as Playwright itself lists them: titles may be put together. */
async function allTests() {
  const cli = fileURLToPath(import.meta.resolve('@playwright/test/cli'));
  const { stdout } = await promisify(execFile)(process.execPath, [cli, 'test', '--list', '--reporter=json'],
    { cwd: fileURLToPath(new URL('..', import.meta.url)), maxBuffer: 64 * 1024 * 1024 });
  const of = (suite) => [
    ...(suite.specs ?? []).map((spec) => `${basename(spec.file)}: ${spec.title}`),
    ...(suite.suites ?? []).flatMap(of),
  ];
  return JSON.parse(stdout).suites.flatMap(of);
}

/** A page of somebody else. */
async function foreignPage(host) {
  const server = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end('<!doctype html><title>prizes</title>');
  });
  server.listen(0, host);
  await once(server, 'listening');
  return server;
}

/** Everything the page is told or could have kept: bodies of what it fetches, addresses it was at, storage, document. */
class Watch {
  #told = [];

  /** Requests with a token in their address, by anybody. */
  addresses = [];

  /** Answers to what the page did whose body was gone before it could be read. */
  unread = [];

  constructor(page, origin) {
    const isOurs = (address) => address.startsWith(`${origin}/`);
    page.on('request', (request) => {
      if (JWT.test(request.url())) this.addresses.push(request.url().split('?')[0]);
    });
    page.on('response', (response) => {
      const request = response.request();
      // What the provider shows on its own pages is no matter of this page.
      if (!isOurs(request.url())) return;
      this.#told.push(Promise.resolve(`${request.method()} ${request.resourceType()} ${request.postData() ?? ''}`));
      // A stream does not end; what it has sent is no matter of tokens.
      const isStream = response.headers()['content-type']?.startsWith('text/event-stream');
      if (!isStream && ['fetch', 'xhr', 'document'].includes(request.resourceType())) {
        this.#told.push(response.text().catch(() => ''));
      }
      // Once the page has left, the body of the last answer cannot be read: it must not have one. The API's are read on their way.
      if (request.method() === 'POST' && response.status() !== 204 && !CALL.any.test(request.url())) {
        response.text().catch(() => this.unread.push(request.url()));
      }
    });
    page.on('framenavigated', (frame) => {
      if (isOurs(frame.url())) this.#told.push(Promise.resolve(frame.url()));
    });
    page.on('console', (message) => this.#told.push(Promise.resolve(message.text())));
  }

  /** A browser drops the body of an answer that the page has done with: those of posts to the API are read before it has them. */
  async readPosts(page) {
    await page.route(CALL.any, async (route) => {
      if (route.request().method() !== 'POST') return route.fallback();
      const answer = await route.fetch();
      this.#told.push(answer.text());
      return route.fulfill({ response: answer });
    });
  }

  async everything(page) {
    const kept = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href, history.state, document.cookie,
        document.documentElement.outerHTML]));
    const told = await Promise.all(this.#told);
    return told.join('\n') + kept;
  }
}

test('no token reaches the page: not by an answer, not in storage, not in an address, not in the document', async ({ page, portal, stage }) => {
  const watch = new Watch(page, stage.origin);
  await watch.readPosts(page);
  const exchanges = [];
  page.on('request', (request) => {
    if (request.url() === `${stage.issuer}/token`) exchanges.push(request);
  });
  await portal.reset('aiko', ANDROID);
  expect(await watch.everything(page)).not.toMatch(JWT);
  expect(await page.evaluate(() => document.cookie)).toBe('');
  await portal.signOut();
  expect(await watch.everything(page)).not.toMatch(JWT);
  expect(watch.unread).toEqual([]);
  expect(exchanges).toEqual([]);
  // The hint of the provider's sign-out is in the server's redirect to it and nowhere else.
  expect([...new Set(watch.addresses)]).toEqual([`${stage.issuer}/session/end`]);
});

test('no call carries a token, each carries the page’s own header', async ({ portal, api }) => {
  await portal.reset('aiko', ANDROID);
  for (const request of api.requests.filter((one) => !one.url().endsWith('/branding'))) {
    const headers = await request.allHeaders();
    expect(headers.authorization).toBeUndefined();
    expect(headers['x-portal-session']).toBe('p-aiko');
  }
  expect(api.resets).toHaveLength(1);
});

test('the cookie is for this host alone, for no script, and gone after signing out', async ({ context, portal }) => {
  await portal.enter('aiko', '/devices');
  expect(await cookiesOf(context)).toEqual([
    expect.objectContaining({ name: SESSION, path: '/', httpOnly: true, secure: true, sameSite: 'Strict', expires: -1 }),
  ]);
  const { value } = await sessionOf(context);
  await portal.signOut();
  expect(await cookiesOf(context)).toEqual([]);
  // Even put back it opens nothing.
  await context.addCookies([{ name: SESSION, value, domain: 'localhost', path: '/', secure: true, httpOnly: true }]);
  await portal.open('/devices');
  await expect(portal.wayToSignIn).toBeVisible();
});

test('the fresh sign-in changes the cookie, and the one before opens nothing', async ({ context, portal, stage }) => {
  await portal.enter('aiko', `/devices/${ANDROID}`);
  const before = await sessionOf(context);
  await portal.stepUp();
  await expect(portal.lastButton).toBeVisible();
  const after = await sessionOf(context);
  expect(after.value).not.toBe(before.value);
  const headers = { cookie: `${SESSION}=${before.value}`, 'x-portal-session': 'p-aiko' };
  expect((await fetch(`${stage.origin}/api/v1.0/me`, { headers })).status).toBe(401);
});

test('while the person is at the provider nobody is signed in here', async ({ context, portal }) => {
  await portal.enter('aiko', `/devices/${ANDROID}`);
  await portal.explain();
  await portal.leaveForSignIn();
  const other = portal.in(await context.newPage());
  await other.open('/devices');
  await expect(other.wayToSignIn).toBeVisible();
});

habitTest('the server refuses a reset with an old sign-in, whatever a page does', async ({ page, portal, stage }) => {
  await stage.habits({ sign_in_age: 400 });
  await portal.enter('aiko', '/devices');
  const answer = await page.evaluate(async (path) => {
    const headers = { 'X-Portal-Session': 'p-aiko', 'Idempotency-Key': crypto.randomUUID() };
    const response = await fetch(path, { method: 'POST', headers, credentials: 'same-origin' });
    return [response.status, response.headers.get('www-authenticate'), (await response.json()).code];
  }, RESET);
  expect(answer).toEqual([401, expect.stringContaining('max_age="300"'), 'insufficientUserAuthentication']);
});

test('another site can make the browser send nothing that counts', async ({ context, portal, stage, guard, api }) => {
  await portal.reachConfirm('aiko', ANDROID);
  // Another site, and another origin of the same site: neither is the page.
  for (const host of ['127.0.0.1', 'localhost']) {
    const evil = await foreignPage(host);
    const statuses = [];
    const page = await context.newPage();
    page.on('response', (response) => {
      // A refused navigation shows the portal's own page; what that fetches for itself is not the other site's doing.
      const request = response.request();
      const isByTheOther = request.isNavigationRequest() || !request.frame().url().startsWith(stage.origin);
      if (response.url().startsWith(stage.origin) && isByTheOther) statuses.push(response.status());
    });
    guard.pardon(/third party|CORS/);
    await page.goto(`http://${host}:${evil.address().port}/`);
    await page.evaluate(async ([origin, path]) => {
      const simple = { method: 'POST', mode: 'no-cors', credentials: 'include' };
      await fetch(origin + path, simple).catch(() => {});
      await fetch(origin + path, { ...simple, mode: 'cors', headers: { 'X-Portal-Session': 'p-aiko' } }).catch(() => {});
      await fetch(`${origin}/session/sign-out`, simple).catch(() => {});
    }, [stage.origin, RESET]);
    await page.evaluate((address) => location.assign(address), `${stage.origin}/session/sign-in?purpose=stepUp&state=planted`);
    await page.waitForURL(`${stage.origin}/**`);
    expect(statuses.length).toBeGreaterThanOrEqual(3);
    expect(statuses.filter((status) => status < 400)).toEqual([]);
    await page.close();
    evil.close();
    evil.closeAllConnections();
  }
  // Nothing of it counted: no reset, no sign-out, no step-up.
  await portal.lastButton.click();
  await portal.isDone();
  expect(api.resets.filter((request) => new URL(request.url()).pathname === RESET).length).toBeGreaterThan(1);
});

test('signing out everywhere ends the session of another browser', async ({ browser, portal, baseURL }) => {
  const elsewhere = await browser.newContext({ baseURL });
  const other = portal.in(await elsewhere.newPage());
  await other.enter('aiko', '/devices');
  await portal.reset('aiko', ANDROID);
  await portal.openNotifications();
  await portal.link('unrecognized.link', portal.main).first().click();
  await portal.button('unrecognized.everywhere_button').click();
  await portal.isAt('/signed-out');
  await other.open('/devices');
  await expect(other.wayToSignIn).toBeVisible();
  await elsewhere.close();
});

test('somebody else who signs in in another tab does not act in this one', async ({ context, portal, api }) => {
  await portal.reachConfirm('aiko', ANDROID);
  const other = portal.in(await context.newPage());
  await context.clearCookies();
  await other.enter('ben', '/devices');
  await portal.lastButton.click();
  await expect(portal.lastButton).toHaveCount(0);
  await Promise.all(api.resets.map(async (request) => expect((await request.response()).status()).toBe(401)));
});

habitTest('a provider that the server cannot reach is explained, with a way to try again', async ({ portal, stage }) => {
  await portal.open('/devices');
  await expect(portal.wayToSignIn).toBeVisible();
  await stage.habits({ status: 503 });
  await portal.saysWhenSigningIn('providerDown');
  await stage.habits({});
  // The server asks a provider that was down again after a second, not at every press.
  await expect(async () => {
    await portal.wayToSignIn.click({ timeout: 1_000 });
    await expect(portal.provider.userName).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 20_000, intervals: [250] });
});

test('every test that is left out in this mode exists under the name it is left out by', async () => {
  const listed = await allTests();
  for (const [file, titles] of Object.entries(TOKENS_ONLY)) {
    for (const title of Object.keys(titles)) expect(listed).toContain(`${file}: ${title}`);
  }
});
