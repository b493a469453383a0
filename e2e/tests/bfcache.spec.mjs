// The back/forward cache, which Playwright switches off unless told: a page kept alive must not show itself after sign-out.

import { CORE, expect, test } from './fixtures.mjs';
import { wholeBrowserLaunch } from './support/browser.mjs';
import { ANDROID } from './sample.mjs';

test.use({ launchOptions: { ...wholeBrowserLaunch(), ignoreDefaultArgs: ['--disable-back-forward-cache'] } });

test('Back after sign-out shows nothing, also from the back/forward cache', CORE, async ({ page, portal }) => {
  await portal.enter('aiko', '/devices');
  await expect(portal.device(ANDROID).first()).toBeVisible();
  await portal.signOut();
  await page.goBack();
  await portal.settles();
  await expect(portal.device(ANDROID)).toHaveCount(0);
  await expect(page.getByText('Aiko')).toHaveCount(0);
});

test('Back from the provider, without signing in, leads to a page that works', async ({ page, portal, api }) => {
  await portal.enter('aiko', `/devices/${ANDROID}`);
  await portal.explain();
  await portal.leaveForSignIn();
  await page.goBack();
  await portal.settles();
  await portal.open(`/devices/${ANDROID}`);
  await expect(portal.heading).toBeVisible();
  expect(api.resets).toHaveLength(0);
});
