// Removing and erasing a device, step by step in the real server, as a person meets it; and a restart.

import { expect, LANGUAGES, SESSION, test } from './fixtures.mjs';
import { look } from './support/look.mjs';
import { deviceAddress } from './portal.mjs';
import { ANDROID, IPHONE } from './sample.mjs';

/** The posts of one action. */
const posts = (api, action) => api.of(new RegExp(`/actions/${action}$`), 'POST');

const CASES = [
  { name: 'remove', action: 'retire', device: ANDROID },
  { name: 'erase', action: 'wipe', device: IPHONE },
];

const addressOf = ({ name, device }) => `${deviceAddress(device)}/${name}`;

for (const language of LANGUAGES) {
  test.describe(`in ${language}`, () => {
    test.use({ language });
    test.describe.configure({ timeout: 120_000 });

    for (const one of CASES) {
      const tags = language === 'ja' && one.action === 'wipe' ? SESSION : {};
      test(`${one.name}: from the device through a fresh sign-in and a tick to its end`, tags, async ({ page, portal, api }) => {
        const button = portal.button(`loss.${one.name}_button`, portal.main);
        // 1-3: the device; the way there stands last and apart
        await portal.enter('aiko', `/devices/${one.device}`);
        const section = portal.main.getByRole('region', { name: portal.saying('loss.section') });
        await portal.link(`run.${one.name}`, section).click();
        // 4: what is lost and which device, before anything is signed out
        await portal.isAt(addressOf(one));
        await expect(portal.headed(`loss.${one.name}_heading`)).toBeVisible();
        await expect(portal.text('act.lock_which')).toBeVisible();
        await expect(portal.main.getByRole('region', { name: portal.saying('loss.lost') }).getByRole('listitem').first()).toBeVisible();
        await look(page, language, `${one.name}-explain`);
        // 5-6: the same fresh sign-in as for a reset, back at the same device and step
        await portal.leaveForSignIn();
        await portal.provider.fill('aiko');
        await portal.isAt(addressOf(one));
        await expect(portal.countdown).toBeVisible();
        await look(page, language, `${one.name}-confirm`);
        // 7: without the tick nothing is sent, and the page says why
        await button.click();
        await expect(page.getByRole('alert')).toHaveText(portal.saying('loss.tick_first'));
        expect(posts(api, one.action)).toHaveLength(0);
        await page.getByRole('checkbox', { name: portal.saying(`loss.${one.name}_tick`) }).check();
        await button.click();
        // 8: the end, although the device has gone
        await expect(portal.headed(`loss.${one.name}_done`)).toBeVisible({ timeout: 30_000 });
        expect(posts(api, one.action)).toHaveLength(1);
        await look(page, language, `${one.name}-done`);
        // 9: the notification and the history tell it by its name
        await portal.openNotifications();
        await expect(portal.main.getByText(portal.saying(`run.${one.name}`)).first()).toBeVisible();
        await portal.open('/history');
        await portal.isAt('/history');
        await expect(page.getByRole('row').filter({ hasText: portal.saying(`run.${one.name}`) })).toHaveCount(1);
        // 10: it has left the list, and its address starts nothing
        await portal.open('/devices');
        await portal.isAt('/devices');
        await expect(portal.deviceLinks.first()).toBeVisible();
        // The flag at the top, closed, may still name it.
        await expect(portal.main.locator(`a[href="${deviceAddress(one.device)}"]`)).toHaveCount(0);
        await portal.open(addressOf(one));
        await expect(portal.headed('device.gone_heading')).toBeVisible();
        expect(posts(api, one.action)).toHaveLength(1);
      });
    }
  });
}

test('a link to an erase starts nothing, and cancelling leads to the device', async ({ portal, api }) => {
  await portal.enter('aiko', addressOf(CASES[1]));
  await expect(portal.headed('loss.erase_heading')).toBeVisible();
  await portal.button('cancel', portal.main).click();
  await portal.isAt(`/devices/${IPHONE}`);
  expect(posts(api, 'wipe')).toHaveLength(0);
});

test('an erase by keyboard alone', async ({ page, portal, api }) => {
  const reach = async (target) => {
    for (let press = 0; press < 60; press += 1) {
      if (await target.evaluate((element) => element === document.activeElement)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error('not reachable with Tab');
  };
  await portal.enter('aiko', `/devices/${IPHONE}`);
  await reach(portal.link('run.erase', portal.main));
  await page.keyboard.press('Enter');
  await portal.isAt(addressOf(CASES[1]));
  await expect(portal.heading).toBeFocused();
  await reach(portal.signInAgain);
  await page.keyboard.press('Enter');
  await expect(portal.provider.password).toBeFocused();
  await page.keyboard.type('sample');
  await page.keyboard.press('Enter');
  const tick = page.getByRole('checkbox', { name: portal.saying('loss.erase_tick') });
  await expect(tick).toBeVisible();
  await reach(tick);
  await page.keyboard.press('Space');
  await reach(portal.button('loss.erase_button', portal.main));
  await page.keyboard.press('Enter');
  await expect(portal.headed('loss.erase_done')).toBeVisible({ timeout: 30_000 });
  await expect(portal.heading).toBeFocused();
  expect(posts(api, 'wipe')).toHaveLength(1);
});

test('a restart is asked about once, sent once, and told to its end', async ({ portal, api }) => {
  await portal.enter('ben', '/devices/d-ben-iphone');
  await portal.button('run.restart').click();
  await expect(portal.dialog).toBeVisible();
  expect(posts(api, 'rebootNow')).toHaveLength(0);
  await portal.button('act.restart_button', portal.dialog).click();
  await expect(portal.action('run.restart')).toContainText(portal.saying('run.done'), { timeout: 20_000 });
  expect(posts(api, 'rebootNow')).toHaveLength(1);
});
