// What stands around every screen: the header in one row at every width, its menu, the navigation; and a focus that can be
// seen, by picture, on everything that can have it. A computed outline says nothing: what is around an element may cut it.

import { expect, LANGUAGES, test } from './fixtures.mjs';
import { ANDROID } from './sample.mjs';

const WIDTHS = [320, 360, 640, 768, 1280, 1366, 1440, 1920];
/** Pixels. */
const HIGHEST = (width) => (width < 640 ? 56 : 64);

for (const language of LANGUAGES) {
  test.describe(`in ${language}`, () => {
    test.use({ language });

    test('the header is one row at every width, and says who is signed in', async ({ page, portal }) => {
      await portal.open('/');
      await expect(portal.wayToSignIn).toBeVisible();
      const heights = async () => {
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: 740 });
          const { height } = await page.locator('.bar').boundingBox();
          expect.soft(height, `${width} px`).toBeLessThanOrEqual(HIGHEST(width));
        }
      };
      await heights();
      await portal.enter('aiko', '/devices');
      await heights();
      await portal.openMenu();
      await expect(portal.menu).toContainText('aiko@example.test');
      await expect(portal.button('signOut', portal.menu)).toBeVisible();
    });
  });
}

test('on a phone the navigation is at the bottom of the window and covers nothing that has the focus', async ({ page, portal }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await portal.enter('chiyo', '/devices');
  const navigation = page.getByRole('navigation').first();
  const box = await navigation.boundingBox();
  expect(Math.round(box.y + box.height)).toBe(740);
  for (let press = 0; press < 25; press += 1) {
    await page.keyboard.press('Tab');
    const isSeen = await page.evaluate(() => {
      const { left, right, top, bottom } = document.activeElement.getBoundingClientRect();
      const seen = document.elementFromPoint((left + right) / 2, Math.min(bottom, innerHeight) - 2);
      return document.activeElement.contains(seen) || document.activeElement.closest('li')?.contains(seen) || top < 0;
    });
    expect(isSeen, `stop ${press}`).toBe(true);
  }
});

/** How many pixels of two pictures differ; worked out in a page of its own, which has what reads pictures. */
async function difference(reader, one, other) {
  return reader.evaluate(async (pictures) => {
    const [first, second] = await Promise.all(
      pictures.map(async (picture) => {
        const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${picture}`)).blob());
        const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
        context.drawImage(bitmap, 0, 0);
        return context.getImageData(0, 0, bitmap.width, bitmap.height).data;
      }),
    );
    let changed = 0;
    for (let at = 0; at < first.length; at += 4) {
      const delta = [0, 1, 2].map((channel) => Math.abs(first[at + channel] - second[at + channel]));
      if (Math.max(...delta) > 60) changed += 1;
    }
    return changed;
  }, [one.toString('base64'), other.toString('base64')]);
}

/** Goes through everything that Tab reaches from where the focus is, and compares each stop with how it looks without the focus. */
async function showsFocus(page, reader, where) {
  const been = new Set();
  for (let press = 0; press < 40; press += 1) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => {
      const element = document.activeElement;
      if (element === document.body) return undefined;
      const { x, y, width, height } = (element.closest('li.device, .tick') ?? element).getBoundingClientRect();
      return { name: element.textContent.trim() || element.id, place: [...document.querySelectorAll('*')].indexOf(element), x, y, width, height };
    });
    // The end of the page, or round again in a dialog.
    if (!stop || been.has(stop.place)) break;
    been.add(stop.place);
    const clip = { x: Math.max(0, stop.x - 6), y: Math.max(0, stop.y - 6), width: stop.width + 12, height: stop.height + 12 };
    const focused = await page.screenshot({ clip });
    const element = await page.evaluateHandle(() => document.activeElement);
    await element.evaluate((one) => one.blur());
    const plain = await page.screenshot({ clip });
    await element.evaluate((one) => one.focus());
    // A ring two pixels wide, and a little less where a corner is round or the window ends.
    const ring = 2 * 2 * (stop.width + stop.height) * 0.75;
    expect.soft(await difference(reader, focused, plain), `${where}: ${stop.name}`).toBeGreaterThan(ring);
  }
  // A walk that went nowhere has shown nothing.
  expect(been.size, where).toBeGreaterThan(1);
}

for (const forcedColors of ['none', 'active']) {
  test.describe(`forced colours: ${forcedColors}`, () => {
    let reader;

    test.beforeEach(async ({ browser, page }) => {
      test.slow();
      reader = await (await browser.newContext()).newPage();
      await page.emulateMedia({ forcedColors, reducedMotion: 'reduce' });
    });

    test.afterEach(() => reader.context().close());

    test('everything that can have the focus shows it, on every screen', async ({ page, portal }) => {
      await portal.open('/');
      await expect(portal.wayToSignIn).toBeVisible();
      await showsFocus(page, reader, 'landing');
      await portal.enter('aiko', '/devices');
      for (const path of ['/devices', `/devices/${ANDROID}`, '/history', '/notifications', '/help', '/accessibility', `/devices/${ANDROID}/erase`]) {
        await portal.open(path);
        await portal.isAt(path);
        await portal.settles();
        await showsFocus(page, reader, path);
      }
      await portal.openMenu();
      await showsFocus(page, reader, 'menu');
    });

    test('and on every step of a reset, in its dialogs too', async ({ page, portal }) => {
      await portal.enter('dana', '/devices/d-dana-silent');
      await portal.button('run.rename').click();
      await showsFocus(page, reader, 'rename');
      await page.keyboard.press('Escape');
      await portal.button('run.lock').click();
      await showsFocus(page, reader, 'question before a lock');
      await portal.button('cancel', portal.dialog).click();
      await portal.explain();
      for (const summary of await portal.dialog.locator('summary').all()) await summary.click();
      await portal.dialog.getByRole('heading').first().focus();
      await showsFocus(page, reader, 'explanation');
      await portal.leaveForSignIn();
      await portal.provider.fill('dana');
      await expect(portal.lastButton).toBeVisible();
      await portal.heading.focus();
      await showsFocus(page, reader, 'confirmation');
      await portal.lastButton.click();
      await portal.isPending();
      await portal.heading.focus();
      await showsFocus(page, reader, 'pending');
      await portal.button('pending.cancel').click();
      await showsFocus(page, reader, 'question before cancelling');
      await portal.button('live.cancel_no').click();
      await portal.signOut();
      await showsFocus(page, reader, 'signed out');
    });

    test('and on the result with its passcode', async ({ page, portal }) => {
      await portal.reset('aiko', ANDROID);
      await portal.showPasscode.click();
      await expect(portal.passcode).toBeVisible();
      await portal.button('passcode.qr_show').click();
      await portal.button('aftermath.still_locked').click();
      await portal.heading.focus();
      await showsFocus(page, reader, 'result');
      await portal.flag.click();
      await showsFocus(page, reader, 'flag');
    });
  });
}
