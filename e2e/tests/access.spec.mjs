// Every page and every state, as people with different eyes, windows and hands meet it: axe without violations in both
// languages, light and dark; no sideways scrolling at 320 px; the whole reset by keyboard alone. The pictures of these
// walks are in output/pictures for a person to look at.

import { CORE, expect, habitTest, LANGUAGES, test } from './fixtures.mjs';
import { answerTo, CALL, hold, interfere, problem } from './support/api.mjs';
import { violations } from './support/axe.mjs';
import { look, picturePath, sidewaysOverflow, withoutWords } from './support/look.mjs';
import { listen, spokenOn } from './support/speech.mjs';
import { ANDROID, IPHONE, PLATFORMS } from './sample.mjs';

for (const language of LANGUAGES) {
  test.describe(`in ${language}`, () => {
    test.use({ language });
    test.describe.configure({ timeout: 240_000 });

    test('the pages before and after a sign-in', CORE, async ({ page, portal }) => {
      const see = (name) => look(page, language, name);
      await portal.open('/');
      await expect(portal.command('signIn').first()).toBeVisible();
      await see('home');
      await portal.enter('aiko', '/devices');
      await expect(portal.device(ANDROID).first()).toBeVisible();
      await see('devices');
      for (const [path, name] of [
        [`/devices/${ANDROID}`, 'details'],
        ['/notifications', 'notifications-empty'],
        ['/help', 'help'],
        ['/no/such/page', 'not-found'],
        ['/devices/d-nobody', 'device-gone'],
      ]) {
        await portal.open(path);
        await expect(portal.heading).toBeVisible();
        await portal.settles();
        expect(await withoutWords(page), `elements without words: ${name}`).toEqual([]);
        await see(name);
      }
      // Another person's device, or none: said to be gone, with the way back to the list.
      await expect(portal.text('deviceGone').first()).toBeVisible();
      await portal.command('backToDevices', portal.main).first().click();
      await portal.isAt('/devices');
      await portal.signOut();
      await see('signed-out');
    });

    test('the reset from the explanation to the notification', CORE, async ({ page, portal }) => {
      const see = (name) => look(page, language, name);
      await portal.enter('aiko', `/devices/${ANDROID}`);
      await portal.explain();
      expect(await withoutWords(page), 'elements without words').toEqual([]);
      await see('explain');
      await portal.leaveForSignIn();
      await portal.provider.fill('aiko');
      await expect(portal.lastButton).toBeVisible();
      await see('confirm-android');
      const held = await hold(page, CALL.reset, 'POST');
      await portal.lastButton.click();
      await see('submitting');
      held.release();
      await portal.isDone();
      await see('done-android-hidden');
      await portal.showPasscode.click();
      await expect(portal.passcode).toBeVisible();
      await see('done-android-shown');
      await portal.openNotifications();
      await expect(portal.main.getByText(portal.saying('notificationDone')).first()).toBeVisible();
      await see('notifications');
      await portal.open(`/devices/${ANDROID}`);
      await expect(portal.showPasscode).toBeVisible();
      await see('details-after');
    });

    for (const platform of PLATFORMS.slice(1)) {
      test(`confirmation and result of ${platform.name}`, CORE, async ({ page, portal }) => {
        await portal.reachConfirm('aiko', platform.device);
        await look(page, language, `confirm-${platform.device}`);
        await portal.lastButton.click();
        await portal.isDone();
        if (platform.passcode) {
          await portal.showPasscode.click();
          await expect(portal.passcode).toBeVisible();
        }
        await look(page, language, `done-${platform.device}`);
      });
    }

    test.describe('with devices as slow as real ones', () => {
      test.use({ fleetSpeed: 0.1 });

      test('pending', async ({ page, portal }) => {
        await portal.reachConfirm('aiko', IPHONE);
        await portal.lastButton.click();
        await portal.isPending();
        await look(page, language, 'pending');
        await portal.open(`/devices/${IPHONE}`);
        await portal.detailsSayPending();
        await look(page, language, 'details-pending');
      });
    });

    habitTest('what goes wrong with a sign-in', async ({ page, portal, stage }) => {
      await portal.enter('aiko', `/devices/${ANDROID}`);
      await stage.habits({ sign_in_age: 301 });
      await portal.stepUp();
      await expect(portal.headed('stepUpFailed')).toBeVisible();
      await look(page, language, 'not-asked-again');
      await portal.open(`/devices/${ANDROID}`);
      await portal.isAt(`/devices/${ANDROID}`);
      await portal.explain();
      await portal.leaveForSignIn();
      await portal.provider.cancel.click();
      await expect(portal.headed('signInCancelled')).toBeVisible();
      await look(page, language, 'cancelled');
      await portal.command('startAgain', portal.main).first().click();
      await portal.finishesStepUp('ben');
      await expect(portal.headed('wrongPerson')).toBeVisible();
      await look(page, language, 'wrong-person');
    });

    test('what goes wrong with the API', async ({ page, portal }) => {
      const fault = await interfere(page, { call: CALL.devices, answer: problem(500, 'internalError') });
      await portal.enter('aiko', '/devices');
      await expect(portal.retry).toBeVisible({ timeout: 20_000 });
      await look(page, language, 'devices-error');
      await fault.stop();
      await portal.open(`/devices/${ANDROID}`);
      await portal.isAt(`/devices/${ANDROID}`);
      await portal.stepUp();
      // Not before: interception that is switched on in the middle of a navigation may miss the page that comes.
      await expect(portal.lastButton).toBeVisible();
      await interfere(page, { call: CALL.reset, method: 'POST', answer: 'abort' });
      await portal.lastButton.click();
      await expect(portal.retryReset).toBeVisible();
      await look(page, language, 'unknown-outcome');
    });

    test('devices that cannot be reset, and lists of none and of thousands', async ({ page, portal }) => {
      await portal.enter('emil', '/devices');
      await expect(portal.text('noDevices').first()).toBeVisible();
      await look(page, language, 'devices-none');
      await portal.signOut();
      const listed = await answerTo(page, CALL.devices);
      await portal.enter('chiyo', '/devices');
      await look(page, language, 'devices-many');
      const { value } = await listed.json();
      const refused = value.find((device) => device.actions.resetPasscode?.allowed === false);
      await portal.openDevice(refused.id);
      await look(page, language, 'details-refused');
      await portal.signOut();
      await portal.enter('depot', '/devices');
      await expect(portal.main.getByText(/5,000/).first()).toBeVisible({ timeout: 20_000 });
      await look(page, language, 'devices-thousands');
    });

    test('the explanation of a missing config.json', async ({ page, portal }) => {
      await page.route('**/config.json', (route) => route.fulfill({ status: 404, body: '' }));
      await portal.open('/');
      await expect(portal.headed('config.heading')).toBeVisible();
      await look(page, language, 'config-missing');
    });
  });
}

/** Moves with Tab until `target` has the focus; a person gives up at some point, and so does this. */
async function tabTo(page, target) {
  for (let press = 0; press < 60; press += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('not reachable with Tab');
}

test('the whole reset by keyboard alone', CORE, async ({ page, portal, api }) => {
  await portal.open('/devices');
  await expect(portal.command('signIn').first()).toBeVisible();
  await tabTo(page, portal.command('signIn').first());
  await page.keyboard.press('Enter');
  await expect(portal.provider.userName).toBeFocused();
  await page.keyboard.type('aiko@example.test');
  await page.keyboard.press('Tab');
  await page.keyboard.type('sample');
  await page.keyboard.press('Enter');
  await portal.isAt('/devices');
  await expect(portal.device(ANDROID).first()).toBeVisible();
  await tabTo(page, portal.device(ANDROID).first());
  await page.keyboard.press('Enter');
  await portal.isAt(`/devices/${ANDROID}`);
  await expect(portal.heading).toBeFocused();
  await tabTo(page, portal.resetCommand);
  await page.keyboard.press('Enter');
  await expect(portal.dialog).toBeVisible();
  await tabTo(page, portal.signInAgain);
  await page.keyboard.press('Enter');
  await expect(portal.provider.password).toBeFocused();
  await page.keyboard.type('sample');
  await page.keyboard.press('Enter');
  await expect(portal.lastButton).toBeVisible();
  await tabTo(page, portal.lastButton);
  await page.keyboard.press('Enter');
  await portal.isDone();
  await tabTo(page, portal.showPasscode);
  await page.keyboard.press('Enter');
  await expect(portal.passcode).toBeVisible();
  expect(api.resets).toHaveLength(1);
});

test('the skip link is the first thing Tab reaches, is seen then, and leads to the content', async ({ page, portal }) => {
  await portal.open('/');
  await expect(portal.wayToSignIn).toBeVisible();
  const first = page.locator('a[href], button, input').first();
  await expect(first).toHaveAttribute('href', /^#/);
  await first.focus();
  await expect(first).toBeInViewport();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  expect(await portal.main.evaluate((main) => main.contains(document.activeElement))).toBe(true);
});

test('what is left of the five minutes can be hidden, is right when shown again, and is spoken at the milestones, each once, and at the end', async ({ context, page, portal, api }) => {
  await page.clock.install();
  await listen(context);
  await portal.reachConfirm('aiko', ANDROID);
  await portal.button('confirm.hide_countdown').click();
  await expect(portal.countdown).toHaveCount(0);
  await page.clock.runFor('00:30');
  await portal.button('confirm.show_countdown').click();
  await expect(portal.countdown).toHaveText(/^(4:[01]\d|3:5\d)$/);
  const said = (name) => spokenOn(page).then((texts) => texts.filter((text) => portal.saying(name).test(text)).length);
  for (const [step, name] of [
    ['02:11', 'countdown.two_minutes'],
    ['01:00', 'countdown.one_minute'],
    ['00:30', 'countdown.thirty_seconds'],
    ['00:20', 'countdown.ten_seconds'],
  ]) {
    await page.clock.runFor(step);
    await expect.poll(() => said(name), { message: name }).toBe(1);
  }
  await page.clock.runFor('00:11');
  await expect(portal.headed('expired')).toBeVisible();
  expect(await said('countdown.two_minutes')).toBe(1);
  expect(api.resets).toHaveLength(0);
});

test('at B: the ticking digits are in no live region, forced colours leave borders and the focus, larger and wider text loses nothing', async ({ page, portal }) => {
  await portal.reachConfirm('aiko', ANDROID);
  const live = await portal.countdown.evaluate((element) => {
    const region = element.closest('[aria-live], [role=status], [role=alert]');
    return region ? (region.getAttribute('aria-live') ?? region.getAttribute('role')) : 'none';
  });
  expect(['none', 'off']).toContain(live);
  await page.emulateMedia({ forcedColors: 'active' });
  expect(await violations(page)).toEqual([]);
  const unseen = await portal.main.evaluate((main) =>
    [...main.querySelectorAll('button')]
      .filter((button) => button.checkVisibility())
      .filter((button) => parseFloat(getComputedStyle(button).borderTopWidth) === 0)
      .map((button) => button.textContent),
  );
  expect(unseen).toEqual([]);
  await portal.lastButton.focus();
  const outline = await portal.lastButton.evaluate((button) => getComputedStyle(button).outlineStyle);
  expect(outline).not.toBe('none');
  await page.screenshot({ path: picturePath('forced-colours') });
  await page.emulateMedia({ forcedColors: null });
  const cut = () =>
    page.evaluate(() =>
      [...document.querySelectorAll('h1, h2, p, li, button, a, label, dt, dd, legend')]
        .filter((element) => element.checkVisibility() && !element.closest('.visually-hidden, .skip'))
        .filter((element) => getComputedStyle(element).overflow === 'hidden' && element.scrollWidth > element.clientWidth + 1)
        .map((element) => element.textContent.trim()),
    );
  for (const style of [
    'html { font-size: 200% }',
    // WCAG 1.4.12
    '* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-bottom: 2em !important }',
  ]) {
    // Through the driver: the page's own policy allows no style of anybody else.
    const client = await page.context().newCDPSession(page);
    await client.send('DOM.enable');
    await client.send('CSS.enable');
    const { frameTree } = await client.send('Page.getFrameTree');
    const { styleSheetId } = await client.send('CSS.createStyleSheet', { frameId: frameTree.frame.id });
    await client.send('CSS.setStyleSheetText', { styleSheetId, text: style });
    await page.setViewportSize({ width: 640, height: 720 });
    expect(await sidewaysOverflow(page)).toBeLessThanOrEqual(0);
    expect(await cut()).toEqual([]);
    await expect(portal.lastButton).toBeVisible();
    await client.detach();
  }
});
