// The order in which Tab goes through the two screens where something is decided, by the names a screen reader says: exact, so
// that a stop that comes or goes is seen.

import { expect, LANGUAGES, test } from './fixtures.mjs';
import { ScreenReader } from './support/reader.mjs';
import { IT_CONTACT } from './support/stage.mjs';
import { ANDROID } from './sample.mjs';

/** Matches what is heard of the element with this name. */
const endsWith = (portal, name) => new RegExp(`, (?:${portal.saying(name).source})$`);

/** What is heard when Tab is pressed until `last` is reached, beginning where the focus is. */
async function heardUntil(reader, last, key = 'Tab') {
  const heard = [await reader.focused()];
  while (!last.test(heard.at(-1))) {
    expect(heard.length, heard.join('\n')).toBeLessThan(40);
    await reader.page.keyboard.press(key);
    heard.push(await reader.focused());
  }
  return heard;
}

/** The stops as they must be heard: a role, and a message of the interface or a name as it is. */
function stops(portal, list) {
  return list.map(([role, name]) => {
    const words = /^\w+\.\w+$/.test(name) ? portal.saying(name).source : name.replaceAll(/[.+]/g, '\\$&');
    return expect.stringMatching(new RegExp(`^${role}, (?:${words})(?:, |$)`));
  });
}

for (const language of LANGUAGES) {
  test.describe(`in ${language}`, () => {
    test.use({ language });

    test('dialog A: the disclosures, the way out, the way on, and round again; B: from the heading to the end, and back to the beginning', async ({ page, portal }) => {
      const reader = await ScreenReader.over(page);
      await portal.enter('aiko', `/devices/${ANDROID}`);
      await portal.explain();
      await expect(portal.dialog.getByRole('heading').first()).toBeFocused();
      const heard = await heardUntil(reader, endsWith(portal, 'explain.sign_out'));
      expect(heard).toEqual(
        stops(portal, [
          ['heading', 'explain.heading'],
          ['DisclosureTriangle', 'explain.factor_heading'],
          ['DisclosureTriangle', 'prepare.at_hand'],
          ['button', 'app.cancel'],
          ['button', 'explain.sign_out'],
        ]),
      );
      // Nothing behind the dialog is reached: the browser itself has the next stop, then the dialog again.
      await page.keyboard.press('Tab');
      const again = await heardUntil(reader, endsWith(portal, 'explain.sign_out'));
      expect(again.slice(-4)).toEqual(heard.slice(-4));
      expect(again.slice(0, -4).join()).not.toMatch(/button|link|radio/);
      await portal.leaveForSignIn();
      await portal.provider.fill('aiko');
      await expect(portal.lastButton).toBeVisible();
      await expect(portal.heading).toBeFocused();
      expect(await heardUntil(reader, endsWith(portal, 'accessibility.heading'))).toEqual(
        stops(portal, [
          ['heading', 'confirm.heading'],
          ['button', 'confirm.button'],
          ['button', 'app.cancel'],
          ['button', 'confirm.hide_countdown'],
          ['link', IT_CONTACT.phone],
          ['link', IT_CONTACT.email],
          ['link', IT_CONTACT.siteName],
          ['link', 'accessibility.heading'],
        ]),
      );
      await portal.heading.focus();
      expect(await heardUntil(reader, endsWith(portal, 'app.skip_to_content'), 'Shift+Tab')).toEqual(
        stops(portal, [
          ['heading', 'confirm.heading'],
          ['link', 'app.back_to_device'],
          ['button', '田中 愛子 \\(Aiko Tanaka\\)'],
          ['button', 'notifications.flag'],
          ['link', 'help.heading'],
          ['link', 'history_page.heading'],
          ['link', 'devices.heading'],
          ['link', `Example Corporation ${portal.saying('app.name').source}`],
          ['link', 'app.skip_to_content'],
        ]),
      );
    });
  });
}
