// A reset right after the first sign-in, where an organisation chose that (`actions.skip_second_sign_in_within_seconds`, ADR 61). What
// the server holds a request to: server/tests/suite/skipped_sign_in.rs.

import { expect, habitTest as test, SESSION } from './fixtures.mjs';
import { ANDROID } from './sample.mjs';

test.use({ actions: 'skip_second_sign_in_within_seconds = 120' });

const DETAILS = `/devices/${ANDROID}`;

test('a recent first sign-in is enough: "Continue", the confirmation, a reload of it, done, and nobody left for the provider', SESSION, async ({ page, portal, stage, api }) => {
  const before = await stage.signOuts();
  await portal.enter('aiko', DETAILS);
  await portal.explain();
  await expect(portal.text('explain.lead_recent', portal.dialog)).toBeVisible();
  await expect(portal.signInAgain).toHaveCount(0);
  await portal.command('explain.go_on', portal.dialog).click();
  await expect(portal.lastButton).toBeVisible();
  // Two minutes at most, not the five of a fresh sign-in; a reload does not make five of them.
  for (const look of ['at first', 'after a reload']) {
    await expect(portal.countdown, look).toHaveText(/^[01]:\d\d$/);
    await page.reload();
    await expect(portal.lastButton).toBeVisible();
  }
  await portal.lastButton.click();
  await portal.isDone();
  expect(api.resets.map((request) => request.postDataJSON())).toEqual([{ skipSecondSignIn: true }]);
  expect(await stage.signOuts()).toBe(before);
});

test('a first sign-in that is older is not: the usual way, with another sign-in', SESSION, async ({ portal, stage, api }) => {
  await stage.habits({ sign_in_age: 121 });
  await portal.enter('aiko', DETAILS);
  await portal.explain();
  await expect(portal.command('explain.go_on', portal.dialog)).toHaveCount(0);
  await stage.habits({});
  await portal.leaveForSignIn();
  await portal.provider.fill('aiko');
  await portal.lastButton.click();
  await portal.isDone();
  expect(api.resets.map((request) => request.postData() ?? '')).not.toContainEqual(expect.stringContaining('skip'));
});
