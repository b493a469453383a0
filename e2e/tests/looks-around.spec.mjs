// What stands around a reset when something is missing, over or somebody else's: each as people with different eyes and windows
// meet it (support/look.mjs). What these states do is in the specs of their own.

import { expect, LANGUAGES, test } from './fixtures.mjs';
import { CALL, interfere, problem } from './support/api.mjs';
import { glance } from './support/look.mjs';
import { ANDROID } from './sample.mjs';

const HISTORY = /\/api\/v1\.0\/me\/history(\?.*)?$/;
const LAZY = /\/assets\/screens-[0-9a-f]+\.wasm$/;
const STEP_UP = { 'WWW-Authenticate': 'Bearer error="insufficient_user_authentication", max_age="3600"' };

for (const language of LANGUAGES) {
  test.describe(`in ${language}`, () => {
    test.use({ language });
    test.describe.configure({ timeout: 240_000 });

    test('before the module, and when it cannot be had', async ({ page, guard }) => {
      guard.pardon(/page error/);
      let give;
      const given = new Promise((resolve) => (give = resolve));
      await page.route('**/*.wasm', async (route) => {
        await given;
        await route.abort('connectionreset');
      });
      await page.goto('/', { waitUntil: 'commit' });
      await expect(page.locator('.shell-loading')).toBeVisible();
      await glance(page, language, 'shell-loading');
      give();
      await expect(page.getByRole('alert').first()).toBeVisible();
      await glance(page, language, 'shell-failed');
    });

    test('a borrowed screen: the question, the end of the reset, signed out by the clock', async ({ page, portal }) => {
      await page.clock.install();
      await portal.open('/');
      await page.getByRole('checkbox', { name: portal.saying('shared_computer.check') }).check();
      await expect(portal.text('idle.rule')).toBeVisible();
      await glance(page, language, 'borrowed-landing');
      await portal.enterBorrowed('aiko');
      await portal.openDevice(ANDROID);
      await portal.stepUp();
      await portal.lastButton.click();
      await portal.isDone();
      await expect(portal.text('shared_computer.finish_heading')).toBeVisible();
      await glance(page, language, 'borrowed-finish');
      await page.clock.fastForward('05:01');
      await portal.isAt('/signed-out');
      await expect(portal.text('idle.ended')).toBeVisible();
      await glance(page, language, 'signed-out-by-clock');
    });

    test('the passcode cannot be had, the flag is open, the report is made, lists fail', async ({ page, portal }) => {
      const see = (name) => glance(page, language, name);
      await portal.reset('aiko', ANDROID);
      for (const [name, said, answer] of [
        ['passcode-failed', 'passcode.failed', problem(400, 'invalidRequest')],
        ['passcode-none', 'passcode.none_there', problem(404, 'notFound')],
        ['passcode-needs-sign-in', 'passcode.needs_sign_in_heading', problem(401, 'insufficientUserAuthentication', { headers: STEP_UP })],
      ]) {
        await portal.open(`/devices/${ANDROID}/passcode`);
        await portal.isAt(`/devices/${ANDROID}/passcode`);
        const fault = await interfere(page, { call: CALL.passcode, answer });
        await portal.showPasscode.click();
        await expect(portal.text(said)).toBeVisible();
        await see(name);
        await fault.stop();
      }
      await portal.flag.click();
      await expect(page.getByRole('banner').getByRole('link', { name: portal.saying('allNotifications') })).toBeVisible();
      await see('flag-open');
      await portal.link('allNotifications').click();
      await portal.link('unrecognized.link', portal.main).first().click();
      await portal.button('unrecognized.report_button').click();
      await expect(portal.text('unrecognized.reported')).toBeVisible();
      await see('not-me-reported');
      for (const [name, call, heading] of [
        ['notifications-error', CALL.notifications, 'notifications.error_heading'],
        ['history-error', HISTORY, 'history_page.error_heading'],
      ]) {
        const fault = await interfere(page, { call, answer: problem(400, 'invalidRequest') });
        await portal.open(name.startsWith('history') ? '/history' : '/notifications');
        await expect(portal.text(heading)).toBeVisible();
        await see(name);
        await fault.stop();
      }
      await page.route(CALL.devices, async (route) => {
        const answer = await route.fetch();
        const { value } = await answer.json();
        await route.fulfill({ response: answer, json: { value: value.slice(2), unavailableServices: ['cloud'] } });
      });
      await portal.open('/devices');
      await expect(portal.text('devices.others_work')).toBeVisible();
      await see('devices-service-down');
    });

    test('a part is missing, the end of the explanation, and no network', async ({ context, page, portal, guard }) => {
      guard.pardon(/Failed to load resource|Failed to fetch|ERR_INTERNET_DISCONNECTED/);
      await portal.enter('aiko', '/devices');
      await page.route(LAZY, (route) => route.abort('connectionreset'));
      await portal.device(ANDROID).first().click();
      await expect(portal.headed('lazy.heading')).toBeVisible();
      await glance(page, language, 'lazy-failed');
      await page.unroute(LAZY);
      await portal.button('retry', portal.main).click();
      await portal.isAt(`/devices/${ANDROID}`);
      await portal.explain();
      await glance(page, language, 'explain-end', () => portal.dialog.evaluate((dialog) => dialog.scrollTo(0, dialog.scrollHeight)));
      await portal.leaveForSignIn();
      await portal.provider.fill('aiko');
      await expect(portal.lastButton).toBeVisible();
      await context.setOffline(true);
      await portal.lastButton.click();
      await expect(page.getByRole('alert').filter({ hasText: portal.saying('offline.unsent') })).toBeVisible();
      await glance(page, language, 'confirm-unsent');
      await context.setOffline(false);
      await portal.open('/devices');
      await portal.isAt('/devices');
      await context.setOffline(true);
      await expect(page.getByText(portal.saying('offline.as_of'))).toBeVisible();
      await glance(page, language, 'devices-offline');
      await context.setOffline(false);
    });
  });
}
