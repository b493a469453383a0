// Wrong clocks, sleep, and the end of the five minutes at the very moment of the click (security.md, in the browser 11). The clocks
// are the test's: no second is waited for.

import { expect, test } from './attack.mjs';
import { sessionIf } from './fixtures.mjs';
import { shiftWallClock } from './support/clock.mjs';
import { ANDROID } from './sample.mjs';

const HOUR = 60 * 60 * 1000;

for (const [name, shift] of [['nine hours ahead', 9 * HOUR], ['nine hours behind', -9 * HOUR], ['a decade behind', -10 * 365 * 24 * HOUR]]) {
  test(`a PC clock ${name}: the whole way, from sign-in to the history, with right times left`, sessionIf(shift === 9 * HOUR), async ({ context, page, portal }) => {
    await shiftWallClock(context, shift);
    await portal.reachConfirm('aiko', ANDROID);
    expect(await portal.countdown.innerText()).toMatch(/4:[3-5]\d/);
    await page.reload();
    await expect(portal.lastButton).toBeVisible();
    await portal.lastButton.click();
    await portal.isDone();
    await portal.showPasscode.click();
    await expect(portal.passcode).toBeVisible();
    await portal.open('/history');
    await portal.isAt('/history');
    await expect(portal.text('history.reset_done').first()).toBeVisible();
    await portal.signOut();
  });
}

/** `moveClocks` moves the clocks of the PC while the page is open, in milliseconds: the wall clock and the monotonic one. */
const makeClocksMovable = (page) =>
  page.addInitScript(() => {
    const [wall, monotonic] = [Date.now.bind(Date), performance.now.bind(performance)];
    globalThis.e2eShift = { wall: 0, monotonic: 0 };
    Date.now = () => wall() + globalThis.e2eShift.wall;
    performance.now = () => monotonic() + globalThis.e2eShift.monotonic;
  });

/** The page looks at its clocks when it comes to the front. */
const moveClocks = (page, shift) =>
  page.evaluate((by) => {
    Object.assign(globalThis.e2eShift, by);
    document.dispatchEvent(new Event('visibilitychange'));
  }, shift);

test('the clock of the PC is set back by hours while B is open: the five minutes do not get longer', async ({ page, portal, api }) => {
  await makeClocksMovable(page);
  await portal.reachConfirm('aiko', ANDROID);
  await moveClocks(page, { wall: -3 * HOUR, monotonic: 60_000 });
  await expect(portal.countdown).toHaveText(/3:\d\d/);
  await moveClocks(page, { monotonic: 301_000 });
  await expect(portal.headed('expired')).toBeVisible();
  expect(api.resets).toHaveLength(0);
});

test('the clock of the PC is set ahead by hours while B is open: that may have been a sleep, so nothing is offered', async ({ page, portal, api }) => {
  await makeClocksMovable(page);
  await portal.reachConfirm('aiko', ANDROID);
  await moveClocks(page, { wall: 5 * HOUR });
  await expect(portal.headed('expired')).toBeVisible();
  // It stays so through the redirects.
  await page.addInitScript((by) => { globalThis.e2eShift.wall = by; }, 5 * HOUR);
  await portal.command('startAgain', portal.main).first().click();
  await portal.finishesStepUp('aiko');
  await portal.lastButton.click();
  await portal.isDone();
  expect(api.resets).toHaveLength(1);
});

test('the lid is closed for five minutes while B is open: the last button is gone when it is opened', async ({ page, portal, api }) => {
  await page.clock.install();
  await portal.reachConfirm('aiko', ANDROID);
  // Timers do not run in sleep; all of them fire once afterwards.
  await page.clock.fastForward('05:01');
  await expect(portal.headed('expired')).toBeVisible();
  await expect(portal.lastButton).toHaveCount(0);
  expect(api.resets).toHaveLength(0);
});

test('the five minutes end between the last look at the clock and the click: nothing is posted', async ({ page, portal, api }) => {
  await makeClocksMovable(page);
  await portal.reachConfirm('aiko', ANDROID);
  await portal.lastButton.evaluate((button) => {
    globalThis.e2eShift.wall = 301_000;
    button.click();
  });
  await expect(portal.headed('expired')).toBeVisible();
  expect(api.resets).toHaveLength(0);
});

test('a click seconds before the end counts', async ({ page, portal, api }) => {
  await page.clock.install();
  await portal.reachConfirm('aiko', ANDROID);
  await page.clock.fastForward('04:20');
  await portal.lastButton.click();
  await portal.isDone();
  expect(api.resets).toHaveLength(1);
});
