// A window of 1280 by 1024 at 400 % (WCAG 2.2, 1.4.10): 320 by 256 CSS pixels, four device pixels each. So low a window is
// what a phone held sideways does not show: a dialog that does not scroll would hide its buttons.

import { expect, LANGUAGES, test } from './fixtures.mjs';
import { sidewaysOverflow } from './support/look.mjs';
import { ANDROID } from './sample.mjs';

/** In the window after scrolling to it, whole, and not under anything else. */
async function canBePressed(button) {
  await button.scrollIntoViewIfNeeded();
  await expect(button).toBeInViewport({ ratio: 1 });
  await button.click({ trial: true });
}

for (const language of LANGUAGES) {
  test.describe(`in ${language}`, () => {
    test.use({ language, viewport: { width: 320, height: 256 }, deviceScaleFactor: 4 });

    test('the whole reset at 400 % zoom: nothing sideways, every button within reach', async ({ page, portal }) => {
      const fits = async (what) => expect(await sidewaysOverflow(page), what).toBeLessThanOrEqual(0);
      await portal.open('/');
      await fits('sign-in');
      await canBePressed(portal.wayToSignIn);
      await portal.goToProvider();
      await portal.provider.fill('aiko');
      await portal.isAt('/devices');
      await fits('list');
      await canBePressed(portal.device(ANDROID).first());
      await portal.openDevice(ANDROID);
      await fits('details');
      await canBePressed(portal.resetCommand);
      await portal.explain();
      await fits('dialog A');
      await canBePressed(portal.button('cancel', portal.dialog));
      await canBePressed(portal.signInAgain);
      await portal.leaveForSignIn();
      await portal.provider.fill('aiko');
      await expect(portal.lastButton).toBeVisible();
      await fits('B');
      await canBePressed(portal.lastButton);
      await portal.lastButton.click();
      await portal.isDone();
      await fits('result');
      await canBePressed(portal.showPasscode);
      await portal.showPasscode.click();
      await expect(portal.passcode).toBeVisible();
      await fits('passcode');
      await expect(portal.passcode).toBeInViewport({ ratio: 0.9 });
      await portal.flag.click();
      await canBePressed(portal.link('allNotifications'));
      await fits('flag');
    });
  });
}
