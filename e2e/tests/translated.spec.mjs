// In a browser that translates the page: everything goes on, what is spoken is spoken, and names and codes stay what they are.

import { expect, test } from './fixtures.mjs';
import { ANDROID } from './sample.mjs';
import { listen, spokenOn } from './support/speech.mjs';
import { taken, translate, WAYS } from './support/translator.mjs';

for (const way of WAYS) {
  test(`translated, with words ${way} the page's: a reset goes to its end, is spoken, and no name or code is touched`, async ({ context, page, portal }) => {
    await listen(context);
    await translate(context, way);
    await portal.enter('aiko', '/devices');
    expect(await taken(page)).toBeGreaterThan(5);
    const touched = (selector) => page.locator(`${selector} font`).count();
    const name = await portal.device(ANDROID).first().innerText();
    expect(await touched('.device h2'), 'the names of the devices').toBe(0);

    await portal.openDevice(ANDROID);
    await expect(portal.heading).toHaveText(name);
    expect(await portal.heading.locator('font').count(), 'the name of the device').toBe(0);

    // What changes where it stands: the button that hides the time becomes the one that shows it.
    await portal.stepUp('aiko');
    await expect(portal.lastButton).toBeVisible();
    await expect(portal.lastButton).toContainText(name);
    expect(await touched('button.danger'), 'the button that names the device').toBe(0);
    await portal.button('confirm.hide_countdown').click();
    await expect(portal.button('confirm.show_countdown')).toBeVisible();
    await portal.button('confirm.show_countdown').click();
    await expect(portal.button('confirm.hide_countdown')).toBeVisible();
    await expect(portal.countdown).toHaveText(/^\d:\d\d$/);

    await portal.lastButton.click();
    await portal.isDone();
    // Spoken in its turn, although the text of the region was taken out of it before.
    await expect.poll(async () => (await spokenOn(page)).join('\n')).toMatch(portal.saying('done.heading'));

    await portal.showPasscode.click();
    await expect(portal.passcode).toBeVisible();
    expect(await portal.shownPasscode()).toMatch(/^[A-Za-z0-9]{6,}$/);
    expect(await touched('output.code') + (await touched('.spelled')), 'the passcode').toBe(0);
    await portal.hidePasscode.click();
    await expect(portal.showPasscode).toBeVisible();

    // The whole page in another language of its own.
    await portal.switchLanguage('ja');
    await portal.isDone();
    await portal.signOut();
  });
}

test('what a translated page says of the list follows the list', async ({ context, page, portal }) => {
  await translate(context, 'instead');
  await portal.enter('depot', '/devices');
  const count = page.locator('.count');
  // The list arrives in parts, and the count grows with it.
  await expect(count).toContainText('5,000', { timeout: 20_000 });
  const before = await count.innerText();
  await portal.search.fill('zz-there-is-none');
  await expect(count).not.toHaveText(before);
  await portal.search.fill('');
  await expect(count).toHaveText(before);
});
