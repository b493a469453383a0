// A portal under a path of its host (`public_base_url = ".../portal"`): addresses, files, calls, the provider's way back. The server
// by itself is in server/tests/suite/under_path.rs.

import { expect, SESSION, test } from './fixtures.mjs';
import { ANDROID } from './sample.mjs';
import { deviceAddress } from './portal.mjs';

test.use({ basePath: '/portal' });

test('the whole way of a reset, a reload, Back and another address stay under the path', SESSION, async ({ page, portal, stage }) => {
  const outside = new Set();
  page.on('request', (request) => {
    const { origin, pathname } = new URL(request.url());
    if (origin === stage.origin && !pathname.startsWith('/portal/')) outside.add(pathname);
  });
  await portal.enterByForm('aiko');
  await portal.openDevice(ANDROID);
  await portal.stepUp('aiko');
  await portal.lastButton.click();
  await portal.isDone();
  await page.reload();
  await expect(portal.heading).toBeVisible();
  await page.getByRole('banner').locator('a[href="/portal/help"]').click();
  await portal.isAt('/help');
  await page.goBack();
  await expect(page).toHaveURL(/\/portal\/devices\//);
  await portal.open(deviceAddress(ANDROID));
  await portal.isAt(deviceAddress(ANDROID));
  await portal.signOut();
  await expect(page).toHaveURL(/\/portal\//);
  expect([...outside]).toEqual([]);
});
