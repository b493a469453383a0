// Signing in, the fresh sign-in, and everything that can be wrong about one (idp.md; security.md, in the browser 1-6, 11).

import { CORE, expect, habitTest, test } from './fixtures.mjs';
import { CALL, interfere, problem } from './support/api.mjs';
import { MODE } from './support/modes.mjs';
import { ANDROID } from './sample.mjs';

const DETAILS = `/devices/${ANDROID}`;
const RESET = `${DETAILS}/reset-passcode`;

/** Parameters of the last request for a sign-in. */
function authorizeRequests(page, stage) {
  const seen = [];
  page.on('request', (request) => {
    const address = new URL(request.url());
    if (address.origin === stage.issuer && address.pathname === '/auth') seen.push(address.searchParams);
  });
  return seen;
}

test('the fresh sign-in asks for prompt=login, max_age=300, PKCE, and fills in who it was', async ({ page, portal, stage }) => {
  await portal.enter('aiko', DETAILS);
  const asked = authorizeRequests(page, stage);
  await portal.explain();
  await portal.leaveForSignIn();
  await expect(portal.provider.userName).toHaveValue('aiko@example.test');
  const parameters = Object.fromEntries(asked.at(-1));
  expect(parameters).toMatchObject({
    prompt: 'login',
    max_age: '300',
    response_type: 'code',
    code_challenge_method: 'S256',
    ...(MODE === 'token' && { resource: 'urn:passcode-portal:api' }),
  });
  expect(parameters.scope.split(' ')).not.toContain('offline_access');
});

habitTest('a provider that did not ask again is explained, and one button starts again', CORE, async ({ portal, stage, api }) => {
  await portal.enter('aiko', DETAILS);
  await stage.habits({ sign_in_age: 301 });
  await portal.stepUp();
  await expect(portal.headed('stepUpFailed')).toBeVisible();
  await expect(portal.lastButton).toHaveCount(0);
  await stage.habits({});
  await portal.command('startAgain', portal.main).first().click();
  await portal.finishesStepUp('aiko');
  await expect(portal.lastButton).toBeVisible();
  expect(api.resets).toHaveLength(0);
});

habitTest('less than 20 seconds left is no fresh sign-in', async ({ portal, stage }) => {
  await portal.enter('aiko', DETAILS);
  await stage.habits({ sign_in_age: 285 });
  await portal.stepUp();
  await expect(portal.headed('stepUpFailed')).toBeVisible();
  await expect(portal.lastButton).toHaveCount(0);
});

habitTest('the window closes while B is open', CORE, async ({ portal, stage, api }) => {
  await portal.enter('aiko', DETAILS);
  await stage.habits({ sign_in_age: 268 });
  await portal.stepUp();
  await expect(portal.lastButton).toBeVisible();
  await expect(portal.headed('expired')).toBeVisible({ timeout: 20_000 });
  expect(api.resets).toHaveLength(0);
});

test('somebody else signing in is explained and the intent is dropped', CORE, async ({ page, portal, api }) => {
  await portal.enter('aiko', DETAILS);
  await portal.explain();
  await portal.leaveForSignIn();
  await portal.provider.fill('ben');
  await expect(portal.headed('wrongPerson')).toBeVisible();
  await expect(portal.lastButton).toHaveCount(0);
  await page.reload();
  await portal.settles();
  await expect(portal.lastButton).toHaveCount(0);
  expect(api.resets).toHaveLength(0);
});

test('a cancelled fresh sign-in is explained, and one button goes on', CORE, async ({ portal, api }) => {
  await portal.enter('aiko', DETAILS);
  await portal.explain();
  await portal.leaveForSignIn();
  await portal.provider.cancel.click();
  await expect(portal.headed('signInCancelled')).toBeVisible();
  await portal.command('startAgain', portal.main).first().click();
  await portal.finishesStepUp('aiko');
  await expect(portal.lastButton).toBeVisible();
  expect(api.resets).toHaveLength(0);
});

test('a cancelled first sign-in is explained and can be tried again', async ({ portal }) => {
  await portal.open('/devices');
  await portal.goToProvider();
  await portal.provider.cancel.click();
  await expect(portal.headed('sign_in_problem.cancelled_heading')).toBeVisible();
  await portal.goToProvider();
  await portal.provider.fill('aiko');
  await portal.isAt('/devices');
});

habitTest('prompt and max_age stripped, single sign-on answers: the old sign-in is noticed', CORE, async ({ portal, stage, api }) => {
  await stage.habits({ sign_in_age: 400 });
  await portal.enter('aiko', DETAILS);
  await stage.habits({ ignores_freshness: true, keeps_session: true });
  await portal.explain();
  await portal.signInAgain.click();
  await portal.isAt(RESET);
  await expect(portal.headed('stepUpFailed').or(portal.headed('expired'))).toBeVisible();
  await expect(portal.lastButton).toHaveCount(0);
  expect(api.resets).toHaveLength(0);
});

habitTest('the server refuses a reset with an old sign-in, whatever a page does', async ({ portal, stage, page }) => {
  await stage.habits({ sign_in_age: 400 });
  const called = page.waitForRequest(CALL.devices);
  await portal.enter('aiko', '/devices');
  const authorization = await (await called).headerValue('authorization');
  const answer = await fetch(`${stage.origin}/api/v1.0/me/managedDevices/${ANDROID}/resetPasscode`, {
    method: 'POST',
    headers: { authorization, 'idempotency-key': crypto.randomUUID() },
  });
  expect(answer.status).toBe(401);
  expect(answer.headers.get('www-authenticate')).toContain('insufficient_user_authentication');
  expect((await answer.json()).code).toBe('insufficientUserAuthentication');
});

test('a challenge in the other dialect: its claims go to the provider with the next sign-in, once', async ({ page, portal, stage, api }) => {
  const claims = JSON.stringify({ access_token: { acrs: { essential: true, value: 'c1' } } });
  const challenge = `Bearer error="insufficient_claims", claims="${Buffer.from(claims).toString('base64')}"`;
  await portal.reachConfirm('aiko', ANDROID);
  const fault = await interfere(page, {
    call: CALL.reset,
    method: 'POST',
    answer: problem(401, 'insufficientUserAuthentication', { headers: { 'WWW-Authenticate': challenge } }),
  });
  await portal.lastButton.click();
  await expect(portal.text('explain.again_challenged').first()).toBeVisible();
  await fault.stop();
  // The sample provider knows no such claim; what counts is what it is asked for.
  const asked = page.waitForRequest((request) => request.url().startsWith(`${stage.issuer}/auth?`));
  await portal.signInAgain.click();
  expect(new URL((await asked).url()).searchParams.get('claims')).toBe(claims);
  expect(api.resets).toHaveLength(1);
});

test('a challenge of the server leads to one more explanation, never to a loop', async ({ page, portal, api }) => {
  await page.route(CALL.reset, (route) =>
    route.fulfill(
      problem(401, 'insufficientUserAuthentication', {
        headers: { 'WWW-Authenticate': 'Bearer error="insufficient_user_authentication", max_age="300"' },
      }),
    ),
  );
  await portal.reachConfirm('aiko', ANDROID);
  await portal.lastButton.click();
  await expect(portal.text('explain.again_challenged').first()).toBeVisible();
  await expect(portal.lastButton).toHaveCount(0);
  await portal.settles();
  expect(api.resets).toHaveLength(1);
});

test('a callback nobody asked for is refused with an explanation', async ({ page, portal }) => {
  await portal.open('/callback?code=stolen&state=foreign');
  // The heading of the static shell stands there before the page has started.
  await expect(portal.headed('signInProblem')).toBeVisible();
  expect(new URL(page.url()).search).toBe('');
  await expect(portal.wayToSignIn).toBeVisible();
});

test('a callback used twice is refused the second time', CORE, async ({ page, portal, stage }) => {
  const returned = page.waitForRequest((request) => request.url().startsWith(`${stage.origin}/callback?`));
  await portal.enter('aiko', '/devices');
  const address = (await returned).url();
  const exchanged = [];
  page.on('request', (request) => {
    if (request.url() === `${stage.issuer}/token`) exchanged.push(request);
  });
  await page.goto(address);
  await expect(portal.heading).toBeVisible();
  await portal.settles();
  expect(new URL(page.url()).search).toBe('');
  expect(exchanged.filter((request) => request.postData()?.includes(new URL(address).searchParams.get('code')))).toEqual([]);
});

test('a provider that is down is explained, with a way to try again', async ({ page, portal, stage }) => {
  const down = (route) => route.abort('connectionrefused');
  await page.route(`${stage.issuer}/**`, down);
  await portal.open('/devices');
  await expect(portal.main).toBeVisible();
  await portal.saysWhenSigningIn('providerDown');
  await page.unroute(`${stage.issuer}/**`, down);
  await portal.wayToSignIn.click();
  await expect(portal.provider.userName).toBeVisible();
});

test('a reload signs in again without a question', CORE, async ({ page, portal }) => {
  await portal.enter('aiko', DETAILS);
  await page.reload();
  await portal.isAt(DETAILS);
  await expect(portal.resetCommand).toBeVisible();
});

test('a deep link survives the sign-in', CORE, async ({ portal }) => {
  await portal.enterByForm('aiko', RESET);
  await portal.isAt(RESET);
});
