// The same page in front of real adapters: Microsoft Intune by the simulated Graph, and the sample connector. What is told to a person
// who resets, locks and removes there; what they read while the service is silent; and that no command is sent twice.

import { createHash, randomBytes } from 'node:crypto';
import { expect, LANGUAGES, test } from './fixtures.mjs';
import { deviceAddress } from './portal.mjs';
import { PASSWORD, PEOPLE } from './sample.mjs';
import { companyPhone, CONNECTOR, connectorServices, GRAPH, graphServices, TenantStage } from './support/device-services.mjs';

const withServices = (start) => async ({ stage }, use) => {
  const services = await start(stage);
  await use(services);
  await services.stop();
};

const onConnector = test.extend({ services: withServices(() => connectorServices()) });

const onGraph = test.extend({
  stage: [
    async ({}, use) => {
      const stage = await TenantStage.open();
      await use(stage);
      await stage.close();
    },
    { scope: 'worker' },
  ],
  services: withServices((stage) => graphServices(stage)),
});

/** A service answers when it is asked, and it is asked at a pace. */
const PATIENCE = { timeout: 40_000 };

/** A reset from the device to its end. */
async function resets(portal, device) {
  await portal.confirmAgain('aiko', device);
  await portal.lastButton.click();
  await expect(portal.headed('done')).toBeVisible(PATIENCE);
}

for (const [name, scene, devices] of [['Intune', onGraph, GRAPH], ['a connector', onConnector, CONNECTOR]]) {
  for (const language of LANGUAGES) {
    scene.describe(`${name}, in ${language}`, () => {
      scene.use({ language });
      scene.describe.configure({ timeout: 150_000 });

      scene('an iPhone and an Android phone are reset, one is locked, one is removed', async ({ page, portal, services }) => {
        await portal.enter('aiko');
        await resets(portal, devices.iphone);
        await expect(portal.text('done.apple_mobile')).toBeVisible();
        await expect(portal.showPasscode).toHaveCount(0);
        await resets(portal, devices.android);
        await portal.showPasscode.click();
        await expect(portal.passcode).toBeVisible();
        const passcode = await portal.shownPasscode();
        const { inForce } = await services.told();
        if (inForce) expect(passcode).toBe(inForce[devices.android]);
        await portal.open(deviceAddress(devices.iphone));
        await portal.button('run.lock').click();
        await portal.button('act.lock_button', portal.dialog).click();
        await expect(portal.action('run.lock')).toContainText(portal.saying('run.done'), PATIENCE);
        await portal.open(`${deviceAddress(devices.spare)}/remove`);
        // The sign-in of the reset may be fresh enough still.
        await expect(portal.countdown.or(portal.signInAgain).first()).toBeVisible();
        if (await portal.signInAgain.isVisible()) {
          await portal.leaveForSignIn();
          await portal.provider.fill('aiko');
        }
        await expect(portal.countdown).toBeVisible();
        await page.getByRole('checkbox', { name: portal.saying('loss.remove_tick') }).check();
        await portal.button('loss.remove_button', portal.main).click();
        await expect(portal.headed('loss.remove_done')).toBeVisible(PATIENCE);
        const { executed, mistakes } = await services.told();
        const inOrder = (all) => all.map(({ device, action }) => `${action} ${device}`).sort();
        expect(inOrder(executed)).toEqual(inOrder([
          { device: devices.iphone, action: 'resetPasscode' },
          { device: devices.android, action: 'resetPasscode' },
          { device: devices.iphone, action: 'remoteLock' },
          { device: devices.spare, action: 'retire' },
        ]));
        expect(mistakes).toEqual([]);
      });
    });
  }
}

onGraph('the server proves itself at a certified provider by private_key_jwt with PS256, and Graph is asked with that token', async ({ context, stage, server, services }) => {
  const verifier = randomBytes(32).toString('base64url');
  const code = await stage.signInElsewhere(context, PEOPLE.aiko, PASSWORD, createHash('sha256').update(verifier).digest('base64url'));
  const answer = await fetch(`${stage.issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'authorization_code', client_id: 'passcode-portal', redirect_uri: `${stage.origin}/callback`, code, code_verifier: verifier, resource: 'urn:passcode-portal:api' }),
  });
  const { access_token: token } = await answer.json();
  const devices = await fetch(`${server.address}/api/v1.0/me/managedDevices`, { headers: { authorization: `Bearer ${token}` } });
  expect([answer.status, devices.status], server.output).toEqual([200, 200]);
  expect((await devices.json()).value.map(({ id }) => id)).toContain(GRAPH.iphone);
  expect((await services.told()).mistakes).toEqual([]);
});

onGraph('while Graph says nothing for an hour the reset is said to be on its way, and its end is told once it speaks again', async ({ page, portal, services }) => {
  // The server asks again by a clock of its own, which nobody moves.
  test.setTimeout(240_000);
  await page.clock.install();
  await portal.enter('aiko');
  await portal.confirmAgain('aiko', GRAPH.iphone);
  await portal.lastButton.click();
  await portal.isPending();
  await services.change({ isDown: true });
  await page.clock.fastForward('01:00:00');
  await portal.isPending();
  await expect(portal.headed('done')).toHaveCount(0);
  await services.change({ isDown: false });
  await expect(async () => {
    await page.clock.runFor('00:10');
    await expect(portal.headed('done').or(portal.wayToSignIn).first()).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 150_000 });
  expect((await services.told()).executed).toEqual([{ device: GRAPH.iphone, action: 'resetPasscode' }]);
});

onGraph('company-owned Android: that only the work profile has a new passcode is said before and after', async ({ portal, services }) => {
  const phone = '0000000a-0000-4000-8000-000000009001';
  await services.change({ devices: [companyPhone(phone)] });
  await portal.enter('aiko', deviceAddress(phone));
  await portal.explain();
  await expect(portal.dialog.getByText(portal.saying('preview.work_profile')).first()).toBeVisible();
  await portal.leaveForSignIn();
  await portal.provider.fill('aiko');
  await expect(portal.lastButton).toBeVisible();
  await portal.lastButton.click();
  await expect(portal.text('done.work_profile')).toBeVisible(PATIENCE);
  await expect(portal.text('on_device.work_profile_unlock')).toBeVisible();
  await portal.showPasscode.click();
  await expect(portal.passcode).toBeVisible();
  expect(await portal.shownPasscode()).toBe((await services.told()).inForce[phone]);
});
