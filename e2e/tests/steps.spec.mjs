// The ten steps of flow.md for each of its four platforms in both languages, in the whole browser that people have.

import { CORE, expect, LANGUAGES, test } from './fixtures.mjs';
import { CALL } from './support/api.mjs';
import { wholeBrowserLaunch } from './support/browser.mjs';
import { PLATFORMS } from './sample.mjs';

test.use({ launchOptions: wholeBrowserLaunch() });

for (const language of LANGUAGES) {
  test.describe(`in ${language}`, () => {
    test.use({ language });

    for (const platform of PLATFORMS) {
      test(`${platform.name}: from the sign-in to the result and the notification`, CORE, async ({ page, portal, api }) => {
        // 1-3: sign in, choose the device, its details
        await portal.enter('aiko', '/devices');
        await portal.openDevice(platform.device);
        await expect(page.locator('html')).toHaveAttribute('lang', language);
        // 4: what will happen and why
        await portal.explain();
        await portal.previews(platform);
        // 5-6: a fresh sign-in, back at the same device and step, nothing sent yet
        await portal.leaveForSignIn();
        await portal.provider.fill('aiko');
        await portal.isAt(`/devices/${platform.device}/reset-passcode`);
        await expect(portal.lastButton).toBeVisible();
        await expect(portal.countdown).toBeVisible();
        await portal.previews(platform);
        expect(api.resets).toHaveLength(0);
        // 7-8: the request and the result
        await portal.lastButton.click();
        await portal.isDone();
        expect(api.resets).toHaveLength(1);
        await portal.notes(platform);
        if (platform.passcode) {
          await expect(portal.showPasscode).toBeVisible();
          expect(api.of(CALL.passcode)).toHaveLength(0);
          await portal.showPasscode.click();
          await expect.poll(() => portal.shownPasscode()).toMatch(platform.passcode);
        } else {
          await expect(portal.showPasscode).toHaveCount(0);
        }
        // 9: the flag counts it, the list names it
        await expect(portal.flag).toHaveAccessibleName(/1/);
        await portal.openNotifications();
        await expect(portal.main.getByText(portal.saying('notificationDone')).first()).toBeVisible();
        // ... and the temporary passcode stands on the details of the device too
        await portal.open(`/devices/${platform.device}`);
        await portal.isAt(`/devices/${platform.device}`);
        await expect(portal.showPasscode).toHaveCount(platform.passcode ? 1 : 0);
      });
    }
  });
}
