// A provider that is down, silent, cut off, too loud or not the one that was configured, at each step (security.md, in the
// browser 12): an explanation, one way to try again, never a loop.

import { asking, expect, test } from './attack.mjs';
import { habitTest } from './fixtures.mjs';
import { CAPTIVE_PORTAL } from './support/api.mjs';
import { PROVIDER } from './support/attack-stage.mjs';
import { byMode, MODE } from './support/modes.mjs';
import { ANDROID } from './sample.mjs';

/** The page may read the answer: what is wrong with it is its content. */
const READABLE = { 'access-control-allow-origin': '*' };
const HTML = { status: 200, headers: { 'content-type': 'text/html', ...READABLE }, body: CAPTIVE_PORTAL.body };
const JSON_TYPE = { 'content-type': 'application/json', ...READABLE };

/** The browser's own page for an address that does not answer. */
const isErrorPage = (page) => expect(page).toHaveURL(/^chrome-error:/);

/** To the server everything that is wrong with the keys is one thing: it does not have them. A redirection and a page it can read
 *  are answers, and none of a provider. */
const nameOf = (step, codes, inSession = codes.token) => {
  const discovery = inSession === 'token_answer_malformed' ? 'discovery_malformed' : codes.discovery;
  return byMode({ token: codes[step], session: { discovery, keys: 'provider_unreachable', token: inSession }[step] });
};

/** Ways not to answer, and what each is called at each step; last what the server calls it where that is something else. */
const FAULTS = [
  ['cut connection', (exchange) => exchange.cut(), { discovery: 'provider_unreachable', keys: 'provider_unreachable', token: 'provider_unreachable' }],
  ['an answer cut in the middle', (exchange) => exchange.answerHalf({ headers: JSON_TYPE, body: '{"issuer":"http://' }), { discovery: 'provider_unreachable', keys: 'provider_unreachable', token: 'provider_unreachable' }],
  ['500', (exchange) => exchange.answer({ status: 500, headers: READABLE }), { discovery: 'provider_unreachable', keys: 'provider_unreachable', token: 'provider_unavailable' }],
  ['404', (exchange) => exchange.answer({ status: 404, headers: READABLE }), { discovery: 'discovery_malformed', keys: 'provider_unreachable', token: 'code_refused' }],
  ['a redirect to elsewhere', (exchange) => exchange.answer({ status: 302, headers: { ...READABLE, location: '/elsewhere' } }), { discovery: 'provider_unreachable', keys: 'provider_unreachable', token: 'provider_unreachable' }, 'token_answer_malformed'],
  ['an answer the page may not read', (exchange) => exchange.answer({ ...HTML, headers: {} }), { discovery: 'provider_unreachable', keys: 'provider_unreachable', token: 'provider_unreachable' }, 'token_answer_malformed'],
  ['the page of a captive portal with 200', (exchange) => exchange.answer(HTML), { discovery: 'discovery_malformed', keys: 'keys_malformed', token: 'token_answer_malformed' }],
  ['truncated JSON', (exchange) => exchange.answer({ headers: JSON_TYPE, body: '{"keys":[{"kty":"RSA","n":"' }), { discovery: 'discovery_malformed', keys: 'keys_malformed', token: 'token_answer_malformed' }],
  ['JSON of another kind', (exchange) => exchange.answer({ headers: JSON_TYPE, body: '[[[7]]]' }), { discovery: 'discovery_malformed', keys: 'keys_malformed', token: 'token_answer_malformed' }],
  ['JSON a hundred thousand deep', (exchange) => exchange.answer({ headers: JSON_TYPE, body: '['.repeat(100_000) }), { discovery: 'discovery_malformed', keys: 'keys_malformed', token: 'token_answer_malformed' }],
  ['nothing', (exchange) => exchange.answer({ headers: JSON_TYPE }), { discovery: 'discovery_malformed', keys: 'keys_malformed', token: 'token_answer_malformed' }],
  ['half a megabyte of it', async (exchange) => {
    const { body } = await exchange.honest();
    exchange.answer({ headers: JSON_TYPE, body: JSON.stringify({ ...JSON.parse(body), filler: 'x'.repeat(524_288) }) });
  }, { discovery: 'discovery_malformed', keys: 'keys_malformed', token: 'token_answer_malformed' }],
];

test.describe('with a provider that knows the person', () => {
  test.beforeEach(({ portal }) => portal.enter('aiko', '/devices'));

  for (const step of ['discovery', 'keys', 'token']) {
    test(`${step}: down, cut, truncated, oversized or somebody else’s page`, async ({ page, portal, stage, refused }) => {
      test.setTimeout(180_000);
      for (const [name, fault, codes, inSession] of FAULTS) {
        await test.step(name, async () => {
          stage.calm();
          if (step !== 'token') await refused.forgetProvider();
          const met = stage.idp.on(PROVIDER[step], fault);
          const asked = asking(page, stage.issuer + PROVIDER[step]);
          await refused.signingIn(`auth.${nameOf(step, codes, inSession)}`);
          // A loop would go on asking.
          await portal.settles();
          expect(byMode({ token: asked.length, session: met.count })).toBe(1);
        });
      }
      // The explanation has one button, and it works as soon as the provider does.
      stage.calm();
      await portal.wayToSignIn.click();
      await portal.isAt('/devices');
    });
  }

  test('a right answer under a wrong content type is still right', async ({ portal, stage, refused }) => {
    await refused.forgetProvider();
    for (const step of ['discovery', 'keys', 'token']) {
      stage.idp.on(PROVIDER[step], async (exchange) => {
        const answer = await exchange.honest();
        exchange.answer({ ...answer, headers: { ...answer.headers, 'content-type': 'text/plain' } });
      });
    }
    await refused.signIn();
    await portal.isAt('/devices');
  });

  const ANOTHER = 'auth.issuer_mismatch';
  const NOT_SECURE = byMode({ token: 'auth.endpoint_not_secure', session: 'auth.discovery_malformed' });
  const DOCUMENTS = [
    ['another issuer', { issuer: 'https://evil.example' }, ANOTHER],
    ['the issuer with a slash', ({ issuer }) => ({ issuer: `${issuer}/` }), ANOTHER],
    ['a place to sign in without TLS', { authorization_endpoint: 'http://evil.example/auth' }, NOT_SECURE],
    ['a script as the place to sign in', { authorization_endpoint: 'javascript:alert(1)' }, NOT_SECURE],
    ['a place to sign in that hides its host', { authorization_endpoint: 'https://login.example@evil.example/auth' }, NOT_SECURE],
    ['a place for the code without TLS', { token_endpoint: 'http://evil.example/token' }, NOT_SECURE],
    ['keys without TLS', { jwks_uri: 'http://evil.example/jwks' }, byMode({ token: 'auth.endpoint_not_secure', session: 'auth.provider_unreachable' })],
    ['no place to sign in', { authorization_endpoint: undefined }, 'auth.discovery_malformed'],
  ];

  test('a discovery document of somebody else, or with an endpoint nobody should go to, is refused', async ({ stage, refused }) => {
    test.setTimeout(120_000);
    for (const [name, change, code] of DOCUMENTS) {
      await test.step(name, async () => {
        stage.calm();
        await refused.forgetProvider();
        stage.idp.changeJson(PROVIDER.discovery, (document) => ({ ...document, ...(typeof change === 'function' ? change(document) : change) }));
        await refused.signingIn(code);
      });
    }
  });
});

for (const step of ['discovery', 'keys', 'token']) {
  test(`${step} never answered: given up after a while, explained`, async ({ page, portal, stage, refused }) => {
    // The page's patience is counted by the test's clock; the server's, eight seconds, by its own.
    if (MODE === 'token') await page.clock.install();
    await portal.enter('aiko', '/devices');
    await refused.forgetProvider();
    const waited = stage.idp.silent(PROVIDER[step]);
    refused.codes.length = 0;
    await refused.signIn();
    await expect.poll(() => waited.count).toBe(1);
    if (MODE === 'token') await page.clock.runFor('00:16');
    await refused.isExplained('auth.provider_unreachable', { timeout: 20_000 });
    await expect(portal.text('providerDown').first()).toBeVisible();
  });
}

test('nobody answers where the person should sign in: Back leads to a page that works', async ({ page, portal, stage }) => {
  await portal.open('/');
  await expect(portal.wayToSignIn).toBeVisible();
  stage.idp.down(PROVIDER.authorization);
  await portal.wayToSignIn.click();
  await isErrorPage(page);
  stage.calm();
  await page.goBack();
  await expect(portal.wayToSignIn).toBeVisible();
  await portal.goToProvider();
  await portal.provider.fill('aiko');
  await portal.isAt('/devices');
});

test('nobody answers where the person is signed out: what is here is gone all the same, in each tab', async ({ context, page, portal, stage }) => {
  await portal.enter('aiko', `/devices/${ANDROID}`);
  const second = portal.in(await context.newPage());
  await second.open('/devices');
  await second.isAt('/devices');
  stage.idp.down(PROVIDER.signOut);
  await portal.chooseSignOut();
  await isErrorPage(page);
  await second.isAt('/signed-out');
  await expect(second.deviceLinks).toHaveCount(0);
  // The session of the provider lives on; the page cannot know, but it does not use it by itself.
  await page.goto(stage.origin);
  await expect(portal.wayToSignIn).toBeVisible();
  expect(await page.evaluate(() => Object.keys(sessionStorage))).toEqual([]);
});

test('nobody answers where the person is signed out for the fresh sign-in: Back, and begin again', async ({ page, portal, stage, api }) => {
  await portal.enter('aiko', `/devices/${ANDROID}`);
  await portal.explain();
  stage.idp.down(PROVIDER.signOut);
  await portal.signInAgain.click();
  await isErrorPage(page);
  stage.calm();
  await page.goBack();
  // Whoever comes back by hand is offered to go on: one click from the sign-in page, without another sign-out.
  await expect(portal.headed('go_on.heading')).toBeVisible();
  await portal.command('go_on.button', portal.main).first().click();
  await expect(portal.provider.password).toBeVisible();
  await portal.provider.fill('aiko');
  await expect(portal.lastButton).toBeVisible();
  expect(api.resets).toHaveLength(0);
});

/** What becomes of the sign-out before a fresh sign-in, and how somebody comes back from there by hand. */
const ENDS = { 'stays on a page of its own': 'stays', 'answers with an error': 'refuses' };
const WAYS_BACK = [
  ['types the address', (page, stage) => page.goto(`${stage.origin}/`)],
  ['types the address of the device', (page, stage) => page.goto(`${stage.origin}/devices/${ANDROID}`)],
  ['presses Back', (page) => page.goBack()],
  ['reloads, then presses Back', async (page) => {
    await page.reload();
    await page.goBack();
  }],
];

/** Offered to go on, also after a reload; one click from the sign-in page, without another sign-out. */
async function goesOn({ page, portal, api, stage }) {
  await expect(portal.headed('go_on.heading')).toBeVisible();
  await page.reload();
  await expect(portal.headed('go_on.heading')).toBeVisible();
  const before = await stage.signOuts();
  await portal.command('go_on.button', portal.main).first().click();
  await expect(portal.provider.password).toBeVisible();
  expect(await stage.signOuts()).toBe(before);
  await portal.provider.fill('aiko');
  await expect(portal.lastButton).toBeVisible();
  expect(api.resets).toHaveLength(0);
}

for (const [end, habit] of Object.entries(ENDS)) {
  habitTest(`a provider that ${end} after the sign-out strands nobody, however they come back`, async ({ page, portal, stage, api }) => {
    habitTest.setTimeout(180_000);
    await stage.habits({ after_end: habit });
    await portal.enter('aiko', `/devices/${ANDROID}`);
    for (const [way, comeBack] of WAYS_BACK) {
      await habitTest.step(way, async () => {
        await portal.open(`/devices/${ANDROID}`);
        await portal.isAt(`/devices/${ANDROID}`);
        await portal.explain();
        await portal.signInAgain.click();
        await expect(page).toHaveTitle('own page');
        await comeBack(page, stage);
        await goesOn({ page, portal, api, stage });
      });
    }
  });
}

for (const [way, habit] of Object.entries({
  'comes back without the state': () => 'forgets_state',
  'comes back to the one address that is registered': (stage) => ({ goes_to: `${stage.origin}/` }),
})) {
  habitTest(`a provider that ${way} strands nobody`, async ({ page, portal, stage, api }) => {
    await portal.enter('aiko', `/devices/${ANDROID}`);
    await stage.habits({ after_end: habit(stage) });
    await portal.explain();
    await portal.signInAgain.click();
    await goesOn({ page, portal, api, stage });
  });
}

habitTest('a provider without a place to sign out is asked for the fresh sign-in at once', async ({ portal, stage }) => {
  const before = await stage.signOuts();
  await stage.habits({ ends_sessions: false });
  await portal.enter('aiko', `/devices/${ANDROID}`);
  await portal.explain();
  // In token mode the page knows beforehand, and speaks of a sign-in only.
  await portal.signInAgain.or(portal.button('signInRetry', portal.dialog)).click();
  await portal.provider.fill('aiko');
  await expect(portal.lastButton).toBeVisible();
  expect(await stage.signOuts()).toBe(before);
});
