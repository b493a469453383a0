// Every language there is, the machine-drafted ones too: chosen by name, shown in its direction, nothing cut off at 320 px,
// nothing for axe to find. The words themselves are checked at build time; here is what only a browser can tell.

import { expect, LANGUAGES, test } from './fixtures.mjs';
import { violations } from './support/axe.mjs';
import { picturePath, sidewaysOverflow, withoutWords } from './support/look.mjs';
import { ANDROID } from './sample.mjs';

const RIGHT_TO_LEFT = ['ar'];
const TAGS = ['ar', 'de', 'en', 'es', 'fr', 'ja', 'ko', 'zh-Hans'];

/** Where the words of a device name are known by its spaces. */
const DEVICE_NAME = '愛子の Xperia';

/** The texts in which a word of the name begins on one line and ends on another. */
function cutWords(page, name) {
  return page.evaluate((whole) => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const cut = [];
    while (walker.nextNode()) {
      const { data, parentElement } = walker.currentNode;
      if (!data.includes(whole) || !parentElement.checkVisibility()) continue;
      for (const word of whole.split(' ')) {
        const at = data.indexOf(word, data.indexOf(whole));
        const range = document.createRange();
        range.setStart(walker.currentNode, at);
        range.setEnd(walker.currentNode, at + word.length);
        const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top / 8)));
        if (lines.size > 1) cut.push(data);
      }
    }
    return cut;
  }, name);
}

test.describe.configure({ timeout: 240_000 });

test('the choice offers every language by its own name, and says which are drafted by a machine', async ({ page, portal }) => {
  await portal.open('/');
  await expect(portal.wayToSignIn).toBeVisible();
  const options = page.getByRole('combobox').first().locator('option');
  expect((await options.evaluateAll((all) => all.map((option) => option.value))).toSorted()).toEqual(TAGS);
  await page.getByRole('combobox').first().selectOption('de');
  await expect(page.getByRole('contentinfo')).toContainText('Deutsch (');
});

/** Japanese and English are looked at on every screen there is (access.spec.mjs and its like). */
for (const tag of TAGS.filter((one) => !LANGUAGES.includes(one))) {
  test(`${tag}: the device, the explanation and the help read in their direction and fit`, async ({ page, portal }) => {
    await portal.enter('aiko', `/devices/${ANDROID}`);
    await (await portal.languageChoice()).selectOption(tag);
    await expect(page.locator('html')).toHaveAttribute('lang', tag);
    await portal.closeMenu();
    await expect(page.locator('html')).toHaveAttribute('dir', RIGHT_TO_LEFT.includes(tag) ? 'rtl' : 'ltr');
    const isSound = async (name) => {
      await page.setViewportSize({ width: 320, height: 720 });
      expect.soft(await sidewaysOverflow(page), `sideways scrolling: ${name}`).toBeLessThanOrEqual(0);
      expect.soft(await cutWords(page, DEVICE_NAME), `a device name cut inside a word: ${name}`).toEqual([]);
      await page.screenshot({ path: picturePath(`language-${tag}-${name}-narrow`), fullPage: true });
      await page.setViewportSize({ width: 1280, height: 900 });
      expect.soft(await violations(page), name).toEqual([]);
      await page.screenshot({ path: picturePath(`language-${tag}-${name}-wide`), fullPage: true });
      expect(await withoutWords(page), 'elements without words').toEqual([]);
    };
    await isSound('device');
    await page.locator('.commands .button, main .button').first().click();
    await expect(portal.dialog).toBeVisible();
    await isSound('explain');
    await page.keyboard.press('Escape');
    await page.locator('a[href="/help"]').first().click();
    await portal.isAt('/help');
    await isSound('help');
  });
}
