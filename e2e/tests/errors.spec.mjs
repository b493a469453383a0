// Every error of api.md and of a bad network, as the page must meet it: the state the contract names, a next step, the IT
// contact, and an interface that stays usable.

import { expect, test } from './fixtures.mjs';
import { CALL, CAPTIVE_PORTAL, hold, interfere, loseAnswerOfReset, problem } from './support/api.mjs';
import { IT_CONTACT } from './support/stage.mjs';
import { ANDROID } from './sample.mjs';

const DETAILS = `/devices/${ANDROID}`;

/** What the network does to a list; what the API answers is in `tests/app_answers.rs`, answer by answer. */
const BROKEN_READS = [
  ['a cut connection', 'abort'],
  ['the page of a captive portal', CAPTIVE_PORTAL],
];

test('the list of devices answered by a broken network: explained with the IT contact, and it recovers', async ({ page, portal }) => {
  await portal.enter('aiko', '/notifications');
  for (const [name, answer] of BROKEN_READS) {
    await test.step(name, async () => {
      const fault = await interfere(page, { call: CALL.devices, answer });
      await portal.open('/devices');
      await expect(portal.retry).toBeVisible({ timeout: 20_000 });
      await expect(portal.itContact(IT_CONTACT.phone)).toBeVisible();
      await expect(page.getByText(/\b(400|500|502|503)\b|panicked|undefined/)).toHaveCount(0);
      await fault.stop();
      await portal.retryUntil(portal.device(ANDROID).first());
    });
  }
});

test('a busy API with a fractional Retry-After is waited for by itself', async ({ page, portal, api }) => {
  const headers = { 'Retry-After': '0.5' };
  await interfere(page, { call: CALL.devices, times: 1, answer: problem(429, 'tooManyRequests', { headers }) });
  await portal.enter('aiko', '/devices');
  await expect(portal.device(ANDROID).first()).toBeVisible();
  expect(api.of(CALL.devices).length).toBeGreaterThanOrEqual(2);
});

test('a token the API no longer takes leads to a silent sign-in and back to the same place', async ({ page, portal }) => {
  await page.clock.install();
  await portal.enter('aiko', '/devices');
  // A token refused at once is a matter of configuration and explained; one refused later has merely ended.
  await page.clock.fastForward('02:00');
  const headers = { 'WWW-Authenticate': 'Bearer error="invalid_token"' };
  await interfere(page, { call: CALL.device, times: 1, answer: problem(401, 'unauthenticated', { headers }) });
  await portal.device(ANDROID).first().click();
  await portal.isAt(DETAILS);
  await expect(portal.resetCommand).toBeVisible();
});

test('an API that refuses every token does not make a loop', async ({ page, portal, api }) => {
  const headers = { 'WWW-Authenticate': 'Bearer error="invalid_token"' };
  await interfere(page, { call: CALL.any, answer: problem(401, 'unauthenticated', { headers }) });
  await portal.open('/devices');
  await portal.goToProvider();
  await portal.provider.fill('aiko');
  await expect(portal.heading).toBeVisible();
  await portal.settles();
  expect(api.requests.length).toBeLessThan(30);
  await expect(portal.itContact(IT_CONTACT.phone)).toBeVisible();
});

test('a reset answered by 429 with a fractional Retry-After is said at once, also to somebody elsewhere on the page, and not repeated by itself', async ({ page, portal, api }) => {
  await portal.reachConfirm('aiko', ANDROID);
  const answer = problem(429, 'tooManyRequests', { headers: { 'Retry-After': '2.5' } });
  await interfere(page, { call: CALL.reset, method: 'POST', answer });
  const held = await hold(page, CALL.reset, 'POST');
  await portal.lastButton.click();
  const elsewhere = page.getByRole('contentinfo').getByRole('link').first();
  await elsewhere.focus();
  held.release();
  await expect(page.getByRole('alert')).toHaveText(portal.saying('busy.heading'));
  await expect(elsewhere).toBeFocused();
  await expect(portal.text('busy').first()).toBeVisible();
  await expect(portal.itContact(IT_CONTACT.phone)).toBeVisible();
  await expect(portal.headed('done')).toHaveCount(0);
  await expect(page.getByRole('alert')).toHaveText(await portal.heading.innerText());
  await portal.settles();
  expect(api.resets).toHaveLength(1);
});

test.describe('with devices as slow as real ones', () => {
  test.use({ fleetSpeed: 0.1 });

  test('a lost answer: the device is read again, and the reset that did happen is shown', async ({ page, portal, api }) => {
    await portal.reachConfirm('aiko', ANDROID);
    const readsBefore = api.of(CALL.device).length;
    await loseAnswerOfReset(page);
    await portal.lastButton.click();
    await portal.isPending();
    expect(api.resets).toHaveLength(1);
    expect(api.of(CALL.device).length).toBeGreaterThan(readsBefore);
  });
});

test('a reset that never arrived: the device is read again, and the retry uses the same key', async ({ page, portal, api }) => {
  await portal.reachConfirm('aiko', ANDROID);
  const readsBefore = api.of(CALL.device).length;
  const fault = await interfere(page, { call: CALL.reset, method: 'POST', answer: 'abort' });
  await portal.lastButton.click();
  await expect(portal.retryReset).toBeVisible();
  expect(api.resets).toHaveLength(1);
  expect(api.of(CALL.device).length).toBeGreaterThan(readsBefore);
  await fault.stop();
  await portal.retryReset.click();
  await portal.isDone();
  const keys = await api.resetKeys();
  expect(keys).toHaveLength(2);
  expect(keys[0]).toBeTruthy();
  expect(keys[1]).toBe(keys[0]);
});

test('a pending reset survives an API that is away for a while; a passcode that cannot be fetched is explained and can be asked for again', async ({ page, portal }) => {
  await portal.reachConfirm('aiko', ANDROID);
  await interfere(page, { call: CALL.result, times: 2, answer: 'abort' });
  await interfere(page, { call: CALL.device, times: 2, answer: 'abort' });
  await portal.lastButton.click();
  await portal.isDone();
  const fault = await interfere(page, { call: CALL.passcode, answer: problem(503, 'unavailable') });
  await portal.showPasscode.click();
  await expect(portal.text('passcode.failed').first()).toBeVisible();
  await fault.stop();
  await portal.retry.click();
  await expect(portal.passcode).toBeVisible();
});

test('values that do not exist yet do not break the page', async ({ page, portal }) => {
  await page.route(CALL.device, async (route) => {
    const response = await route.fetch();
    const device = await response.json();
    Object.assign(device, { complianceState: 'newState', managementAgent: 'newAgent', deviceEnrollmentType: 'newType', extra: {} });
    device.actions.resetPasscode = { allowed: false, reason: 'reasonOfTheFuture' };
    await route.fulfill({ response, json: device });
  });
  await portal.enter('aiko', DETAILS);
  await expect(portal.heading).toBeVisible();
  await expect(portal.itContact(IT_CONTACT.phone)).toBeVisible();
});
