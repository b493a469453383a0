// Devices that cannot be reset, with the reason; and devices that behave as real ones do on a bad day.

import { expect, test } from './fixtures.mjs';
import { IT_CONTACT } from './support/stage.mjs';
import { answerTo, CALL } from './support/api.mjs';

test('every device that cannot be reset says why and whom to ask, in the place of the command; there is no dead button', async ({ page, portal, api }) => {
  test.setTimeout(180_000);
  const listed = await answerTo(page, CALL.devices);
  await portal.enter('chiyo', '/devices');
  const { value } = await listed.json();
  const refused = value.filter((device) => device.actions.resetPasscode?.allowed !== true);
  expect(refused.length).toBeGreaterThanOrEqual(8);
  expect(refused.some((device) => device.actions.resetPasscode.allowed === false)).toBe(true);
  for (const device of refused) {
    await test.step(`${device.id}: ${device.actions.resetPasscode.reason}`, async () => {
      await portal.openDevice(device.id);
      await expect(portal.main.getByText(portal.reason(device.actions.resetPasscode.reason)).first()).toBeVisible();
      await expect(portal.itContact(IT_CONTACT.phone)).toBeVisible();
      await expect(portal.button('resetPasscode', portal.main)).toHaveCount(0);
      await expect(portal.main.locator('[aria-disabled]')).toHaveCount(0);
      await portal.page.locator('a[href="/devices"]').first().click();
      await portal.isAt('/devices');
    });
  }
  expect(api.resets).toHaveLength(0);
});

test.describe('devices on a bad day', () => {
  /** What a failed reset must say. */
  const FAILURES = [
    ['d-dana-unlocktoken', 'failure.unlock_token_why', 'failure.unlock_token_next'],
    ['d-dana-nopolicy', 'failure.no_policy_why', 'failure.no_policy_next'],
  ];

  test('a reset that fails: the cause, the next step, a reference and the IT contact; the flag tells it too', async ({ portal }) => {
    await portal.enter('dana');
    for (const [device, why, next] of FAILURES) {
      await portal.confirmAgain('dana', device);
      await portal.lastButton.click();
      await expect(portal.headed('failed')).toBeVisible({ timeout: 20_000 });
      await expect(portal.text(why).first()).toBeVisible();
      await expect(portal.text(next).first()).toBeVisible();
      await expect(portal.text('app.reference_label', portal.main).first()).toBeVisible();
      await expect(portal.itContact(IT_CONTACT.phone)).toBeVisible();
      await expect(portal.showPasscode).toHaveCount(0);
    }
    await portal.openNotifications();
    await expect(portal.text('notifications.failed', portal.main).first()).toBeVisible();
  });

  test('a device without a network stays pending, with when it was last seen', async ({ portal }) => {
    await portal.reachConfirm('dana', 'd-dana-offline');
    await portal.lastButton.click();
    await portal.isPending();
    await expect(portal.text('pending.not_done').first()).toBeVisible();
    await expect(portal.text('pending.leave').first()).toBeVisible();
    await expect(portal.main.getByText(portal.saying('device.last_check_in')).first()).toBeVisible();
  });
});
