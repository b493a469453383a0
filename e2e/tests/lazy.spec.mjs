// The part of the module with the lazily loaded screens: fetched when one of them is opened, not before; and when it cannot be.

import { expect, test } from './fixtures.mjs';
import { IT_CONTACT } from './support/stage.mjs';
import { ANDROID } from './sample.mjs';

const LAZY = /\/assets\/screens-[0-9a-f]+\.wasm$/;
const TEXTS = /\/assets\/[\w-]+-screens-[0-9a-f]+\.txt$/;

/** Every request for the lazily loaded part and its texts. */
function requestsFor(page) {
  const seen = [];
  page.on('request', (request) => {
    if (LAZY.test(request.url()) || TEXTS.test(request.url())) seen.push(request.url());
  });
  return seen;
}

test('the first visit up to the list does not fetch it, the first device does, once', async ({ page, portal }) => {
  const seen = requestsFor(page);
  await portal.enter('aiko', '/devices');
  await portal.settles();
  expect(seen).toEqual([]);
  const before = await page.title();
  await portal.openDevice(ANDROID);
  await expect(portal.resetCommand).toBeVisible();
  // A new screen takes the focus to its heading and changes the title, also when it came after its skeleton.
  await expect(portal.heading).toBeFocused();
  expect(await page.title()).not.toBe(before);
  expect(seen.length).toBe(2);
  await page.goBack();
  await portal.isAt('/devices');
  await portal.openDevice(ANDROID);
  expect(seen.length).toBe(2);
});

test('while it is on its way a skeleton stands there, under the title of the screen', async ({ page, portal }) => {
  let release;
  const held = new Promise((resolve) => (release = resolve));
  await page.route(LAZY, async (route) => {
    await held;
    await route.continue();
  });
  await portal.open('/');
  await page.locator('a[href="/help"]').first().click();
  await expect(portal.main.locator('.skeletons')).toBeAttached();
  await expect(page).toHaveTitle(portal.saying('help.heading'));
  release();
  await expect(portal.headed('help.heading')).toBeFocused();
});

test('it cannot be fetched: what it means, whom to ask, and trying again helps', async ({ page, portal, guard }) => {
  // The loader of wasm_split_helpers writes the reason to the console.
  guard.pardon(/Failed to fetch/);
  await portal.enter('aiko', '/devices');
  await page.route(LAZY, (route) => route.abort('connectionreset'));
  await portal.device(ANDROID).first().click();
  await expect(portal.headed('lazy.heading')).toBeVisible();
  await expect(portal.main.getByRole('alert')).toContainText(portal.saying('lazy.text'));
  await expect(portal.itContact(IT_CONTACT.phone)).toBeVisible();
  await portal.button('retry', portal.main).click();
  await expect(portal.headed('lazy.heading')).toBeVisible();
  await page.unroute(LAZY);
  await portal.button('retry', portal.main).click();
  await portal.isAt(`/devices/${ANDROID}`);
  await expect(portal.resetCommand).toBeVisible();
  await expect(portal.heading).toBeFocused();
});

test('its texts cannot be fetched: the same, and trying again fetches them', async ({ page, portal }) => {
  await portal.enter('aiko', '/devices');
  await page.route(TEXTS, (route) => route.abort('connectionreset'));
  await portal.device(ANDROID).first().click();
  await expect(portal.headed('lazy.heading')).toBeVisible();
  await expect(portal.main.getByRole('alert')).toContainText(portal.saying('lazy.text'));
  await page.unroute(TEXTS);
  await portal.button('retry', portal.main).click();
  await expect(portal.resetCommand).toBeVisible();
});

test('another file in its place is refused', async ({ page, portal, guard }) => {
  guard.pardon(/integrity|Failed to fetch/i);
  await page.route(LAZY, (route) => route.fulfill({ status: 200, contentType: 'application/wasm', body: '\0asm\x01\0\0\0' }));
  await portal.open('/help');
  await expect(portal.headed('lazy.heading')).toBeVisible();
});

test('the policy of the page allows it as it is', async ({ page, portal }) => {
  const answered = page.waitForResponse((response) => LAZY.test(response.url()));
  await portal.open('/help');
  const answer = await answered;
  expect(answer.headers()['cache-control']).toContain('immutable');
  expect(answer.headers()['content-type']).toBe('application/wasm');
  await expect(portal.headed('help.heading')).toBeVisible();
});
