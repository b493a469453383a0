// Nothing stays behind: not in storage, not in the address, not in the page, not in another tab (security.md 6, 7, 9).

import { CORE, expect, test } from './fixtures.mjs';
import { answerTo, CALL } from './support/api.mjs';
import { ANDROID } from './sample.mjs';

/** Everything a page could have written somewhere. */
async function traces(page) {
  const cookies = await page.context().cookies(page.url());
  const inPage = await page.evaluate(async () => {
    const databases = (await indexedDB.databases?.()) ?? [];
    const caches = await globalThis.caches?.keys?.();
    return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href, history.state, document.cookie,
      document.documentElement.outerHTML, databases, caches]);
  });
  return JSON.stringify(cookies) + inPage;
}

test('tokens are nowhere but in memory', async ({ page, portal, stage }) => {
  const exchanged = await answerTo(page, `${stage.issuer}/token`);
  await portal.enter('aiko', `/devices/${ANDROID}`);
  const tokens = await exchanged.json();
  const found = await traces(page);
  for (const token of [tokens.access_token, tokens.id_token]) {
    expect(found).not.toContain(token);
    expect(found).not.toContain(token.split('.')[2]);
  }
  expect(tokens.refresh_token).toBeUndefined();
});

test('the passcode is nowhere but on the screen while it is shown', CORE, async ({ page, portal }) => {
  await portal.reset('aiko', ANDROID);
  const answered = await answerTo(page, CALL.passcode);
  await portal.showPasscode.click();
  const { passcode } = await answered.json();
  await expect(portal.passcode).toBeVisible();
  const stored = await page.evaluate(() =>
    JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href, history.state, document.title]));
  expect(stored).not.toContain(passcode);
  await portal.signOut();
  expect(await traces(page)).not.toContain(passcode);
});

test('signing out in one tab blanks the other', CORE, async ({ context, portal }) => {
  await portal.enter('aiko', '/devices');
  const second = portal.in(await context.newPage());
  await second.open(`/devices/${ANDROID}`);
  await second.isAt(`/devices/${ANDROID}`);
  await expect(second.resetCommand).toBeVisible();
  await portal.signOut();
  await expect(second.resetCommand).toHaveCount(0);
  await expect(second.page.getByText('Aiko')).toHaveCount(0);
});

test('after signing out, Back shows nothing and a new sign-in is asked for', CORE, async ({ page, portal }) => {
  await portal.enter('aiko', '/devices');
  await expect(portal.device(ANDROID).first()).toBeVisible();
  await portal.signOut();
  await page.goBack();
  await portal.settles();
  await expect(portal.device(ANDROID)).toHaveCount(0);
  await expect(page.getByText('Aiko')).toHaveCount(0);
});

test('code and state leave the address bar; no referrer is sent to anybody; signing out ends the session at the provider too', async ({ page, portal, stage }) => {
  await portal.enter('aiko', '/devices');
  const address = new URL(page.url());
  expect(address.search + address.hash).toBe('');
  expect(address.pathname).toBe('/devices');
  await portal.signOut();
  const toProvider = page.waitForRequest((request) => request.url().startsWith(`${stage.issuer}/auth`));
  await portal.open('/devices');
  await portal.goToProvider();
  expect(await (await toProvider).headerValue('referer')).toBeNull();
});
