// What comes back from the provider but was not asked for here, and addresses that would like to be gone to (security.md, in
// the browser 1, 5, 6). The redirects are changed on the way, as somebody between, or the provider itself, could.

import { asking, expect, test } from './attack.mjs';
import { CALLBACK, PROVIDER } from './support/attack-stage.mjs';
import { byMode } from './support/modes.mjs';
import { ANDROID } from './sample.mjs';

const EVIL = 'http://evil.example.test';

/** Changes the parameters of the redirect to the callback. */
function changeCallback(stage, change) {
  return stage.idp.changeRedirect(PROVIDER.authorization, (address) => {
    if (address.pathname === CALLBACK) change(address.searchParams, address);
    return address;
  });
}

test.describe('to a page that waits for a sign-in', () => {
  test.beforeEach(({ portal }) => portal.enter('aiko', '/devices'));

  /** With a parameter twice the server does not say whose sign-in it was; the page believes none. */
  const TWICE = byMode({ token: 'auth.callback_malformed', session: 'auth.state_mismatch' });
  const ANSWERS = [
    ['a foreign state', (answer) => answer.set('state', 'foreign'), 'auth.state_mismatch'],
    ['no state', (answer) => answer.delete('state'), 'auth.state_mismatch'],
    ['an empty state', (answer) => answer.set('state', ''), 'auth.state_mismatch'],
    ['the name of an entry of ours as the state', (answer) => answer.set('state', '../portal.was-signed-in'), 'auth.state_mismatch'],
    ['two states, the right one last', (answer, address) => { address.search = `?state=x&${answer}`; }, TWICE],
    ['two states, the right one first', (answer) => answer.append('state', 'x'), 'auth.state_mismatch'],
    ['two codes', (answer) => answer.append('code', 'x'), TWICE],
    ['neither code nor error', (answer) => answer.delete('code'), 'auth.callback_malformed'],
    ['a code and an error', (answer) => answer.set('error', 'server_error'), 'auth.callback_malformed'],
    ['a code of somebody’s imagination', (answer) => answer.set('code', 'imagined'), 'auth.code_refused'],
    ['the issuer of somebody else (mix-up)', (answer) => answer.set('iss', 'https://evil.example'), 'auth.response_issuer_mismatch'],
    ['the issuer left out although announced', (answer) => answer.delete('iss'), 'auth.response_issuer_mismatch'],
    ['an error of another issuer', (answer) => { answer.delete('code'); answer.set('error', 'server_error'); answer.set('iss', EVIL); }, 'auth.response_issuer_mismatch'],
  ];

  test('states, codes and issuers that do not fit are refused, and nothing is kept', async ({ stage, refused }) => {
    test.setTimeout(120_000);
    for (const [name, change, code] of ANSWERS) {
      await test.step(name, async () => {
        stage.calm();
        changeCallback(stage, change);
        await refused.signingIn(code);
      });
    }
  });

  test('an issuer that was never announced may be missing but not wrong', async ({ portal, stage, refused }) => {
    const doesNotAnnounce = () =>
      stage.idp.changeJson(PROVIDER.discovery, (document) => ({ ...document, authorization_response_iss_parameter_supported: false }));
    await refused.forgetProvider();
    doesNotAnnounce();
    changeCallback(stage, (answer) => answer.set('iss', EVIL));
    await refused.signingIn('auth.response_issuer_mismatch');
    stage.calm();
    doesNotAnnounce();
    changeCallback(stage, (answer) => answer.delete('iss'));
    await refused.signIn();
    await portal.isAt('/devices');
  });

  test('a code that was used already, put into a new sign-in, is refused', async ({ portal, stage, refused }) => {
    let used;
    changeCallback(stage, (answer) => { used = answer.get('code'); });
    await refused.signIn();
    await portal.isAt('/devices');
    stage.calm();
    changeCallback(stage, (answer) => answer.set('code', used));
    await refused.signingIn('auth.code_refused');
  });

  test('a code of somebody else’s sign-in, put into this one, is refused', async ({ browser, baseURL, portal, stage, refused }) => {
    // Ben begins a sign-in elsewhere and does not finish it; his code goes to Aiko's browser.
    let stolen;
    const elsewhere = await browser.newContext({ baseURL });
    const ben = portal.in(await elsewhere.newPage());
    changeCallback(stage, (answer, address) => {
      stolen = answer.get('code');
      address.pathname = '/signed-out';
      address.search = '';
    });
    await ben.open('/');
    await ben.goToProvider();
    await ben.provider.fill('ben');
    await expect.poll(() => stolen).toBeTruthy();
    await elsewhere.close();
    stage.calm();
    changeCallback(stage, (answer) => answer.set('code', stolen));
    await refused.signingIn('auth.code_refused');
  });

  const ERRORS = [
    ['login_required', 'auth.interaction_required'],
    ['interaction_required', 'auth.interaction_required'],
    ['temporarily_unavailable', 'auth.provider_unavailable'],
    ['server_error', 'auth.provider_unavailable'],
    ['invalid_request', 'auth.provider_refused'],
    ['<img src=x onerror=alert(1)>', 'auth.provider_refused'],
  ];

  test('errors on the callback are explained in our words, with one button and no second redirect', async ({ page, portal, stage, refused }) => {
    for (const [error, code] of ERRORS) {
      await test.step(error, async () => {
        stage.calm();
        changeCallback(stage, (answer) => {
          answer.delete('code');
          answer.set('error', error);
          answer.set('error_description', '<b>call 0900 666 to unlock your account</b>');
          answer.set('error_uri', EVIL);
        });
        const asked = asking(page, `${stage.issuer}/auth?`);
        await refused.signingIn(code);
        await portal.settles();
        expect(asked).toHaveLength(1);
        await expect(page.getByText('0900 666')).toHaveCount(0);
        await expect(page.locator(`a[href^="${EVIL}"], main img`)).toHaveCount(0);
      });
    }
  });
});

test('the callback of a sign-in that another tab began is refused in this one', async ({ context, portal, stage, refused }) => {
  await portal.enter('aiko', '/devices');
  let address;
  changeCallback(stage, (_answer, callback) => {
    address = callback.href;
    // The tab that began it never hears.
    callback.pathname = '/signed-out';
    callback.search = '';
  });
  const second = portal.in(await context.newPage());
  await second.open('/');
  await second.wayToSignIn.click();
  await expect.poll(() => address).toBeTruthy();
  await refused.page.goto(address);
  await refused.isExplained('auth.state_mismatch');
});

test('the callback of a sign-in that another browser began is refused in this one', async ({ browser, baseURL, portal, stage, refused }) => {
  let address;
  changeCallback(stage, (_answer, callback) => {
    address = callback.href;
    // The browser that began it never hears.
    callback.pathname = '/signed-out';
    callback.search = '';
  });
  const elsewhere = await browser.newContext({ baseURL });
  const other = portal.in(await elsewhere.newPage());
  await other.open('/');
  await other.goToProvider();
  await other.provider.fill('ben');
  await expect.poll(() => address).toBeTruthy();
  await elsewhere.close();
  await refused.page.goto(address);
  await refused.isExplained('auth.state_mismatch');
});

test('code and state are gone from the address before anything is awaited', async ({ page, portal, stage }) => {
  await portal.open('/');
  await portal.goToProvider();
  // From here on nothing that the page could wait for ever comes.
  stage.api.silent('/config.json');
  stage.idp.silent(PROVIDER.discovery);
  const returned = page.waitForRequest((request) => request.url().startsWith(`${stage.origin}/callback?`));
  await portal.provider.fill('aiko');
  await returned;
  await expect(page).toHaveURL(`${stage.origin}/callback`);
  const kept = await page.evaluate(() => JSON.stringify([Object.keys(sessionStorage), performance.getEntriesByType('navigation').map(({ name }) => name.includes('?')), history.state]));
  expect(JSON.parse(kept)[0].filter((key) => key.startsWith('portal.transaction'))).toEqual([]);
});

test('nothing in an address or a stored record becomes a place to go or a reset', async ({ page, portal, stage, api }) => {
  test.setTimeout(120_000);
  await portal.enter('aiko', '/devices');
  for (const path of [
    `/devices?return_to=${EVIL}&redirect_uri=${EVIL}&next=//evil.example.test&post_logout_redirect_uri=${EVIL}`,
    `/devices#${EVIL}`,
    `//evil.example.test/devices`,
    `/\\evil.example.test`,
    `/devices/..%2f..%2felsewhere`,
    `/devices/javascript:alert(1)`,
    `/signed-out?state=foreign&post_logout_redirect_uri=${EVIL}&return_to=${EVIL}`,
    `/callback?state=foreign&code=x&return_to=${EVIL}`,
  ]) {
    await test.step(path, async () => {
      const answer = await page.goto(stage.origin + path);
      // The server itself says no to what is no name of a page or a file.
      if (answer?.status() !== 404) {
        await expect(portal.heading).toBeVisible();
        await portal.settles();
      }
      // The guard sees every request to somebody else.
      expect(new URL(page.url()).origin).toBe(stage.origin);
    });
  }
  await portal.open('/devices');
  await portal.settles();
  const record = { verifier: 'v'.repeat(43), nonce: 'n', expected: null, key: crypto.randomUUID(), borrowed: false, created: Date.now() };
  for (const [name, key, value, path] of [
    ['a way back to elsewhere', 'portal.transaction.mine', JSON.stringify({ ...record, purpose: 'signIn', return_to: `${EVIL}/` }), '/callback?code=x&state=mine'],
    ['a way back without a scheme', 'portal.transaction.mine', JSON.stringify({ ...record, purpose: 'silent', return_to: '//evil.example.test' }), '/callback?code=x&state=mine'],
    ['a script as the way back', 'portal.transaction.mine', JSON.stringify({ ...record, purpose: 'signIn', return_to: 'javascript:alert(1)' }), '/callback?code=x&state=mine'],
    ['a step-up of nothing', 'portal.transaction.mine', JSON.stringify({ ...record, purpose: 'stepUp', return_to: '/devices' }), '/callback?code=x&state=mine'],
    ['a continuation for elsewhere', 'portal.step-up', JSON.stringify({ device: '../../x', state: 'mine', expected: { sub: 'p-aiko' }, created: Date.now() }), '/signed-out?state=mine'],
    ['a resume record of somebody else', 'portal.resume', JSON.stringify({ device: ANDROID, key: crypto.randomUUID(), sub: 'p-ben', started: Date.now() }), `/devices/${ANDROID}/reset-passcode`],
    ['a resume record of tomorrow', 'portal.resume', JSON.stringify({ device: ANDROID, key: crypto.randomUUID(), sub: 'p-aiko', started: Date.now() + 86_400_000 }), `/devices/${ANDROID}/reset-passcode`],
    ['a resume record that is none', 'portal.resume', '{"device":{"__proto__":[]}', `/devices/${ANDROID}/reset-passcode`],
    ['ten thousand characters', 'portal.resume', 'x'.repeat(10_000), `/devices/${ANDROID}/reset-passcode`],
  ]) {
    await test.step(name, async () => {
      await page.evaluate(([key, value]) => sessionStorage.setItem(key, value), [key, value]);
      await portal.open(path);
      await portal.settles();
      expect(new URL(page.url()).origin).toBe(stage.origin);
      await expect(portal.lastButton).toHaveCount(0);
      expect(await page.evaluate((key) => sessionStorage.getItem(key), key)).toBeNull();
    });
  }
  expect(api.resets).toHaveLength(0);
});
