// The ten steps of flow.md for each of its four platforms in both languages, in the whole browser that people have.

import { CORE, expect, LANGUAGES, SESSION, test } from './fixtures.mjs';
import { CALL } from './support/api.mjs';
import { wholeBrowserLaunch } from './support/browser.mjs';
import { Portal } from './portal.mjs';
import { ANDROID, IPHONE, PLATFORMS } from './sample.mjs';

/** What is done on the device afterwards, by the names of the messages. */
const ON_DEVICE = {
  android: ['android_unlock', 'android_settings', 'android_new'],
  apple_mobile: ['apple_unlock', 'apple_new', 'apple_biometrics'],
  windows_mobile: ['windows_mobile_unlock', 'windows_mobile_settings', 'windows_mobile_new'],
  windows_phone: ['windows_phone_unlock', 'windows_phone_settings', 'windows_phone_new'],
};

/** Every heading of the page from now on, with the moment it appeared: the next one may replace it within moments. */
function headingsOf(page) {
  return page.evaluateHandle(() => {
    const seen = [];
    const note = () => {
      const text = document.querySelector('h1')?.textContent ?? '';
      if (text && seen.at(-1)?.text !== text) seen.push({ text, at: performance.now() });
    };
    note();
    new MutationObserver(note).observe(document.body, { subtree: true, childList: true, characterData: true });
    return seen;
  });
}

/** The headings that match, each after the one before it. */
async function inOrder(headings, patterns) {
  const seen = await headings.jsonValue();
  const places = patterns.map((pattern) => seen.findIndex(({ text }) => pattern.test(text)));
  expect(places, seen.map(({ text }) => text).join(' | ')).not.toContain(-1);
  expect(places).toEqual([...places].sort((one, other) => one - other));
  return places.map((place) => seen[place]);
}

test.use({ launchOptions: wholeBrowserLaunch() });

for (const language of LANGUAGES) {
  test.describe(`in ${language}`, () => {
    test.use({ language });

    for (const platform of PLATFORMS) {
      const tags = language === 'ja' && platform.device === ANDROID ? { tag: [CORE.tag, SESSION.tag] } : CORE;
      test(`${platform.name}: from the sign-in to the result and the notification`, tags, async ({ page, portal, api }) => {
        // 1-3: sign in, choose the device, its details
        await portal.enterByForm('aiko', '/devices');
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
        // 7-8: the request, accepted but not done, and then the result
        const headings = await headingsOf(page);
        await portal.lastButton.click();
        await portal.isDone();
        expect(api.resets).toHaveLength(1);
        const [accepted, done] = await inOrder(headings, [portal.saying('pending'), portal.saying('done')]);
        console.log(`${platform.name}, ${language}: waiting for the device ${Math.round(done.at - accepted.at)} ms`);
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
        // 10: what to do on the device, step by step
        await portal.open(`/devices/${platform.device}/reset-passcode`);
        await portal.isDone();
        const onDevice = portal.main.getByRole('region', { name: portal.saying('on_device.heading') });
        await expect(onDevice.getByRole('listitem')).toHaveText(ON_DEVICE[platform.words].map((step) => portal.saying(`on_device.${step}`)));
        // ... and the temporary passcode stands on the details of the device too
        await portal.open(`/devices/${platform.device}`);
        await portal.isAt(`/devices/${platform.device}`);
        await expect(portal.showPasscode).toHaveCount(platform.passcode ? 1 : 0);
      });
    }
  });
}

/** Windows a person has: a laptop, the same at 200 %, two phones. */
const VIEWPORTS = [
  [1280, 800],
  [640, 400],
  [360, 740],
  [320, 568],
];

for (const language of LANGUAGES) {
  test(`${language}: the main button of A and of B is in sight without scrolling`, async ({ browser, stage }) => {
    const context = await browser.newContext({ baseURL: stage.origin, locale: language === 'en' ? 'en-GB' : 'ja-JP' });
    const portal = new Portal(await context.newPage(), language, stage);
    const isInSight = async (button, device) => {
      for (const [width, height] of VIEWPORTS) {
        await portal.page.setViewportSize({ width, height });
        await portal.page.evaluate(() => scrollTo(0, 0));
        await expect.soft(button, `${device}, ${width} by ${height}`).toBeInViewport({ ratio: 1 });
      }
    };
    await portal.enter('aiko', '/devices');
    for (const device of [ANDROID, IPHONE]) {
      await portal.open(`/devices/${device}`);
      await portal.isAt(`/devices/${device}`);
      await portal.explain();
      await isInSight(portal.signInAgain, device);
      await portal.leaveForSignIn();
      await portal.provider.fill('aiko');
      await expect(portal.lastButton).toBeVisible();
      await isInSight(portal.lastButton, device);
    }
    await context.close();
  });
}
