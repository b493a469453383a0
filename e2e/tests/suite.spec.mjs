// The suite itself: what every test relies on must be able to fail.

import { expect, test } from './fixtures.mjs';
import { violations } from './support/axe.mjs';
import { sidewaysOverflow } from './support/look.mjs';

test.beforeEach(async ({ portal }) => {
  await portal.open('/');
  await expect(portal.wayToSignIn).toBeVisible();
});

test('markup written as text is seen as a violation of Trusted Types', async ({ page, guard }) => {
  const refused = await page.evaluate(() => {
    try {
      document.body.innerHTML = '<p>markup</p>';
      return false;
    } catch {
      return true;
    }
  });
  expect(refused).toBe(true);
  await expect.poll(() => guard.take().join()).toMatch(/policy violation/);
});

test('an uncaught error is seen', async ({ page, guard }) => {
  await page.evaluate(() => setTimeout(() => { throw new Error('planted'); }, 0));
  await expect.poll(() => guard.take().join()).toMatch(/planted/);
});

test('a request to somebody else is seen', async ({ page, guard }) => {
  await page.evaluate(() => fetch('http://127.0.0.1:9/').catch(() => {}));
  await expect.poll(() => guard.take().join()).toMatch(/third party|policy violation/);
});

test('axe sees a planted fault', async ({ page }) => {
  await page.evaluate(() => document.querySelector('main').append(document.createElement('button')));
  expect((await violations(page)).join()).toContain('button-name');
});

test('sideways scrolling is seen', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 720 });
  expect(await sidewaysOverflow(page)).toBeLessThanOrEqual(0);
  await page.evaluate(() => {
    document.querySelector('h1').style.width = '400px';
  });
  expect(await sidewaysOverflow(page)).toBeGreaterThan(0);
});
