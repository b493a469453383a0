// What must hold on the way through a reset: one command whatever is pressed, a state that is found again, nothing by itself.

import { expect, test } from './fixtures.mjs';
import { CALL, hold, interfere, problem } from './support/api.mjs';
import { ANDROID } from './sample.mjs';

/** Seconds of `4:05`. */
const secondsOf = (digits) => digits.split(':').reduce((minutes, seconds) => Number(minutes) * 60 + Number(seconds));

const reads = (api) => api.of(CALL.device).length + api.of(CALL.result).length;

test('many clicks while the request is under way post once', async ({ page, portal, api }) => {
  await portal.reachConfirm('aiko', ANDROID);
  const held = await hold(page, CALL.reset, 'POST');
  await portal.lastButton.evaluate((button) => {
    for (let click = 0; click < 10; click += 1) button.click();
  });
  held.release();
  await portal.isDone();
  expect(api.resets).toHaveLength(1);
});

test.describe('with devices as slow as real ones', () => {
  test.use({ fleetSpeed: 0.1 });

  test('nothing is called done before the device acknowledged, however often the page looks', async ({ page, portal, api }) => {
    // Without the event stream; with it nothing is looked at at all (live.spec.mjs).
    await interfere(page, { call: CALL.events, answer: problem(404, 'notFound') });
    await page.clock.install();
    await portal.reachConfirm('aiko', ANDROID);
    await portal.lastButton.click();
    await portal.isPending();
    const readsBefore = reads(api);
    await expect(async () => {
      await page.clock.runFor('00:05');
      expect(reads(api)).toBeGreaterThan(readsBefore + 2);
    }).toPass();
    await expect(portal.headed('done')).toHaveCount(0);
    await expect(portal.showPasscode).toHaveCount(0);
  });

  test('a reset begun in one tab takes the last button of the other away: it shows what is under way', async ({ context, portal, api }) => {
    await portal.reachConfirm('aiko', ANDROID);
    const second = portal.in(await context.newPage());
    await second.open(`/devices/${ANDROID}`);
    await second.isAt(`/devices/${ANDROID}`);
    await second.stepUp();
    await expect(second.lastButton).toBeVisible();
    await portal.lastButton.click();
    await portal.isPending();
    await second.isPending();
    expect(api.resets).toHaveLength(1);
  });

  test('the same reset in two tabs is one command, and the second tab shows it', async ({ context, portal, api }) => {
    await portal.reachConfirm('aiko', ANDROID);
    const second = portal.in(await context.newPage());
    // A tab that hears of nothing still has its last button.
    await interfere(second.page, { call: CALL.events, answer: problem(404, 'notFound') });
    await second.open(`/devices/${ANDROID}`);
    await second.isAt(`/devices/${ANDROID}`);
    await second.stepUp();
    await expect(second.lastButton).toBeVisible();
    await portal.lastButton.click();
    await portal.isPending();
    await second.lastButton.click();
    await second.isPending();
    const answers = await Promise.all(api.resets.map((request) => request.response()));
    expect(answers.filter((answer) => answer?.status() === 202)).toHaveLength(1);
  });
});

test('a reload at B comes back to B and sends nothing; a double click then posts once', async ({ page, portal, api }) => {
  await portal.reachConfirm('aiko', ANDROID);
  await page.reload();
  await expect(portal.lastButton).toBeVisible();
  expect(api.resets).toHaveLength(0);
  await portal.lastButton.dblclick();
  await portal.isDone();
  expect(api.resets).toHaveLength(1);
});

test('Escape closes dialog A and gives the focus back; cancelling at B returns to the device; nothing is sent', async ({ page, portal, api }) => {
  await portal.enter('aiko', `/devices/${ANDROID}`);
  await portal.explain();
  await page.keyboard.press('Escape');
  await expect(portal.dialog).toHaveCount(0);
  await expect(portal.resetCommand).toBeFocused();
  await portal.stepUp();
  await portal.command('cancel', portal.main).first().click();
  await portal.isAt(`/devices/${ANDROID}`);
  expect(api.resets).toHaveLength(0);
});

test('Back from B starts nothing and leads to a page that works', async ({ page, portal, api }) => {
  await portal.reachConfirm('aiko', ANDROID);
  await page.goBack();
  await page.goto(`/devices/${ANDROID}`);
  await portal.isAt(`/devices/${ANDROID}`);
  await expect(portal.resetCommand).toBeVisible();
  expect(api.resets).toHaveLength(0);
});

test('the language can be switched at B: the step, the device and the clock stay', async ({ page, portal, api }) => {
  await page.clock.install();
  await portal.reachConfirm('aiko', ANDROID);
  // Two minutes later, and from then on only when told: a clock that began anew would show another time.
  await page.clock.pauseAt((await page.evaluate(() => Date.now())) + 120_000);
  await expect(portal.countdown).toHaveText(/^2:\d\d$/);
  const left = await portal.countdown.innerText();
  await portal.switchLanguage('ja');
  await portal.isAt(`/devices/${ANDROID}/reset-passcode`);
  await expect(portal.lastButton).toBeVisible();
  await expect(portal.countdown).toHaveText(left);
  await page.clock.runFor('00:10');
  expect(secondsOf(left) - secondsOf(await portal.countdown.innerText())).toBe(10);
  await page.clock.resume();
  await portal.lastButton.click();
  await portal.isDone();
  expect(api.resets).toHaveLength(1);
  await expect(page.locator('html')).toHaveAttribute('lang', 'ja');
});

test('a deep link to the reset survives the sign-in, explains first and starts nothing', async ({ portal, api }) => {
  await portal.enterByForm('aiko', `/devices/${ANDROID}/reset-passcode`);
  await expect(portal.signInAgain).toBeVisible();
  await expect(portal.lastButton).toHaveCount(0);
  await portal.settles();
  expect(api.resets).toHaveLength(0);
});
