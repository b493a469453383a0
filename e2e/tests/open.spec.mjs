// What opens on top or on request, and what only waiting brings: each looked at like the screens of screens.spec.mjs.

import { expect, LANGUAGES, test } from './fixtures.mjs';
import { CALL } from './support/api.mjs';
import { look } from './support/look.mjs';
import { ANDROID } from './sample.mjs';

/** The server as it answers six minutes after the reset was asked for, without the six minutes. */
function sixMinutesAgo(page) {
  return page.route(CALL.device, async (route) => {
    const answer = await route.fetch();
    // A page that went meanwhile takes the answer with it.
    const device = await answer.json().catch(() => undefined);
    if (!device) return;
    for (const run of device.deviceActionResults ?? []) {
      run.startDateTime = new Date(Date.parse(run.startDateTime) - 360_000).toISOString();
    }
    // The validator of the true answer must not vouch for the changed one.
    const headers = Object.fromEntries(Object.entries(answer.headers()).filter(([name]) => name !== 'etag'));
    await route.fulfill({ status: answer.status(), headers, json: device });
  });
}

/** Lets the page's clock creep, so that the minute that is left does not run out under the eyes of the pictures. */
async function slowed(page) {
  await page.clock.pauseAt(new Date((await page.evaluate(() => Date.now())) + 1_000));
  let stopped = false;
  const creeping = (async () => {
    while (!stopped) await page.clock.runFor(2);
  })();
  return {
    stop() {
      stopped = true;
      return creeping;
    },
  };
}

for (const language of LANGUAGES) {
  test.describe(`in ${language}`, () => {
    test.use({ language });
    test.describe.configure({ timeout: 240_000 });

    test('the code as a QR code, and the help for who cannot type it', async ({ page, portal }) => {
      await portal.reset('aiko', ANDROID);
      await portal.showPasscode.click();
      await portal.button('passcode.qr_show').click();
      await expect(page.locator('svg.qr')).toBeVisible();
      await portal.main.getByText(portal.saying('passcode.cannot_type_heading')).click();
      await expect(portal.text('keypad.android_switch')).toBeVisible();
      await look(page, language, 'done-qr-cannot-type');
    });

    test.describe('with devices as slow as real ones', () => {
      test.use({ fleetSpeed: 1 });

      test('a silent device after five minutes, the question before cancelling, and no network', async ({ context, page, portal, guard }) => {
        guard.pardon(/Failed to load resource|ERR_INTERNET_DISCONNECTED/);
        await portal.reachConfirm('dana', 'd-dana-offline');
        await portal.lastButton.click();
        await portal.isPending();
        await portal.settles();
        await expect(portal.text('takes_long.not_since')).toHaveCount(0);
        await sixMinutesAgo(page);
        await page.reload();
        await expect(portal.text('takes_long.not_since')).toBeVisible();
        await expect(portal.text('takes_long.power')).toBeVisible();
        await look(page, language, 'pending-takes-long');
        await portal.button('pending.cancel').click();
        await expect(portal.dialog).toBeVisible();
        await look(page, language, 'pending-cancel');
        await page.keyboard.press('Escape');
        await context.setOffline(true);
        await expect(page.getByText(portal.saying('offline.banner')).first()).toBeVisible();
        await look(page, language, 'pending-offline');
        await context.setOffline(false);
      });
    });

    test.describe('with devices that say "not now" for long', () => {
      test.use({ fleetSpeed: 0.2 });

      test('"not now" as a state', async ({ page, portal }) => {
        await portal.reachConfirm('dana', 'd-dana-notnow');
        await portal.lastButton.click();
        await portal.isPending();
        await expect(portal.text('live.said_not_now')).toBeVisible({ timeout: 60_000 });
        await look(page, language, 'pending-not-now');
      });
    });

    test('the warning before a borrowed screen is signed out', async ({ page, portal }) => {
      await page.clock.install();
      await portal.enterBorrowed('aiko');
      await page.clock.fastForward('04:01');
      await expect(portal.dialog).toContainText(portal.saying('idle.warning'));
      const slow = await slowed(page);
      await look(page, language, 'idle-warning');
      await slow.stop();
    });
  });
}
