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

/** What is focused, its name, and how much of it something else covers: the middle of each of its edges and its centre. */
const FOCUSED = () => {
  const element = document.activeElement;
  const { left, right, top, bottom } = element.getBoundingClientRect();
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  const points = [[x, y], [x, top + 1], [x, bottom - 1], [left + 1, y], [right - 1, y]];
  const isSeen = ([x, y]) => element.contains(document.elementFromPoint(x, y));
  const name = (element.labels?.[0] ?? element).textContent.trim();
  return { name, isInDialog: Boolean(element.closest('dialog')), seen: points.filter(isSeen).length, of: points.length };
};

const LOW_WINDOWS = [[1280, 900], [320, 720], [320, 256]];

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

  test.describe(`in ${language}, without zoom`, () => {
    test.use({ language });

    test('nothing covers what has the focus in the dialog, and its buttons follow its questions', async ({ page, portal }) => {
      await portal.enter('aiko', `/devices/${ANDROID}`);
      for (const [width, height] of LOW_WINDOWS) {
        await page.setViewportSize({ width, height });
        await portal.explain();
        const names = [];
        // From the heading, which has the focus, to the last button.
        for (let name = ''; !names.includes(name); ) {
          if (name) names.push(name);
          await page.keyboard.press('Tab');
          const focused = await page.evaluate(FOCUSED);
          if (!focused.isInDialog) break;
          expect(focused.seen, `${focused.name} is seen, ${width} by ${height}`).toBe(focused.of);
          ({ name } = focused);
        }
        const last = (await portal.signInAgain.textContent()).trim();
        expect(names.length, `${width} by ${height}`).toBeGreaterThan(3);
        expect(names.at(-1)).toBe(last);
        await page.keyboard.press('Escape');
        await expect(portal.dialog).toHaveCount(0);
      }
    });
  });
}
