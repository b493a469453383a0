// How a reset can stop: each explanation as people with different eyes and windows meet it (support/look.mjs). What each
// means and does is in errors.spec.mjs, signin.spec.mjs and returns.spec.mjs.

import { expect, LANGUAGES, test } from './fixtures.mjs';
import { CALL, interfere, problem } from './support/api.mjs';
import { glance } from './support/look.mjs';
import { IT_CONTACT } from './support/stage.mjs';
import { ANDROID } from './sample.mjs';

/** Answers that leave no way to send it again: each needs a sign-in of its own. */
const FINAL_ANSWERS = [
  ['reset-rejected', 'resetRejected', problem(400, 'invalidRequest')],
  ['reset-not-allowed', 'not_allowed.heading', problem(403, 'actionNotAllowed', { reason: 'organizationPolicy' })],
  ['reset-gone', 'resetGone', problem(404, 'notFound')],
];

for (const language of LANGUAGES) {
  test.describe(`in ${language}`, () => {
    test.use({ language });
    test.describe.configure({ timeout: 240_000 });

    test('the device ends it: failed, superseded by an erase, cancelled by the person', async ({ page, portal }) => {
      await portal.enter('dana', '/devices');
      for (const [name, device, heading] of [
        ['reset-failed', 'd-dana-nopolicy', 'failed'],
        ['reset-superseded', 'd-dana-erased', 'superseded'],
      ]) {
        await portal.confirmAgain('dana', device);
        await portal.lastButton.click();
        await expect(portal.headed(heading)).toBeVisible();
        await expect(portal.itContact(IT_CONTACT.phone)).toBeVisible();
        await expect(portal.showPasscode).toHaveCount(0);
        await glance(page, language, name);
      }
      await portal.confirmAgain('dana', 'd-dana-silent');
      await portal.lastButton.click();
      await portal.cancelPending();
      await glance(page, language, 'reset-cancelled');
    });

    test('the server does not take it: busy, rejected, not allowed, gone', async ({ page, portal, api }) => {
      await portal.reachConfirm('aiko', ANDROID);
      const busy = await interfere(page, { call: CALL.reset, method: 'POST', answer: problem(503, 'unavailable') });
      await portal.lastButton.click();
      await expect(portal.headed('busy')).toBeVisible();
      await glance(page, language, 'reset-busy');
      await busy.stop();
      for (const [name, heading, answer] of FINAL_ANSWERS) {
        await portal.confirmAgain('aiko', ANDROID);
        const refusing = await interfere(page, { call: CALL.reset, method: 'POST', answer });
        await portal.lastButton.click();
        await expect(portal.headed(heading)).toBeVisible();
        await glance(page, language, name);
        await refusing.stop();
      }
      expect(api.resets).toHaveLength(1 + FINAL_ANSWERS.length);
    });

    test('the fresh sign-in did not work, or the first one', async ({ page, portal, stage }) => {
      await portal.enter('aiko', `/devices/${ANDROID}`);
      const asked = page.waitForRequest((request) => request.url().startsWith(`${stage.issuer}/auth?`));
      await portal.explain();
      await portal.leaveForSignIn();
      // The provider sends the person back with an error (RFC 6749, 4.1.2.1).
      const { redirect_uri: back, state } = Object.fromEntries(new URL((await asked).url()).searchParams);
      await portal.open(`${back}?${new URLSearchParams({ error: 'server_error', state, iss: stage.issuer })}`);
      await expect(portal.headed('stepUpFailed')).toBeVisible();
      await glance(page, language, 'step-up-failed');
      // Without the step-up in this tab, of which the page would offer to go on.
      await page.evaluate(() => sessionStorage.clear());
      await portal.open('/callback?code=stolen&state=foreign');
      await expect(portal.headed('signInProblem')).toBeVisible();
      await glance(page, language, 'sign-in-problem');
    });
  });
}
