// From "locked out" to "code typed in", by two people: one hears the page and has a keyboard only, the other holds a phone
// 320 px wide. In both languages; docs/walkthrough.md tells the same steps to a person who wants to try them.
//
// "Typed in" is what the person would press on the lock screen, compared with what the device management says the
// passcode is: taken from its answer on the wire, which the page never shows in this form.

import { expect, LANGUAGES, test } from './fixtures.mjs';
import { answerTo, CALL } from './support/api.mjs';
import { picturePath, sidewaysOverflow } from './support/look.mjs';
import { ScreenReader } from './support/reader.mjs';
import { typed } from './support/spelling.mjs';
import { ANDROID, PASSWORD, PEOPLE } from './sample.mjs';

/** What the lock screen of the device expects, once the page has asked for it. */
async function expectedCode(page) {
  const answer = await answerTo(page, CALL.passcode);
  return () => answer.json().then(({ passcode }) => passcode);
}

for (const language of LANGUAGES) {
  test.describe(`in ${language}`, () => {
    test.use({ language });

    test('by ear and keyboard, from locked out to the code typed in', async ({ page, portal, api }) => {
      const says = (name) => portal.saying(name);
      const reader = await ScreenReader.over(page);
      const hears = (name) => expect.poll(() => reader.readAll(), { message: name }).toMatch(says(name));
      // 1: the page says what it is, and how to sign in
      await portal.open('/devices');
      await hears('sign_in.button');
      await reader.press(new RegExp(`^button, ${says('signIn').source}`));
      await expect(portal.provider.userName).toBeFocused();
      await page.keyboard.type(PEOPLE.aiko);
      await page.keyboard.press('Tab');
      await page.keyboard.type(PASSWORD);
      await page.keyboard.press('Enter');
      // 2-3: the list, the device, what can be done
      await portal.isAt('/devices');
      await expect.poll(() => reader.focused()).toMatch(/^heading/);
      await expect(portal.device(ANDROID).first()).toBeVisible();
      await reader.press(/^link, .*Xperia/);
      await portal.isAt(`/devices/${ANDROID}`);
      await expect.poll(() => reader.focused()).toMatch(/^heading, .*Xperia/);
      await expect(portal.resetCommand).toBeVisible();
      await reader.press(new RegExp(`^button, ${says('resetPasscode').source}`));
      // 4: what will happen, before anything is signed out
      await hears('preview.android');
      await hears('explain.lead');
      await hears('explain.factor_heading');
      await reader.press(new RegExp(`^button, ${says('signInAgain').source}`));
      // 5-6: who it is, then the last step by name
      await expect(portal.provider.password).toBeFocused();
      await page.keyboard.type(PASSWORD);
      await page.keyboard.press('Enter');
      await expect(portal.lastButton).toBeVisible();
      await expect.poll(() => reader.announced()).toMatch(says('countdown.begins'));
      await hears('confirm.irreversible');
      expect(api.resets).toHaveLength(0);
      await reader.press(new RegExp(`^button, ${says('confirmReset').source}`));
      // 7-8: the end is announced without being looked for, and the title says it
      await expect.poll(() => reader.announced(), { timeout: 20_000 }).toMatch(says('announce.done'));
      expect(await reader.announced()).toMatch(says('announce.accepted'));
      await expect(page).toHaveTitle(says('title.done'));
      const expected = await expectedCode(page);
      await reader.press(new RegExp(`^button, ${says('showPasscode').source}`));
      await expect.poll(() => reader.announced()).toMatch(says('passcode.shown'));
      // 10: every character by its words, typed as heard
      await expect.poll(async () => typed(language, (await reader.readAll()).split('\n'))).toBe(await expected());
      // The code itself is never in what is announced by itself.
      expect((await reader.announced()).replaceAll(/\s/g, '')).not.toContain(await expected());
      // 9: and the notification
      await reader.press(new RegExp(`^(button|link), .*${says('flagCount').source}`));
      await hears('notificationDone');
    });

    test.describe('on a phone 320 px wide', () => {
      test.use({ viewport: { width: 320, height: 640 }, hasTouch: true });

      test('by touch, from locked out to the code typed in', async ({ page, portal }) => {
        const fits = async (step) => {
          expect(await sidewaysOverflow(page), step).toBeLessThanOrEqual(0);
          await page.screenshot({ path: picturePath(`phone-${language}-${step}`), fullPage: true });
        };
        /** What is touched is large enough for a finger (WCAG 2.5.8; we aim for 44 px and hold 24). */
        const tap = async (target) => {
          await target.scrollIntoViewIfNeeded();
          // The link of a row covers the row.
          const row = target.locator('xpath=ancestor-or-self::*[contains(@class, "device")][1]');
          const { width, height } = await ((await row.count()) > 0 ? row : target).boundingBox();
          expect(Math.min(width, height)).toBeGreaterThanOrEqual(24);
          await target.tap();
        };
        await portal.open('/devices');
        await expect(portal.wayToSignIn).toBeVisible();
        await fits('1-sign-in');
        await tap(portal.wayToSignIn);
        await expect(portal.provider.userName).toBeVisible();
        await portal.provider.fill('aiko');
        await portal.isAt('/devices');
        await expect(portal.device(ANDROID).first()).toBeVisible();
        await fits('2-devices');
        await tap(portal.device(ANDROID).first());
        await portal.isAt(`/devices/${ANDROID}`);
        await expect(portal.resetCommand).toBeVisible();
        await fits('3-device');
        await tap(portal.resetCommand);
        await expect(portal.dialog).toBeVisible();
        await fits('4-before');
        await tap(portal.signInAgain);
        await expect(portal.provider.password).toBeVisible();
        await portal.provider.fill('aiko');
        await expect(portal.lastButton).toBeVisible();
        await fits('6-confirm');
        await tap(portal.lastButton);
        await portal.isDone();
        await fits('8-result');
        const expected = await expectedCode(page);
        await tap(portal.link('passcode.large'));
        await portal.isAt(`/devices/${ANDROID}/passcode`);
        await tap(portal.showPasscode);
        await expect(portal.passcode).toBeVisible();
        await fits('8-code-large');
        // The words of each character; how it is pronounced stands behind them in brackets.
        const read = await page.locator('.spelled li > span:last-child').evaluateAll((all) => all.map((words) => words.firstChild.textContent));
        expect(typed(language, read)).toBe(await expected());
        expect(await portal.shownPasscode()).toBe(await expected());
      });
    });
  });
}
