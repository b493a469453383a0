// After the reset, and whose screen it is: the record of what happened, "this wasn't me", several tabs, a borrowed screen,
// a network that comes and goes.

import { readFile } from 'node:fs/promises';
import { expect, SESSION, test } from './fixtures.mjs';
import { answerTo, CALL } from './support/api.mjs';
import { ANDROID } from './sample.mjs';

const HISTORY = `/devices/${ANDROID}/history`;

/** Resets, reads the passcode off, and returns it: what must not turn up anywhere else. */
async function resetAndRead(portal) {
  await portal.reset('aiko', ANDROID);
  await portal.showPasscode.click();
  await expect(portal.passcode).toBeVisible();
  return portal.shownPasscode();
}

/** A second tab: the provider knows the person, so it signs in without asking. */
async function otherTab(other) {
  await other.open('/devices');
  await other.isAt('/devices');
  await expect(other.deviceLinks.first()).toBeVisible();
}

test('the result has an answer for either case; the history tells the reset with its reference, and is saved as a file; no record holds the passcode', async ({ page, portal }) => {
  const passcode = await resetAndRead(portal);
  const question = portal.main.getByRole('region', { name: portal.saying('aftermath.question') });
  await portal.button('aftermath.still_locked').click();
  await expect(portal.text('keypad.letters_lead', question)).toBeVisible();
  await portal.button('aftermath.worked').click();
  // It has done its work.
  await expect(portal.showPasscode).toBeVisible();
  await expect(portal.text('aftermath.worked_temporary', question)).toBeVisible();
  await expect(portal.text('keypad.letters_lead', question)).toHaveCount(0);
  await page.emulateMedia({ media: 'print' });
  await expect(portal.passcode).toBeHidden();
  await expect(portal.heading).toBeVisible();
  await page.emulateMedia({ media: null });

  const answer = await answerTo(page, /\/api\/.*\/history(\?.*)?$/);
  await portal.open(HISTORY);
  await portal.isAt(HISTORY);
  for (const what of ['history.reset_requested', 'history.reset_done', 'history.passcode_revealed']) {
    await expect(page.getByRole('row').filter({ hasText: portal.saying(what) }).first()).toBeVisible();
  }
  const asked = page.getByRole('row').filter({ hasText: portal.saying('history.reset_requested') }).first();
  await expect(asked.locator('code')).not.toBeEmpty();
  await expect(asked, 'a run is one row').toContainText(portal.saying('history.reset_done'));
  await expect(asked).toContainText(portal.saying('history.network_loopback'));
  expect((await portal.main.innerText()).replaceAll(/\s/g, '')).not.toContain(passcode);
  const sent = JSON.stringify(await answer.json());
  expect(sent).toContain('resetRequested');
  expect(sent).not.toContain(passcode);

  await portal.link('history_page.heading').first().click();
  await portal.isAt('/history');
  const download = page.waitForEvent('download');
  await portal.button('history_page.download').click();
  const file = await download;
  expect(file.suggestedFilename()).toBe('passcode-history.csv');
  const csv = await readFile(await file.path(), 'utf8');
  expect(csv.startsWith('\uFEFF"')).toBe(true);
  const lines = csv.trim().split('\r\n');
  expect(lines[0]).toMatch(portal.saying('history.when'));
  expect(lines.some((line) => portal.saying('history.reset_done').test(line))).toBe(true);
  expect(csv).not.toContain(passcode);
});

test('this was not me: reported, with a reference for IT', async ({ page, portal }) => {
  await portal.reset('aiko', ANDROID);
  await portal.openNotifications();
  await portal.link('unrecognized.link', portal.main).first().click();
  await expect(portal.headed('unrecognized.heading')).toBeVisible();
  const report = await answerTo(page, /\/reportUnrecognized$/);
  await portal.button('unrecognized.report_button').click();
  const { reference } = await report.json();
  await expect(portal.text('unrecognized.reported')).toBeVisible();
  await expect(portal.main.locator('code')).toHaveText(reference);
  await portal.open('/history');
  await portal.isAt('/history');
  await expect(portal.text('history.reported').first()).toBeVisible();
});

test('signing out everywhere ends the other tab and makes the old token worthless', async ({ context, page, portal, baseURL }) => {
  await portal.reset('aiko', ANDROID);
  const other = portal.in(await context.newPage());
  await otherTab(other);
  let token;
  page.on('request', (request) => {
    token = request.headers().authorization ?? token;
  });
  await portal.openNotifications();
  await portal.link('unrecognized.link', portal.main).first().click();
  await expect(portal.headed('unrecognized.heading')).toBeVisible();
  await portal.button('unrecognized.everywhere_button').click();
  await portal.isAt('/signed-out');
  await expect(other.headed('signed_out.heading')).toBeVisible();
  await expect(async () => {
    const refused = await context.request.get(`${baseURL}/api/v1.0/me`, { headers: { authorization: token } });
    expect(refused.status()).toBe(401);
  }).toPass();
});

test('a notification read in one tab is read in the other, in its title too', async ({ context, portal }) => {
  // Whoever sees the result has read of it; whoever went on has not.
  await portal.reachConfirm('aiko', ANDROID);
  await portal.lastButton.click();
  await portal.isPending();
  await portal.open('/devices');
  await portal.isAt('/devices');
  await expect(portal.page).toHaveTitle(/^\(1\) /);
  const other = portal.in(await context.newPage());
  await otherTab(other);
  await expect(other.page).toHaveTitle(/^\(1\) /);
  await other.flag.click();
  await other.page.getByRole('banner').getByRole('link', { name: other.saying('notifications.done') }).click();
  await expect(other.page).not.toHaveTitle(/^\(/);
  await expect(portal.page).not.toHaveTitle(/^\(/);
});

test('a borrowed screen that nobody touches warns, and signs out by itself', SESSION, async ({ page, portal }) => {
  await page.clock.install();
  await portal.enterBorrowed('aiko');
  await expect(portal.page.getByRole('banner')).toContainText(portal.saying('shared_computer.mark'));
  await page.clock.fastForward('04:01');
  await expect(portal.dialog).toContainText(portal.saying('idle.warning'));
  await expect(portal.dialog.getByRole('alert')).not.toBeEmpty();
  await portal.button('idle.stay').click();
  await expect(portal.dialog).toHaveCount(0);
  await page.clock.fastForward('05:01');
  await portal.isAt('/signed-out');
  await expect(portal.text('idle.ended')).toBeVisible();
  expect(await page.evaluate(() => Object.keys(sessionStorage))).toEqual([]);
});

test('the end of a reset on a borrowed screen offers to sign out, after which nothing stays, not even the language', SESSION, async ({ page, portal }) => {
  await portal.enterBorrowed('aiko');
  await portal.switchLanguage('ja');
  await portal.openDevice(ANDROID);
  await portal.stepUp();
  await portal.lastButton.click();
  await portal.isDone();
  const finish = portal.main.getByRole('region', { name: portal.saying('shared_computer.finish_heading') });
  await expect(finish).toContainText(portal.saying('shared_computer.finish_text'));
  await portal.button('signOut', finish).click();
  await portal.isAt('/signed-out');
  expect(await page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)])).toEqual([]);
  await portal.open('/');
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
});

test('without a network the list stays and says as of when; with it the list is read again', async ({ context, page, portal, api, guard }) => {
  guard.pardon(/Failed to load resource|ERR_INTERNET_DISCONNECTED/);
  await portal.enter('aiko');
  await context.setOffline(true);
  await expect(page.getByText(portal.saying('offline.as_of'))).toBeVisible();
  await expect(portal.device(ANDROID).first()).toBeVisible();
  await context.setOffline(false);
  await expect(page.getByText(portal.saying('offline.as_of'))).toHaveCount(0);
  expect(api.of(CALL.devices).length).toBeGreaterThan(1);
});

test('the last button pressed without a network says that nothing was sent, and nothing is', async ({ context, page, portal, api, guard }) => {
  guard.pardon(/Failed to load resource|ERR_INTERNET_DISCONNECTED/);
  await page.clock.install();
  await portal.reachConfirm('aiko', ANDROID);
  await context.setOffline(true);
  await portal.lastButton.click();
  await expect(page.getByRole('alert').filter({ hasText: portal.saying('offline.unsent') })).toBeVisible();
  await context.setOffline(false);
  await expect(page.getByText(portal.saying('offline.unsent'))).toHaveCount(0);
  await page.clock.runFor(1_500);
  await portal.settles();
  expect(api.resets).toHaveLength(0);
  await expect(portal.lastButton).toBeVisible();
  await portal.lastButton.click();
  await portal.isDone();
  expect(api.resets).toHaveLength(1);
});

test('the accessibility statement is one click away, signed in or not', async ({ portal }) => {
  await portal.open('/');
  await portal.link('accessibility.heading').first().click();
  await portal.isAt('/accessibility');
  await expect(portal.headed('accessibility.heading')).toBeVisible();
});
