// Reload, Back and Forward in the states of a reset (flow.md: each has a defined outcome): afterwards the page shows what the
// server knows, nothing has been sent again and no passcode was asked for. B, wrong person and a used callback are in
// reset.spec.mjs and signin.spec.mjs.

import { expect, habitTest, test } from './fixtures.mjs';
import { CALL, interfere, problem } from './support/api.mjs';
import { ANDROID } from './sample.mjs';

const AIKO = { who: 'aiko', device: ANDROID };

/** What a reload finds: B, where the same key may still be sent; or the explanation before it. */
const FOUND = {
  confirm: async (portal, heading) => {
    await expect(portal.lastButton).toBeVisible();
    await expect(portal.headed('confirm.heading')).toBeVisible();
    await expect(portal.headed(heading)).toHaveCount(0);
  },
  explain: async (portal) => {
    await expect(portal.signInAgain).toBeVisible();
    await expect(portal.lastButton).toHaveCount(0);
  },
};

/** One of each kind of return; the others in `tests/app_answers.rs`. */
const STATES = [
  { name: 'busy', ...AIKO, answer: problem(503, 'unavailable'), heading: 'busy', found: 'confirm' },
  { name: 'rejected', ...AIKO, answer: problem(400, 'invalidRequest'), heading: 'resetRejected', found: 'explain' },
];

/** Out of the portal, where the sign-in was, and in again. */
async function backAndForward(page, stage) {
  await page.goBack();
  await expect(page).toHaveURL((address) => address.origin === stage.issuer);
  await page.goForward();
}

async function isUnasked(portal, api, posts = 1) {
  await portal.settles();
  expect(api.resets).toHaveLength(posts);
  expect(api.of(CALL.passcode)).toHaveLength(0);
}

/** At B, where a clock ticks and nothing else happens: the next click sends it again, for the server the same reset. */
async function isSentByAClickOnly(portal, api) {
  expect(api.resets).toHaveLength(1);
  await portal.lastButton.click();
  await portal.isDone();
  const keys = await api.resetKeys();
  expect(keys).toHaveLength(2);
  expect(keys[1]).toBe(keys[0]);
  expect(api.of(CALL.passcode)).toHaveLength(0);
}

for (const { name, who, device, answer, heading, found } of STATES) {
  test(`${name}: a reload, Back and Forward find "${found}" and send nothing`, async ({ page, portal, stage, api }) => {
    await portal.reachConfirm(who, device);
    const fault = await interfere(page, { call: CALL.reset, method: 'POST', answer });
    await portal.lastButton.click();
    await expect(portal.headed(heading)).toBeVisible();
    await fault.stop();
    await page.reload();
    await FOUND[found](portal, heading);
    await backAndForward(page, stage);
    await FOUND[found](portal, heading);
    await (found === 'confirm' ? isSentByAClickOnly(portal, api) : isUnasked(portal, api));
  });
}

test('cancelled: a reload, Back and Forward find it again and send nothing', async ({ page, portal, stage, api }) => {
  await portal.reachConfirm('dana', 'd-dana-silent');
  await portal.lastButton.click();
  await portal.cancelPending();
  await page.reload();
  await expect(portal.headed('canceled.heading')).toBeVisible();
  await backAndForward(page, stage);
  await expect(portal.headed('canceled.heading')).toBeVisible();
  await isUnasked(portal, api);
});

habitTest('not asked again: a reload, Back and Forward explain anew and send nothing', async ({ page, portal, stage, api }) => {
  await portal.enter('aiko', `/devices/${ANDROID}`);
  await stage.habits({ sign_in_age: 301 });
  await portal.stepUp();
  await expect(portal.headed('stepUpFailed')).toBeVisible();
  await stage.habits({});
  await page.reload();
  await FOUND.explain(portal);
  await backAndForward(page, stage);
  await FOUND.explain(portal);
  await isUnasked(portal, api, 0);
});

test('submitting, and the request never arrived: a reload finds B', async ({ page, portal, api }) => {
  await portal.reachConfirm('aiko', ANDROID);
  // Kept until the reload takes it away; the next one goes through (to stop intercepting would let the first one go).
  await page.route(CALL.reset, (route) => api.resets.length > 1 && route.fallback());
  await portal.lastButton.click();
  await expect(portal.text('confirm.submitting')).toBeVisible();
  await page.reload();
  await FOUND.confirm(portal, 'pending');
  await isSentByAClickOnly(portal, api);
});

test.describe('with devices as slow as real ones', () => {
  test.use({ fleetSpeed: 0.1 });

  test('submitting, and the server has it: a reload finds it pending, with one command', async ({ page, portal, stage, api }) => {
    await portal.reachConfirm('aiko', ANDROID);
    let arrived;
    const hasArrived = new Promise((resolve) => (arrived = resolve));
    await page.route(CALL.reset, async (route) => arrived((await route.fetch()).status()));
    await portal.lastButton.click();
    await expect(portal.text('confirm.submitting')).toBeVisible();
    expect(await hasArrived).toBe(202);
    await page.reload();
    await portal.isPending();
    await backAndForward(page, stage);
    await portal.isPending();
    await isUnasked(portal, api);
  });

  test('pending: a reload, Back and Forward find it again, a later visit too, Back shows where it was started, the details say so, and nothing is called done', async ({ page, portal, stage, api }) => {
    await portal.reachConfirm('aiko', ANDROID);
    await portal.lastButton.click();
    await portal.isPending();
    await page.reload();
    await portal.isPending();
    await backAndForward(page, stage);
    await portal.isPending();
    await portal.open('/devices');
    await portal.openDevice(ANDROID);
    await portal.detailsSayPending();
    await portal.link('showState').click();
    await portal.isPending();
    await page.goBack();
    await portal.isAt(`/devices/${ANDROID}`);
    await portal.detailsSayPending();
    await expect(portal.lastButton).toHaveCount(0);
    await page.goForward();
    await portal.isPending();
    await expect(portal.headed('done')).toHaveCount(0);
    await isUnasked(portal, api);
  });
});

test('dialog A: a reload and Back close it, Forward does not open it again', async ({ page, portal, api }) => {
  await portal.enter('aiko', '/devices');
  await portal.openDevice(ANDROID);
  await portal.explain();
  await page.reload();
  await portal.isAt(`/devices/${ANDROID}`);
  await expect(portal.resetCommand).toBeVisible();
  await expect(portal.dialog).toHaveCount(0);
  await portal.explain();
  await page.goBack();
  await portal.isAt('/devices');
  await expect(portal.dialog).toHaveCount(0);
  await page.goForward();
  await portal.isAt(`/devices/${ANDROID}`);
  await expect(portal.resetCommand).toBeVisible();
  await expect(portal.dialog).toHaveCount(0);
  await isUnasked(portal, api, 0);
});

test('done, the passcode shown: after a reload, and after Back and Forward, it is hidden, was not fetched again, and nothing is sent', async ({ page, portal, stage, api }) => {
  await portal.reset('aiko', ANDROID);
  await portal.showPasscode.click();
  await expect(portal.passcode).toBeVisible();
  await page.reload();
  await portal.isDone();
  await expect(portal.showPasscode).toBeVisible();
  await expect(portal.passcode).toHaveCount(0);
  await backAndForward(page, stage);
  await portal.isDone();
  await expect(portal.passcode).toHaveCount(0);
  await portal.link('passcode.large').click();
  await portal.isAt(`/devices/${ANDROID}/passcode`);
  await page.goBack();
  await portal.isDone();
  await expect(portal.passcode).toHaveCount(0);
  await page.goForward();
  await portal.isAt(`/devices/${ANDROID}/passcode`);
  await expect(portal.showPasscode).toBeVisible();
  await expect(portal.passcode).toHaveCount(0);
  expect(api.of(CALL.passcode)).toHaveLength(1);
  expect(api.resets).toHaveLength(1);
});
