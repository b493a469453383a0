// What the organisation asks of a device, and what it installs there: in the real server, as a person reads it.

import { expect, LANGUAGES, test } from './fixtures.mjs';
import { look } from './support/look.mjs';
import { deviceAddress } from './portal.mjs';
import { ANDROID } from './sample.mjs';

const MAC = 'd-chiyo-mac';
const OPEN_IPHONE = 'd-chiyo-iphone-open';

for (const language of LANGUAGES) {
  test.describe(`in ${language}`, () => {
    test.use({ language });

    test('a device that breaks rules says which, and what to do about each on its platform', async ({ page, portal }) => {
      await portal.enter('chiyo', deviceAddress(MAC));
      const section = portal.main.getByRole('region', { name: portal.saying('device.compliance') });
      await expect(section.getByText(portal.saying('device.compliance_noncompliant'))).toBeVisible();
      const rules = section.getByRole('listitem');
      await expect(rules).toHaveCount(2);
      await expect(rules.nth(0)).toContainText(portal.saying('compliance.encryption'));
      await expect(rules.nth(0)).toContainText(portal.saying('compliance.mac_encryption'));
      await expect(rules.nth(1)).toContainText(portal.saying('compliance.mac_update'));
      await expect(section.getByText(portal.saying('compliance.then_check'))).toBeVisible();
      await expect(section.getByText(portal.saying('compliance.checked'))).toBeVisible();
      await look(page, language, 'compliance-mac');
      await portal.open(deviceAddress(OPEN_IPHONE));
      await expect(section.getByRole('listitem')).toContainText(portal.saying('compliance.ios_passcode'));
    });

    test('the applications of a device, how far each is, and what to do about one that failed', async ({ page, portal, api }) => {
      await portal.enter('aiko', deviceAddress(ANDROID));
      await expect(portal.link('apps.link', portal.main)).toBeVisible();
      await expect(portal.main.getByRole('region', { name: portal.saying('device.compliance') })).toHaveCount(0);
      expect(api.of(/\/compliance$/), 'there is nothing to ask about').toHaveLength(0);
      await portal.link('apps.link', portal.main).click();
      await portal.isAt(`${deviceAddress(ANDROID)}/apps`);
      await expect(portal.headed('apps.heading')).toBeVisible();
      const rows = portal.main.getByRole('listitem');
      await expect(rows).toHaveCount(4);
      const failed = rows.filter({ hasText: 'Contoso VPN' });
      await expect(failed).toContainText(portal.saying('apps.failed'));
      await expect(failed).toContainText('too little free storage');
      await expect(failed).toContainText(portal.saying('apps.failed_next'));
      await look(page, language, 'apps');
      await page.goBack();
      await portal.isAt(deviceAddress(ANDROID));
    });
  });
}

test('many applications are searched, and a link to them opens them after the sign-in', async ({ page, portal }) => {
  await portal.enter('chiyo', `${deviceAddress('d-chiyo-windows11')}/apps`);
  const rows = portal.main.getByRole('listitem');
  await expect(rows).toHaveCount(15);
  await page.getByRole('searchbox', { name: portal.saying('apps.search') }).fill('microsoft');
  await expect(rows).toHaveCount(4);
  await page.getByRole('searchbox', { name: portal.saying('apps.search') }).fill('nothing like it');
  await expect(portal.text('apps.none_match')).toBeVisible();
});

test('a failing rule list says so, and a try again brings it', async ({ page, portal }) => {
  await page.route('**/compliance', (route) => route.fulfill({ status: 404, body: '{"code":"notFound"}' }), { times: 1 });
  await portal.enter('chiyo', deviceAddress(MAC));
  await expect(portal.text('compliance.error_heading')).toBeVisible();
  await portal.retry.click();
  await expect(portal.text('compliance.encryption')).toBeVisible();
});
