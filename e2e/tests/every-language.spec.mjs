// Every language there is, the machine-drafted ones too: chosen by name, shown in its direction, nothing cut off at 320 px,
// nothing for axe to find. The words themselves are checked at build time; here is what only a browser can tell.

import { expect, LANGUAGES, test } from './fixtures.mjs';
import { violations } from './support/axe.mjs';
import { picturePath, sidewaysOverflow, withoutWords } from './support/look.mjs';
import { ANDROID } from './sample.mjs';

const RIGHT_TO_LEFT = ['ar'];
const TAGS = ['ar', 'de', 'en', 'es', 'fr', 'ja', 'ko', 'zh-Hans'];

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
