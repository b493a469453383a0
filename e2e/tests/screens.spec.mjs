// The screens around a reset that access.spec.mjs does not pass: each as people with different eyes and windows meet it,
// axe without violations in both languages, light and dark, nothing to scroll sideways at 320 px.

import { expect, LANGUAGES, test } from './fixtures.mjs';
import { look } from './support/look.mjs';
import { ANDROID } from './sample.mjs';

for (const language of LANGUAGES) {
  test.describe(`in ${language}`, () => {
    test.use({ language });
    test.describe.configure({ timeout: 240_000 });

    test('what follows a reset: the large passcode, the question, the history, the report', async ({ page, portal }) => {
      const see = (name) => look(page, language, name);
      await portal.reset('aiko', ANDROID);
      await portal.button('aftermath.worked').click();
      await see('done-worked');
      await portal.button('aftermath.still_locked').click();
      await see('done-still-locked');
      await portal.link('passcode.large').click();
      await portal.isAt(`/devices/${ANDROID}/passcode`);
      await see('passcode-hidden');
      await portal.showPasscode.click();
      await expect(portal.passcode).toBeVisible();
      await see('passcode-large');
      await portal.open(`/devices/${ANDROID}/history`);
      await portal.isAt(`/devices/${ANDROID}/history`);
      await expect(page.getByRole('row').nth(1)).toBeVisible();
      await see('history');
      await portal.link('unrecognized.link').first().click();
      await expect(portal.headed('unrecognized.heading')).toBeVisible();
      await see('not-me');
    });

    test('the accessibility statement and an empty history', async ({ page, portal }) => {
      const see = (name) => look(page, language, name);
      await portal.open('/accessibility');
      await portal.isAt('/accessibility');
      await see('accessibility');
      await portal.enter('emil', '/history');
      await expect(portal.text('history_page.empty_heading')).toBeVisible();
      await see('history-empty');
    });
  });
}
