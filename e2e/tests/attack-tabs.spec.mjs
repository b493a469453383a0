// Several tabs, copies of tabs, and what Back brings (security.md, in the browser 9, 10). With the whole browser and its
// back/forward cache, which Playwright switches off unless told.

import { expect, test } from './attack.mjs';
import { CALL } from './support/api.mjs';
import { CALLBACK } from './support/attack-stage.mjs';
import { wholeBrowserLaunch } from './support/browser.mjs';
import { byMode } from './support/modes.mjs';
import { ANDROID, IPHONE } from './sample.mjs';

test.use({ launchOptions: { ...wholeBrowserLaunch(), ignoreDefaultArgs: ['--disable-back-forward-cache'] } });

/** A tab of the same person. */
async function tabAt(context, portal, path) {
  const tab = portal.in(await context.newPage());
  await tab.open(path);
  await tab.isAt(path);
  return tab;
}

/** Nothing of the person or of a device is in the page. */
async function isEmpty(tab) {
  await tab.settles();
  const text = await tab.page.evaluate(() => document.title + document.documentElement.textContent);
  expect(text.match(/Aiko|愛子|aiko@|Xperia|d-aiko/)).toBeNull();
  await expect(tab.deviceLinks).toHaveCount(0);
  await expect(tab.passcode).toHaveCount(0);
  await expect(tab.lastButton).toHaveCount(0);
}

test('signing out empties every tab: the list, a device, the last question, a passcode on the screen, the history', async ({ context, page, portal }) => {
  // Each tab notes when its last heading of the person went.
  await context.addInitScript(() => {
    const note = () => {
      if (location.pathname === '/signed-out') globalThis.e2eSignedOutAt ??= performance.timeOrigin + performance.now();
    };
    new MutationObserver(note).observe(document, { childList: true, subtree: true });
  });
  await portal.reset('aiko', ANDROID);
  const tabs = [];
  for (const path of ['/devices', `/devices/${ANDROID}`, `/devices/${ANDROID}/passcode`, '/history', '/notifications']) {
    tabs.push(await tabAt(context, portal, path));
  }
  await tabs[2].showPasscode.click();
  await expect(tabs[2].passcode).toBeVisible();
  const last = await tabAt(context, portal, `/devices/${IPHONE}`);
  await last.stepUp();
  await expect(last.lastButton).toBeVisible();
  // The fresh sign-in ended nobody's session here; now the person ends it.
  const pressed = Date.now();
  await portal.chooseSignOut();
  for (const tab of [...tabs, last]) {
    await tab.isAt('/signed-out');
    await isEmpty(tab);
    expect(await tab.page.evaluate(() => Object.keys(sessionStorage))).toEqual([]);
  }
  const times = await Promise.all([...tabs, last].map((tab) => tab.page.evaluate(() => globalThis.e2eSignedOutAt)));
  console.log(`signing out reached ${times.length} other tabs within ${Math.round(Math.max(...times) - pressed)} ms`);
  await portal.isAt('/signed-out');
});

test('a tab in the middle of a sign-in does not end up signed in after a sign-out elsewhere', async ({ context, portal, stage }) => {
  await portal.enter('aiko', '/devices');
  const second = portal.in(await context.newPage());
  let release;
  const released = new Promise((resolve) => { release = resolve; });
  // The tokens, or in session mode who is signed in, are told before the sign-out and arrive after it.
  const [teller, path] = byMode({ token: [stage.idp, '/token'], session: [stage.api, '/session'] });
  const asked = teller.on(path, async (exchange) => {
    const answer = await exchange.honest();
    await released;
    exchange.answer(answer);
  }, { times: 1 });
  await second.open('/devices');
  await expect.poll(() => asked.count).toBe(1);
  await portal.signOut();
  release();
  await second.settles();
  await isEmpty(second);
});

/** A careless host: the browser may keep the page in its back/forward cache. */
function letKeep(stage) {
  stage.api.on(/^\/(devices|history|callback|signed-out)?(\/|$)/, async (exchange) => {
    const answer = await exchange.honest();
    exchange.answer({ ...answer, headers: { ...answer.headers, 'cache-control': 'no-cache' } });
  });
}

for (const [name, path, reveal] of [
  ['the list', '/devices', false],
  ['the history', '/history', false],
  ['the result', `/devices/${ANDROID}/reset-passcode`, true],
  ['the passcode in large', `/devices/${ANDROID}/passcode`, true],
]) {
  test(`Back after sign-out shows nothing of ${name}, however often it is pressed`, async ({ page, portal, stage, search }) => {
    letKeep(stage);
    if (reveal) await portal.reset('aiko', ANDROID);
    else await portal.enter('aiko', '/devices');
    await portal.open(path);
    await portal.isAt(path);
    if (reveal) {
      await portal.showPasscode.click();
      await expect(portal.passcode).toBeVisible();
    }
    await portal.signOut();
    expect(await search.findings({ isSignedOut: true })).toEqual([]);
    for (let steps = await page.evaluate(() => history.length); steps > 1; steps -= 1) {
      await page.goBack({ waitUntil: 'commit' }).catch(() => {});
      if (!page.url().startsWith(stage.origin)) break;
      await isEmpty(portal);
      expect(await search.findings({ isSignedOut: true })).toEqual([]);
    }
  });
}

test('a page out of the back/forward cache is not shown as it was: it is loaded anew', async ({ page, portal, stage }) => {
  letKeep(stage);
  await portal.enter('aiko', '/devices');
  await portal.open('/devices');
  await portal.isAt('/devices');
  await page.evaluate(() => { globalThis.e2eMark = 'as it was'; });
  await page.goto(`${stage.issuer}/.well-known/openid-configuration`);
  // What comes out of that cache is never loaded, so the load of it is not waited for.
  await page.goBack({ waitUntil: 'commit' });
  await expect.poll(() => page.evaluate(() => globalThis.e2eMark).catch(() => 'not yet')).toBeUndefined();
  await portal.isAt('/devices');
});

/** A copy of the tab, with its `sessionStorage`, as the browser's own "Duplicate" makes one. */
async function duplicate(page, path) {
  const opened = page.waitForEvent('popup');
  await page.evaluate((address) => { window.open(address); }, path);
  return opened;
}

/** A copy made at the moment when the record of a sign-in is stored, before the tab leaves. */
async function duplicateWhenLeaving(page, path) {
  const opened = page.waitForEvent('popup');
  await page.evaluate((address) => {
    const set = Storage.prototype.setItem;
    Storage.prototype.setItem = function store(key, value) {
      set.call(this, key, value);
      if (key.startsWith('portal.transaction.')) window.open(address);
    };
  }, path);
  return { opened };
}

test('a copy of a tab cannot complete the sign-in a second time', async ({ page, portal, stage, api, codes }) => {
  await portal.open('/');
  await expect(portal.wayToSignIn).toBeVisible();
  const { opened } = await duplicateWhenLeaving(page, '/help');
  await portal.wayToSignIn.click();
  const copy = portal.in(await opened);
  const kept = () => copy.page.evaluate(() => Object.keys(sessionStorage).filter((key) => key.startsWith('portal.transaction.')));
  await copy.isAt('/help');
  expect(await kept()).toHaveLength(1);
  const returned = page.waitForRequest((request) => request.url().startsWith(`${stage.origin}${CALLBACK}?`));
  await portal.provider.fill('aiko');
  const address = (await returned).url();
  await portal.isAt('/devices');
  const before = api.of(CALL.me).length;
  await copy.page.goto(address);
  await expect(copy.headed('signInProblem')).toBeVisible();
  // In session mode the server knows no such sign-in any more, so it does not even ask about the code.
  expect(codes.at(-1)).toBe(byMode({ token: 'auth.code_refused', session: 'auth.state_mismatch' }));
  expect(await kept()).toEqual([]);
  expect(api.of(CALL.me)).toHaveLength(before);
});

test('a copy of the tab with the last question: two clicks, one reset', async ({ context, page, portal, api }) => {
  // Read on their way: the browser drops the body of an answer that the page has done with.
  const actions = new Set();
  await context.route(CALL.reset, async (route) => {
    const answer = await route.fetch();
    const { id } = await answer.json();
    if (id) actions.add(id);
    await route.fulfill({ response: answer });
  });
  await portal.reachConfirm('aiko', ANDROID);
  const copy = portal.in(await duplicate(page, `/devices/${ANDROID}/reset-passcode`));
  await expect(copy.lastButton).toBeVisible();
  // Whoever is later may find the button gone, because the other tab's reset is told to it.
  await Promise.all([portal, copy].map((tab) => tab.lastButton.click({ timeout: 3_000 }).catch(() => {})));
  await portal.isDone();
  await copy.isDone();
  // The same key, or none at all: the server has one action, whoever asked for it.
  expect(new Set(await api.resetKeys()).size).toBe(1);
  expect(actions.size).toBe(1);
  await page.goto('/history');
  await portal.isAt('/history');
  await expect(portal.main.getByRole('row').filter({ hasText: portal.saying('history.reset_requested') })).toHaveCount(1);
});
